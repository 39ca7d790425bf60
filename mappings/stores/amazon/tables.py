"""Amazon's vocabularies (Orders API 2026-01-01, read 2026-11-24) and what they mean here."""

from enum import StrEnum

from mappings.canonical import Fulfiller
from mappings.tables import CodeTable

READ_ON = "2026-11-24"
SOURCE = "amzn/selling-partner-api-models, orders_2026-01-01.json"


class Standing(StrEnum):
    """How far an order got."""

    WAITING = "waiting"
    OPEN = "open"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    HELD = "held"


FULFILLMENT_STATUSES = CodeTable(
    name="amazon.order.fulfillmentStatus",
    source=f"{SOURCE}, FulfillmentStatus",
    read_on=READ_ON,
    codes={
        "PENDING_AVAILABILITY": Standing.WAITING,
        "PENDING": Standing.WAITING,
        "UNSHIPPED": Standing.OPEN,
        "PARTIALLY_SHIPPED": Standing.OPEN,
        "SHIPPED": Standing.SHIPPED,
        "CANCELLED": Standing.CANCELLED,
        "UNFULFILLABLE": Standing.HELD,
    },
)
"""What is not waiting is paid, but for cash on delivery: Amazon shows an order as unshipped when it is."""

FULFILLED_BY = CodeTable(
    name="amazon.order.fulfilledBy",
    source=f"{SOURCE}, OrderFulfillment.fulfilledBy",
    read_on=READ_ON,
    codes={"AMAZON": Fulfiller.PLATFORM, "MERCHANT": Fulfiller.MERCHANT},
)

CASH_ON_DELIVERY = "CashOnDelivery"

PAYMENT_METHODS = CodeTable(
    name="amazon.payment.paymentMethod",
    source=f"{SOURCE}, PaymentExecution.paymentMethod «and so on»; the others from ordersV0.json",
    read_on=READ_ON,
    codes={
        CASH_ON_DELIVERY: True,
        "COD": True,
        "CVS": False,
        "ConvenienceStore": False,
        "CreditCard": False,
        "GC": False,
        "Invoice": False,
        "Other": False,
        "Pix": False,
        "PointsAccount": False,
        "Standard": False,
    },
)
"""Method → is it paid at the door. The list is open: an order paid by another method waits for a person."""

ITEM, SHIPPING, TAX, DISCOUNT = "ITEM", "SHIPPING", "TAX", "DISCOUNT"
SURCHARGES = frozenset({"GIFT_WRAP", "COD_FEE", "OTHER"})
TIP = "DELIVERY_TIP"
PROCEEDS = frozenset({ITEM, SHIPPING, TAX, DISCOUNT, TIP}) | SURCHARGES

HOLDING_PROGRAMS = {
    "AMAZON_EASY_SHIP": "ships with Amazon Easy Ship: Amazon's own label, made in Seller Central",
    "DELIVERY_BY_AMAZON": "is delivered by Amazon: its label is made in Seller Central",
}
COLLECTED = "IN_STORE_PICK_UP"
TRANSPARENCY = "TRANSPARENCY"

CURRENCIES = {
    **dict.fromkeys(("A1PA6795UKMFR9", "A13V1IB3VIYZZH", "APJ6JRA9NG5V4", "A1RKKUPIHCS9HS"), "EUR"),
    **dict.fromkeys(("A1805IZSGTT6HS", "AMEN7PMS3EDWL", "A28R8C7NBKEWEA"), "EUR"),
    "ATVPDKIKX0DER": "USD",
    "A2EUQ1WTGCTBG2": "CAD",
    "A1AM78C64UM0Y8": "MXN",
    "A2Q3Y263D00KWC": "BRL",
    "A1F83G8C2ARO7P": "GBP",
    "A2NODRKZP88ZB9": "SEK",
    "A1C3SOZRARQ6R3": "PLN",
    "A33AVAJ2PDY3EV": "TRY",
    "A2VIGQ35RCS4UG": "AED",
    "A21TJRUUN4KGV": "INR",
    "A1VC38T7YXB528": "JPY",
    "A39IBJ37TRP1C6": "AUD",
    "A19VAU5U5O7RUS": "SGD",
}
"""Marketplace → what it sells in: orders that are not paid yet name no currency."""
NO_CURRENCY = "XXX"

CARRIERS = CodeTable(
    name="amazon.confirmShipment.carrierCode",
    source="confirmShipment's sandbox case (FedEx) and documentation (UPS); the others unverified",
    read_on=READ_ON,
    codes={
        "dhl": "DHL",
        "ems-china-post": "China Post",
        "fedex": "FedEx",
        "sf-express": "SF Express",
        "ups": "UPS",
        "usps": "USPS",
    },
)

OTHER_CARRIER = "Other"
"""For every carrier that has no code: its name must then be told."""

MERCHANT_CHANNEL = "DEFAULT"
"""The channel of stock that the seller ships; every other is a warehouse of Amazon."""


def _paths(above: str, names: str) -> frozenset[str]:
    return frozenset(f"{above}.{name}" for name in names.split())


UNREAD_FIELDS = (
    _paths("$", "associatedOrders tax fulfillmentOrders")
    | _paths("$.salesChannel", "marketplaceName")
    | _paths("$.buyer", "buyerCompanyName")
    | _paths("$.recipient.deliveryAddress", "addressType")
    | _paths("$.recipient.deliveryAddress.extendedFields", "streetName streetNumber complement")
    | _paths("$.recipient.deliveryPreference", "deliveryTime deliveryCapabilities")
    | _paths("$.proceeds.breakdowns[]", "status")
    | _paths("$.payment.paymentExecutions[]", "paymentAmount acquirerId cardBrand authorizationCode")
    | _paths("$.fulfillment", "deliverByWindow labelPrintingWindow")
    | _paths("$.fulfillment.shipByWindow", "earliestDateTime")
    | _paths("$.orderItems[]", "measurement associatedOrderItems expense promotion tax")
    | _paths("$.orderItems[].product", "condition serialNumbers customization")
    | _paths("$.orderItems[].product.price", "priceDesignation")
    | _paths("$.orderItems[].proceeds", "proceedsTotal")
    | _paths("$.orderItems[].proceeds.breakdowns[]", "detailedBreakdowns")
    | _paths("$.orderItems[].cancellation.cancellationRequest", "cancelReason")
    | _paths("$.orderItems[].fulfillment", "picking shipping")
    | _paths("$.orderItems[].fulfillment.packing", "serialNumberRequirement")
    | _paths("$.orderItems[].fulfillment.packing.giftOption", "giftWrapLevel")
    | _paths("$.packages[]", "createdTime packageStatus carrier shipTime shippingService shipFromAddress")
    | _paths("$.packages[].packageItems[]", "transparencyCodes")
)
"""What the contract names and no rule reads: no drift of the schema."""
