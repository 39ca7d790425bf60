"""eBay's vocabularies (Fulfillment API v1, read 2026-11-24) and what they mean here."""

from enum import StrEnum

from mappings.canonical import PaymentStatus
from mappings.tables import CodeTable

READ_ON = "2026-11-24"
SOURCE = "developer.ebay.com, Fulfillment API types"


class Cancelling(StrEnum):
    NO = "no"
    ASKED = "asked"
    DONE = "done"


class Way(StrEnum):
    """How goods come to the buyer."""

    SHIPPED = "shipped"
    COLLECTED = "collected"
    BY_PLATFORM = "by_platform"
    DIGITAL = "digital"


PAYMENT_STATUSES = CodeTable(
    name="ebay.order.orderPaymentStatus",
    source=f"{SOURCE}, OrderPaymentStatusEnum",
    read_on=READ_ON,
    codes={
        "FAILED": PaymentStatus.VOIDED,
        "FULLY_REFUNDED": PaymentStatus.REFUNDED,
        "PAID": PaymentStatus.PAID,
        "PARTIALLY_REFUNDED": PaymentStatus.PARTIALLY_REFUNDED,
        "PENDING": PaymentStatus.PENDING,
    },
)

CANCEL_STATES = CodeTable(
    name="ebay.order.cancelState",
    source=f"{SOURCE}, CancelStateEnum",
    read_on=READ_ON,
    codes={
        "CANCELED": Cancelling.DONE,
        "IN_PROGRESS": Cancelling.ASKED,
        "NONE_REQUESTED": Cancelling.NO,
    },
)

IN_PROGRESS, FULFILLED = "IN_PROGRESS", "FULFILLED"

LINE_STATUSES = CodeTable(
    name="ebay.line.lineItemFulfillmentStatus",
    source=f"{SOURCE}, LineItemFulfillmentStatusEnum",
    read_on=READ_ON,
    codes={FULFILLED: True, IN_PROGRESS: False, "NOT_STARTED": False},
)
"""Code → did all units leave."""

INSTRUCTIONS = CodeTable(
    name="ebay.order.fulfillmentInstructionsType",
    source=f"{SOURCE}, FulfillmentInstructionsType",
    read_on=READ_ON,
    codes={
        "DIGITAL": Way.DIGITAL,
        "FULFILLED_BY_EBAY": Way.BY_PLATFORM,
        "PREPARE_FOR_PICKUP": Way.COLLECTED,
        "SELLER_DEFINED": Way.SHIPPED,
        "SHIP_TO": Way.SHIPPED,
    },
)

FAILED = "FAILED"
"""A refund that did not come about."""

CARRIERS = CodeTable(
    name="ebay.fulfillment.shippingCarrierCode",
    source="the seller's own orders and documentation; the whole list is in GeteBayDetails alone: unverified",
    read_on=READ_ON,
    codes={
        "dhl": "DHL",
        "ems-china-post": "China Post",
        "fedex": "FedEx",
        "sf-express": "SF Express",
        "ups": "UPS",
        "usps": "USPS",
        "yto": "YTO Express",
        "yunda": "Yunda Express",
    },
)
OTHER_CARRIER = "Other"


def _paths(above: str, names: str) -> frozenset[str]:
    return frozenset(f"{above}.{name}" for name in names.split())


_AMOUNT = "convertedFromCurrency convertedFromValue"

UNREAD_FIELDS = (
    _paths(
        "$",
        "legacyOrderId sellerId ebayCollectAndRemitTax fulfillmentHrefs program totalFeeBasisAmount"
        " totalMarketplaceFee",
    )
    | _paths("$.buyer", "taxAddress taxIdentifier")
    | _paths("$.cancelStatus", "cancelRequests")
    | _paths("$.paymentSummary", "totalDueSeller")
    | _paths("$.paymentSummary.refunds[]", "refundDate refundId refundReferenceId")
    | _paths("$.paymentSummary.payments[]", "amount paymentReferenceId paymentStatus paymentHolds")
    | _paths(
        "$.fulfillmentStartInstructions[]",
        "appointment ebaySupportedFulfillment finalDestinationAddress minEstimatedDeliveryDate"
        " maxEstimatedDeliveryDate pickupStep",
    )
    | _paths("$.fulfillmentStartInstructions[].shippingStep", "shippingCarrierCode")
    | _paths(
        "$.lineItems[]",
        "appliedPromotions compatibilityProperties deliveryCost ebayCollectedCharges giftDetails itemLocation"
        " linkedOrderLineItems listingMarketplaceId properties purchaseMarketplaceId soldFormat total"
        " variationAspects",
    )
    | _paths(
        "$.lineItems[].lineItemFulfillmentInstructions",
        "guaranteedDelivery minEstimatedDeliveryDate maxEstimatedDeliveryDate",
    )
    | _paths("$.lineItems[].refunds[]", "refundDate refundId refundReferenceId")
    | _paths("$.lineItems[].taxes[]", "taxType")
    | _paths("$.lineItems[].ebayCollectAndRemitTaxes[]", "taxType ebayReference collectionMethod")
    | _paths("$.fulfillments[]", "shippedDate shippingCarrierCode")
    | frozenset(
        path
        for above in (
            "$.pricingSummary.total", "$.pricingSummary.priceSubtotal", "$.pricingSummary.priceDiscount",
            "$.pricingSummary.deliveryCost", "$.pricingSummary.deliveryDiscount", "$.pricingSummary.tax",
            "$.pricingSummary.fee", "$.pricingSummary.adjustment", "$.paymentSummary.refunds[].amount",
            "$.lineItems[].lineItemCost", "$.lineItems[].discountedLineItemCost",
            "$.lineItems[].refunds[].amount", "$.lineItems[].taxes[].amount",
            "$.lineItems[].ebayCollectAndRemitTaxes[].amount",
        )
        for path in _paths(above, _AMOUNT)
    )
)  # fmt: skip
"""What the contract names, or its sample shows, and no rule reads: no drift of the schema."""
