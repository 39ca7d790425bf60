"""Vendure's vocabularies that rules read."""

from enum import StrEnum

from mappings.canonical import PaymentStatus
from mappings.tables import CodeTable

ORDER_STATES = CodeTable(
    name="vendure.order_state",
    source="vendure-ecommerce/vendure 1633446f, config/order/default-order-process.ts, transitions",
    read_on="2026-11-24",
    codes={
        "Created": PaymentStatus.PENDING,
        "Draft": PaymentStatus.PENDING,
        "AddingItems": PaymentStatus.PENDING,
        "ArrangingPayment": PaymentStatus.PENDING,
        "PaymentAuthorized": PaymentStatus.AUTHORIZED,
        "PaymentSettled": PaymentStatus.PAID,
        "PartiallyShipped": PaymentStatus.PAID,
        "Shipped": PaymentStatus.PAID,
        "PartiallyDelivered": PaymentStatus.PAID,
        "Delivered": PaymentStatus.PAID,
    },
)
"""States that say by themselves how far the money is; about all others the payments are asked."""

CANCELLED = "Cancelled"

WITHOUT_MONEY = {
    CANCELLED: PaymentStatus.VOIDED,
    "Modifying": PaymentStatus.PENDING,
    "ArrangingAdditionalPayment": PaymentStatus.PENDING,
}
"""Vendure's own states that ask the payments: what they mean where no payment was settled or authorised."""


class Progress(StrEnum):
    """How far one payment or one refund got."""

    OPEN = "open"
    AUTHORIZED = "authorized"
    SETTLED = "settled"
    FAILED = "failed"


PAYMENT_STATES = CodeTable(
    name="vendure.payment_state",
    source="vendure-ecommerce/vendure 1633446f, config/payment/default-payment-process.ts, transitions",
    read_on="2026-11-24",
    codes={
        "Created": Progress.OPEN,
        "Authorized": Progress.AUTHORIZED,
        "Settled": Progress.SETTLED,
        "Declined": Progress.FAILED,
        "Error": Progress.FAILED,
        "Cancelled": Progress.FAILED,
    },
)

REFUND_STATES = CodeTable(
    name="vendure.refund_state",
    source="vendure-ecommerce/vendure 1633446f, refund-state-machine/refund-state.ts, RefundState",
    read_on="2026-11-24",
    codes={"Pending": Progress.OPEN, "Settled": Progress.SETTLED, "Failed": Progress.FAILED},
)

ORDER_TYPES = CodeTable(
    name="vendure.order_type",
    source="Admin GraphQL 3.7.3, enum OrderType",
    read_on="2026-11-24",
    codes={"Regular": "", "Seller": "", "Aggregate": "aggregate order: its seller orders are shipped"},
)
"""Order type → why an order of this type must not ship (empty: it may)."""
