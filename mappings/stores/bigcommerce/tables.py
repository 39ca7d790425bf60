"""BigCommerce's vocabularies (orders.v2.oas2, read 2026-11-24) and what they mean here."""

from enum import StrEnum

from mappings.canonical import PaymentStatus
from mappings.tables import CodeTable

READ_ON = "2026-11-24"
SOURCE = "bigcommerce/docs, reference/orders.v2.oas2.yml"


class Standing(StrEnum):
    """How far an order got, as its status says."""

    WAITING = "waiting"
    OPEN = "open"
    COLLECTED = "collected"
    HELD = "held"
    SHIPPED = "shipped"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


INCOMPLETE = 0
"""A checkout that nobody finished: no order yet."""

ORDER_STATUSES = CodeTable(
    name="bigcommerce.order.status_id",
    source=f"{SOURCE}, order_statuses",
    read_on=READ_ON,
    codes={
        "0": Standing.WAITING,  # Incomplete
        "1": Standing.WAITING,  # Pending
        "2": Standing.SHIPPED,  # Shipped
        "3": Standing.OPEN,  # Partially Shipped
        "4": Standing.REFUNDED,  # Refunded
        "5": Standing.CANCELLED,  # Cancelled
        "6": Standing.CANCELLED,  # Declined
        "7": Standing.WAITING,  # Awaiting Payment
        "8": Standing.COLLECTED,  # Awaiting Pickup
        "9": Standing.OPEN,  # Awaiting Shipment
        "10": Standing.SHIPPED,  # Completed
        "11": Standing.OPEN,  # Awaiting Fulfillment
        "12": Standing.HELD,  # Manual Verification Required
        "13": Standing.HELD,  # Disputed
        "14": Standing.OPEN,  # Partially Refunded
    },
)
"""Stores rename the labels, never the ids."""

PAYMENT_STATUSES = CodeTable(
    name="bigcommerce.order.payment_status",
    source=f"{SOURCE}, order_RespOnly.payment_status",
    read_on=READ_ON,
    codes={
        "authorized": PaymentStatus.AUTHORIZED,
        "captured": PaymentStatus.PAID,
        "capture pending": PaymentStatus.AUTHORIZED,
        "declined": PaymentStatus.VOIDED,
        "held for review": PaymentStatus.AUTHORIZED,
        "paid": PaymentStatus.PAID,
        "partially refunded": PaymentStatus.PARTIALLY_REFUNDED,
        "pending": PaymentStatus.PENDING,
        "refunded": PaymentStatus.REFUNDED,
        "void": PaymentStatus.VOIDED,
        "void pending": PaymentStatus.VOIDED,
    },
)
"""Empty for offline methods: then the order's status says whether the seller has the money."""

HELD_FOR_REVIEW = "held for review"

PAID_BY_STANDING = {
    Standing.OPEN: PaymentStatus.PAID,
    Standing.COLLECTED: PaymentStatus.PAID,
    Standing.SHIPPED: PaymentStatus.PAID,
    Standing.REFUNDED: PaymentStatus.REFUNDED,
    Standing.CANCELLED: PaymentStatus.VOIDED,
}
"""«Awaiting Fulfillment: payment has been confirmed», and what follows it."""

REFUNDED_BY_STATUS = {"4": PaymentStatus.REFUNDED, "14": PaymentStatus.PARTIALLY_REFUNDED}

CASH_ON_DELIVERY = "cash on delivery"
OFFLINE_METHODS = frozenset(
    {CASH_ON_DELIVERY, "bank deposit", "cash", "check", "manual", "money order", "pay in store"}
)
"""Display names of the methods without a gateway, in lower case; unverified, and a store may rename them."""

TEST_GATEWAY = "test payment gateway"
"""Display name of the gateway that takes no money."""

SHIPPING_PROVIDERS = CodeTable(
    name="bigcommerce.shipment.shipping_provider",
    source=f"{SOURCE}, shipping_provider_standard",
    read_on=READ_ON,
    codes={
        "australia-post": "auspost",
        "canada-post": "canadapost",
        "fedex": "fedex",
        "royal-mail": "royalmail",
        "ups": "ups",
        "usps": "usps",
    },
)

TRACKING_CARRIERS = CodeTable(
    name="bigcommerce.shipment.tracking_carrier",
    source="courier slugs as AfterShip's own documentation and fixtures write them; unverified",
    read_on=READ_ON,
    codes={
        "dhl": "dhl",
        "jtexpress": "jtexpress",
        "sf-express": "sf-express",
        "sto": "sto",
        "yto": "yto",
        "yunda": "yunda",
        "zto": "zto-express",
    },
)
"""AfterShip's slugs, from which BigCommerce makes a link. Others are told by name, with our own link."""

UNREAD_FIELDS = frozenset(
    {
        *(f"$.{name}" for name in (
            "date_shipped", "status", "subtotal_ex_tax", "subtotal_inc_tax", "subtotal_tax",
            "base_shipping_cost", "shipping_cost_ex_tax", "shipping_cost_tax", "shipping_cost_tax_class_id",
            "base_handling_cost", "handling_cost_ex_tax", "handling_cost_tax", "handling_cost_tax_class_id",
            "base_wrapping_cost", "wrapping_cost_ex_tax", "wrapping_cost_tax", "wrapping_cost_tax_class_id",
            "total_ex_tax", "is_tax_inclusive_pricing", "items_total", "items_shipped", "payment_provider_id",
            "order_is_digital", "store_credit_amount", "gift_certificate_amount", "ip_address",
            "ip_address_v6", "geoip_country", "geoip_country_iso2", "currency_id", "currency_exchange_rate",
            "default_currency_id", "shipping_address_count", "ebay_order_id", "cart_id", "is_email_opt_in",
            "credit_card_type", "external_source", "products", "shipping_addresses", "coupons", "external_id",
            "external_merchant_id", "tax_provider_id", "store_default_currency_code",
            "store_default_to_transactional_exchange_rate", "custom_status", "customer_locale",
            "order_source", "channel_id", "currency_code",
        )),
        "$.billing_address.country", "$.billing_address.form_fields",
        *(f"$.consignments.{name}" for name in ("url", "resource")),
        *(f"$.consignments.shipping[].{name}" for name in (
            "country", "form_fields", "items_total", "items_shipped", "base_cost", "cost_ex_tax",
            "cost_inc_tax", "cost_tax", "cost_tax_class_id", "base_handling_cost", "handling_cost_ex_tax",
            "handling_cost_inc_tax", "handling_cost_tax", "handling_cost_tax_class_id", "shipping_zone_id",
            "shipping_zone_name", "shipping_quotes", "order_id",
        )),
        *(f"$.consignments.pickups[].{name}" for name in (
            "id", "pickup_method_id", "pickup_method_display_name", "collection_instructions",
            "collection_time_description", "location",
        )),
        "$.consignments.downloads[].recipient_email",
        "$.consignments.email.gift_certificates[].recipient_email",
        *(f"$.consignments.{kind}[].line_items[].{name}" for kind in ("shipping", "pickups", "downloads")
          for name in (
            "order_id", "product_id", "order_pickup_method_id", "order_address_id", "name_customer",
            "name_merchant", "base_price", "price_ex_tax", "price_tax", "base_total", "total_ex_tax",
            "total_tax", "weight", "width", "height", "depth", "base_cost_price", "cost_price_inc_tax",
            "cost_price_ex_tax", "cost_price_tax", "is_refunded", "refund_amount", "return_id", "wrapping_id",
            "wrapping_name", "base_wrapping_cost", "wrapping_cost_ex_tax", "wrapping_cost_inc_tax",
            "wrapping_cost_tax", "wrapping_message", "event_name", "event_date", "fixed_shipping_cost",
            "ebay_item_id", "ebay_transaction_id", "option_set_id", "is_bundled_product",
            "bin_picking_number", "external_id", "brand", "product_options", "configurable_fields",
            "gift_certificate_id", "applied_discounts",
        )),
        *(f"$.fees[].{name}" for name in (
            "id", "type", "display_name_customer", "display_name_merchant", "source", "base_cost",
            "cost_ex_tax", "cost_exc_tax", "cost_tax", "tax_class_id",
        )),
        *(f"$.refunds[].{name}" for name in (
            "id", "order_id", "user_id", "created", "reason", "total_tax", "uses_merchant_override_values",
            "payments", "items", "is_system_generated",
        )),
    }
)  # fmt: skip
"""What the contract names, or its samples show, and no rule reads: no drift of the schema."""
