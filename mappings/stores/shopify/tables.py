"""Shopify's vocabularies (Admin GraphQL schema 2026-10; read 2026-11-24) and what they mean here."""

from enum import StrEnum

from mappings.canonical import PaymentStatus, TrackingStatus
from mappings.tables import CodeTable

SOURCE = "Shopify Admin GraphQL 2026-10"
READ_ON = "2026-11-24"

PAYMENT = CodeTable[PaymentStatus](
    name="shopify.displayFinancialStatus",
    source=f"{SOURCE}, enum OrderDisplayFinancialStatus",
    read_on=READ_ON,
    codes={
        "PENDING": PaymentStatus.PENDING,
        "AUTHORIZED": PaymentStatus.AUTHORIZED,
        "PARTIALLY_PAID": PaymentStatus.PARTIALLY_PAID,
        "PAID": PaymentStatus.PAID,
        "PARTIALLY_REFUNDED": PaymentStatus.PARTIALLY_REFUNDED,
        "REFUNDED": PaymentStatus.REFUNDED,
        "VOIDED": PaymentStatus.VOIDED,
        # The authorisation ran out before anybody captured it: the money never came.
        "EXPIRED": PaymentStatus.VOIDED,
    },
)


class Standing(StrEnum):
    """What a fulfilment order's status means for shipping."""

    OPEN = "open"
    HELD = "held"
    ENDED = "ended"


FULFILMENT_ORDER = CodeTable[Standing](
    name="shopify.fulfillmentOrder.status",
    source=f"{SOURCE}, enum FulfillmentOrderStatus",
    read_on=READ_ON,
    codes={
        "OPEN": Standing.OPEN,
        "IN_PROGRESS": Standing.OPEN,
        # A fulfilment service gave up; the units still wait for somebody.
        "INCOMPLETE": Standing.OPEN,
        "ON_HOLD": Standing.HELD,
        "SCHEDULED": Standing.HELD,
        "CANCELLED": Standing.ENDED,
        "CLOSED": Standing.ENDED,
    },
)

NEEDS_PARCEL = CodeTable[bool](
    name="shopify.deliveryMethod.methodType",
    source=f"{SOURCE}, enum DeliveryMethodType",
    read_on=READ_ON,
    codes={
        "SHIPPING": True,
        "LOCAL": True,
        "PICKUP_POINT": True,
        "PICK_UP": False,
        "RETAIL": False,
        "NONE": False,
    },
)

COLLECT_ON_DELIVERY_GATEWAYS = frozenset({"Cash on Delivery (COD)", "cash_on_delivery"})
"""`paymentGatewayNames` of the manual payment method «Cash on Delivery» (unverified: no source lists it)."""

DEAD_FULFILMENTS = frozenset({"CANCELLED", "ERROR", "FAILURE"})
"""FulfillmentStatus of fulfilments that never happened or were undone."""

EVENTS = CodeTable[TrackingStatus](
    name="shopify.fulfillmentEvent.status",
    source=f"{SOURCE}, enum FulfillmentEventStatus",
    read_on=READ_ON,
    codes={
        "CONFIRMED": TrackingStatus.PRE_TRANSIT,
        "CARRIER_PICKED_UP": TrackingStatus.PICKED_UP,
        "IN_TRANSIT": TrackingStatus.IN_TRANSIT,
        "OUT_FOR_DELIVERY": TrackingStatus.OUT_FOR_DELIVERY,
        "READY_FOR_PICKUP": TrackingStatus.AVAILABLE_FOR_PICKUP,
        "DELIVERED": TrackingStatus.DELIVERED,
        "ATTEMPTED_DELIVERY": TrackingStatus.DELIVERY_ATTEMPTED,
        "DELAYED": TrackingStatus.EXCEPTION,
        "FAILURE": TrackingStatus.LOST,
    },
)

EVENT_OF_STATUS = {
    **{status: code for code, status in EVENTS.codes.items()},
    TrackingStatus.RETURNING: "FAILURE",
    TrackingStatus.RETURNED: "FAILURE",
    TrackingStatus.CANCELLED: "FAILURE",
}
"""Ours → FulfillmentEventStatus. Shopify knows no return journey; `unknown` has no word at all."""

COMPANIES = {
    "4px": "4PX",
    "amazon-shipping": "Amazon",
    "asendia": "Asendia USA",
    "asendia-us": "Asendia USA",
    "australia-post": "Australia Post",
    "boxknight": "BoxKnight",
    "bpost": "BPost",
    "canada-post": "Canada Post",
    "canpar": "Canpar",
    "china-post": "China Post",
    "chronopost": "Chronopost",
    "colissimo": "Colissimo",
    "dhl": "DHL Express",
    "dhl-ecommerce": "DHL eCommerce",
    "dhl-express": "DHL Express",
    "dpd": "DPD",
    "ems": "China Post",
    "evri": "Evri",
    "fedex": "FedEx",
    "gls": "GLS",
    "hermes": "Hermes",
    "la-poste": "La Poste Colissimo",
    "mondial-relay": "Mondial Relay",
    "postat": "Österreichische Post",
    "postnl": "PostNL",
    "purolator": "Purolator",
    "royal-mail": "Royal Mail",
    "sendle": "Sendle",
    "sf-express": "SF Express",
    "tnt": "TNT",
    "ups": "UPS",
    "usps": "USPS",
    "yunexpress": "YunExpress",
}
"""Our carrier codes → names on Shopify's list, spelt exactly as there: Shopify then makes the tracking link
itself (Admin GraphQL 2026-10, FulfillmentTrackingInfo.company; read 2026-11-24)."""
