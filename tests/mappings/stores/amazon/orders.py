"""The usual order of Amazon, and a parcel of it."""

from datetime import UTC, datetime
from typing import Any

from mappings.canonical import LineQuantity, Shipment

Document = dict[str, Any]


def money(amount: str) -> Document:
    return {"amount": amount, "currencyCode": "USD"}


def item(number: int = 1, **changes: Any) -> Document:
    parts = {"ITEM": "20.00", "TAX": "1.20", "SHIPPING": "5.00"}
    return {
        "orderItemId": f"0{number}",
        "quantityOrdered": 2,
        "product": {"sellerSku": f"SKU-{number}", "title": "Tea", "price": {"unitPrice": money("10.00")}},
        "proceeds": {"breakdowns": [{"type": it, "subtotal": money(parts[it])} for it in parts]},
        "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": 2},
        **changes,
    }


def order(**changes: Any) -> Document:
    return {
        "orderId": "902-1106328-1059050",
        "createdTime": "2026-03-02T08:00:00Z",
        "lastUpdatedTime": "2026-03-02T08:05:00Z",
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": "ATVPDKIKX0DER"},
        "proceeds": {"grandTotal": money("26.20")},
        "fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT"},
        "orderItems": [item()],
        **changes,
    }


def shipment(**changes: Any) -> Shipment:
    usual: Document = {
        "shipment_id": "S-1",
        "order_external_id": "902-1106328-1059050",
        "carrier": "ups",
        "tracking_number": "1Z1",
        "shipped_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "lines": (LineQuantity(line_id="01", quantity=2),),
    }
    return Shipment(**{**usual, **changes})
