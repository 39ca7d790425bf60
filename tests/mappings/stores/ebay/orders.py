"""The usual order of eBay, and a parcel of it."""

from datetime import UTC, datetime
from typing import Any

from mappings.canonical import LineQuantity, Shipment

Document = dict[str, Any]


def money(value: str) -> Document:
    return {"value": value, "currency": "EUR"}


def line(number: int = 1, **changes: Any) -> Document:
    return {
        "lineItemId": f"100{number}",
        "legacyItemId": "406",
        "legacyVariationId": "676",
        "sku": f"SKU-{number}",
        "title": "Tea",
        "quantity": 4,
        "lineItemCost": money("122.2"),
        "lineItemFulfillmentStatus": "NOT_STARTED",
        **changes,
    }


def instruction(kind: str = "SHIP_TO", **changes: Any) -> Document:
    place = {"addressLine1": "Musterweg 3", "city": "Musterstadt", "countryCode": "DE"}
    step = {
        "shipTo": {"fullName": "Erika", "contactAddress": place},
        "shippingServiceCode": "DE_DPD",
        **changes,
    }
    return {"fulfillmentInstructionsType": kind, "shippingStep": step}


def order(**changes: Any) -> Document:
    return {
        "orderId": "06-15211-22068",
        "creationDate": "2026-03-02T08:00:00.000Z",
        "lastModifiedDate": "2026-03-02T08:05:00.000Z",
        "orderFulfillmentStatus": "NOT_STARTED",
        "orderPaymentStatus": "PAID",
        "pricingSummary": {
            "priceSubtotal": money("122.2"),
            "deliveryCost": money("4.95"),
            "total": money("127.15"),
        },
        "cancelStatus": {"cancelState": "NONE_REQUESTED", "cancelRequests": []},
        "fulfillmentStartInstructions": [instruction()],
        "lineItems": [line()],
        **changes,
    }


def shipment(**changes: Any) -> Shipment:
    usual: Document = {
        "shipment_id": "S-1",
        "order_external_id": "06-15211-22068",
        "carrier": "dhl",
        "tracking_number": "00 34-04",
        "shipped_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "lines": (LineQuantity(line_id="1001", quantity=2),),
    }
    return Shipment(**{**usual, **changes})
