"""Medusa's vocabularies that rules read, and the fields that it sends unasked."""

from mappings.canonical import PaymentStatus
from mappings.tables import CodeTable

PAYMENT_STATUSES = CodeTable(
    name="medusa.payment_status",
    source="Admin API (medusajs/medusa 59e67478, openapi), AdminOrder.payment_status",
    read_on="2026-11-24",
    codes={
        "not_paid": PaymentStatus.PENDING,
        "awaiting": PaymentStatus.PENDING,
        "requires_action": PaymentStatus.PENDING,
        "partially_authorized": PaymentStatus.PENDING,
        "authorized": PaymentStatus.AUTHORIZED,
        "partially_captured": PaymentStatus.PARTIALLY_PAID,
        "captured": PaymentStatus.PAID,
        "partially_refunded": PaymentStatus.PARTIALLY_REFUNDED,
        "refunded": PaymentStatus.REFUNDED,
        "canceled": PaymentStatus.VOIDED,
    },
)

CANCELLED = "canceled"

ORDER_STATUSES = CodeTable(
    name="medusa.order_status",
    source="medusajs/medusa 59e67478, core/utils/src/order/status.ts, OrderStatus",
    read_on="2026-11-24",
    codes={
        "pending": "",
        "completed": "",
        "archived": "",
        CANCELLED: "",
        "draft": "a draft that nobody ordered yet",
        "requires_action": "the order requires an action in Medusa",
    },
)
"""Order status → why such an order must not ship (empty: it may)."""


def _paths(prefix: str, names: str) -> frozenset[str]:
    return frozenset(prefix + name for name in names.split())


UNREAD = (
    frozenset({"$.version", "$.customer.id"})
    | _paths(
        "$.items[].",
        """
        adjustments compare_at_unit_price created_at deleted_at discount_subtotal discount_tax_total
        discount_total fulfilled_total is_custom_price is_discountable is_giftcard is_tax_inclusive
        line_item_metadata metadata original_subtotal original_tax_total product_collection
        product_description
        product_handle product_id product_subtitle product_title product_type product_type_id refundable_total
        refundable_total_per_unit return_dismissed_total return_received_total return_requested_total
        shipped_total subtitle subtotal tax_lines thumbnail updated_at variant_barcode variant_option_values
        write_off_total
        """,
    )
    | _paths(
        "$.items[].raw_",
        """
        compare_at_unit_price discount_subtotal discount_tax_total discount_total fulfilled_total
        original_subtotal original_tax_total original_total quantity refundable_total
        refundable_total_per_unit
        return_dismissed_total return_received_total return_requested_total shipped_total subtotal tax_total
        total unit_price write_off_total
        """,
    )
    | _paths(
        "$.shipping_methods[].",
        """
        adjustments amount created_at data deleted_at description detail discount_subtotal discount_tax_total
        discount_total id is_custom_amount is_tax_inclusive metadata order_id original_subtotal
        original_tax_total original_total shipping_option_id subtotal tax_lines updated_at
        """,
    )
    | _paths(
        "$.shipping_methods[].raw_",
        """
        amount discount_subtotal discount_tax_total discount_total original_subtotal original_tax_total
        original_total subtotal tax_total total
        """,
    )
    | _paths("$.payment_collections[].", "amount captured_amount id status")
)
"""Paths that came from a 2.21.2 server although nobody asked for them; `raw_…` repeats a number as text."""
