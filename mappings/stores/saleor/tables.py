"""Saleor's vocabularies (schema of 3.22; read 2026-11-24) and what they mean here."""

from mappings.canonical import PaymentStatus
from mappings.tables import CodeTable

READ_ON = "2026-11-24"
SOURCE = "saleor/saleor, saleor/graphql/schema.graphql"

CANCELLED = frozenset({"CANCELED", "EXPIRED"})

ORDER_STATUSES = CodeTable(
    name="saleor.order.status",
    source=f"{SOURCE}, enum OrderStatus",
    read_on=READ_ON,
    codes={
        "DRAFT": "the order is a draft",
        "UNCONFIRMED": "the order is not confirmed",
        "UNFULFILLED": "",
        "PARTIALLY_FULFILLED": "",
        "PARTIALLY_RETURNED": "",
        "RETURNED": "",
        "FULFILLED": "",
        "CANCELED": "",
        "EXPIRED": "",
    },
)
"""Why an order of this status must not ship; empty if nothing forbids it."""

CHARGE_STATUSES = CodeTable(
    name="saleor.order.chargeStatus",
    source=f"{SOURCE}, enum OrderChargeStatusEnum",
    read_on=READ_ON,
    codes={
        "NONE": PaymentStatus.PENDING,
        "PARTIAL": PaymentStatus.PARTIALLY_PAID,
        "FULL": PaymentStatus.PAID,
        "OVERCHARGED": PaymentStatus.PAID,
    },
)

AUTHORISED = CodeTable(
    name="saleor.order.authorizeStatus",
    source=f"{SOURCE}, enum OrderAuthorizeStatusEnum",
    read_on=READ_ON,
    codes={"NONE": False, "PARTIAL": False, "FULL": True},
)

WITHDRAWN = frozenset({"REFUNDED", "REPLACED"})
"""FulfillmentStatus of units that never left, or that another fulfilment replaces (unverified)."""

UNDONE = frozenset({"CANCELED", "REFUNDED", "RETURNED", "REPLACED", "REFUNDED_AND_RETURNED"})
"""FulfillmentStatus of what is no parcel on its way."""

WAITING_FOR_APPROVAL = "WAITING_FOR_APPROVAL"

WEBHOOK_EVENTS = (
    "ORDER_CREATED",
    "ORDER_UPDATED",
    "ORDER_CANCELLED",
    "ORDER_EXPIRED",
    "ORDER_REFUNDED",
    "FULFILLMENT_CREATED",
    "FULFILLMENT_CANCELED",
)
"""WebhookEventTypeAsyncEnum of what may change what the hub knows of an order."""
