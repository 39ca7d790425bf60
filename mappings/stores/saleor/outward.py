"""Shipments and stock → variables of mutations; what Saleor tells about them, read."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from msgspec import Raw

from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.parcels import RecordedParcel
from mappings.stores.saleor.tables import UNDONE, WEBHOOK_EVENTS
from mappings.stores.saleor.wire import FulfilmentHead, Identified, SaleorDocument

T = TypeVar("T")
Variables = dict[str, Any]

CARRIER = "carrier"
"""Key of the fulfilment's metadata that names its carrier, for which Saleor has no field."""


class PageInfo(SaleorDocument):
    has_next_page: bool
    end_cursor: str | None = None


class Edge(SaleorDocument, Generic[T]):
    node: T


class Connection(SaleorDocument, Generic[T]):
    page_info: PageInfo
    edges: tuple[Edge[T], ...]

    @property
    def nodes(self) -> tuple[T, ...]:
        return tuple(edge.node for edge in self.edges)


class ListAnswer(SaleorDocument, Generic[T]):
    list: Connection[T]


class Refusal(SaleorDocument):
    """An entry of `errors` inside a mutation's result."""

    code: str
    field: str | None = None
    message: str | None = None


class Result(SaleorDocument):
    errors: tuple[Refusal, ...]


class WrittenAnswer(SaleorDocument):
    result: Result | None


class FulfilmentDocument(FulfilmentHead):
    id: str
    tracking_number: str
    carrier: str | None = None


class FulfilledOrder(SaleorDocument):
    fulfillments: tuple[FulfilmentDocument, ...]


class FulfilmentsAnswer(SaleorDocument):
    order: FulfilledOrder | None


class WebhookDocument(SaleorDocument):
    id: str
    target_url: str


class AppDocument(SaleorDocument):
    webhooks: tuple[WebhookDocument, ...] | None = None


class AppAnswer(SaleorDocument):
    app: AppDocument | None


class StockDocument(SaleorDocument):
    """Units in one warehouse; what is allocated is not for sale."""

    warehouse: Identified
    quantity: int
    quantity_allocated: int


class VariantStock(SaleorDocument):
    id: str
    stocks: tuple[StockDocument, ...] | None = None


class StockResult(SaleorDocument):
    errors: tuple[Refusal, ...] | None = None


class StockResults(Result):
    results: tuple[StockResult, ...]


class StockAnswer(SaleorDocument):
    result: StockResults


class HookBody(SaleorDocument):
    """What our subscription query makes of an event; a fulfilment's names its order."""

    order: Identified | None = None


class Parcel(RecordedParcel):
    status: str
    carrier: str


def parcels(found: Sequence[FulfilmentDocument]) -> list[Parcel]:
    return [
        Parcel(
            id=one.id,
            tracking_number=one.tracking_number,
            quantities={it.order_line.id: it.quantity for it in one.lines or () if it.order_line},
            status=one.status,
            carrier=one.carrier or "",
        )
        for one in found
        if one.status not in UNDONE
    ]


def wire_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def changed_since(moment: datetime | None) -> Variables:
    return {"updatedAt": {"gte": wire_time(moment)}} if moment else {}


def placed_between(start: datetime, end: datetime) -> Variables:
    """At least all of `[start, end)`: both bounds belong to the range."""
    return {"createdAt": {"gte": wire_time(start), "lte": wire_time(end + timedelta(seconds=1))}}


def fulfil_variables(shipment: Shipment, warehouse: str, *, notify: bool) -> Variables:
    """The goods have left, whatever the stock says."""
    lines = [
        {"orderLineId": it.line_id, "stocks": [{"quantity": it.quantity, "warehouse": warehouse}]}
        for it in shipment.lines
    ]
    told = {"notifyCustomer": notify, "trackingNumber": shipment.tracking_number}
    goods = {"lines": lines, "allowStockToBeExceeded": True}
    return {"order": shipment.order_external_id, "input": {**goods, **told}}


def carrier_name(shipment: Shipment) -> str:
    return shipment.carrier_name or shipment.carrier


def webhook_input(url: str, secret: str, query: str) -> Variables:
    return {
        "name": "orderhub",
        "targetUrl": url,
        "asyncEvents": list(WEBHOOK_EVENTS),
        "isActive": True,
        "secretKey": secret,
        "query": query,
    }


def stock_input(level: StockLevel, stock: StockDocument) -> Variables:
    """Absolute units in the warehouse: what may be sold, and what Saleor allocated itself."""
    return {
        "variantId": level.listing_id,
        "warehouseId": stock.warehouse.id,
        "quantity": max(0, level.available + stock.quantity_allocated),
    }


def stock_refusals(levels: Sequence[StockLevel], results: Sequence[StockResult]) -> list[StockRefusal]:
    """Results keep the order of what was sent."""
    return [
        StockRefusal(listing_id=level.listing_id, reason=f"{it.errors[0].message} ({it.errors[0].code})")
        for level, it in zip(levels, results, strict=False)
        if it.errors
    ]


def stocks_at(variants: Sequence[VariantStock], warehouse: str) -> Mapping[str, StockDocument]:
    """Variant → its stock in the warehouse, where it has one."""
    return {
        variant.id: stock
        for variant in variants
        for stock in variant.stocks or ()
        if stock.warehouse.id == warehouse
    }


Rows = ListAnswer[Raw]
