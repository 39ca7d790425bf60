"""Shipments and stock levels → bodies of requests; what BigCommerce tells about them, read."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.documents import WireDocument, decode
from mappings.parcels import RecordedParcel
from mappings.stores.bigcommerce.tables import SHIPPING_PROVIDERS, TRACKING_CARRIERS
from mappings.stores.bigcommerce.wire import Number, OrderDocument, Quantity

T = TypeVar("T")

Body = dict[str, Any]

LONGEST_LINK = 500
ORDER_QUERY = {"include": "consignments.line_items,fees", "consignment_structure": "object"}


class ShippedItem(WireDocument):
    order_product_id: Number
    quantity: Quantity


class ShipmentAnswer(WireDocument):
    """V2 shipment."""

    id: Number
    tracking_number: str | None = None
    items: tuple[ShippedItem, ...] = ()

    def as_parcel(self) -> RecordedParcel:
        quantities = {str(item.order_product_id): item.quantity for item in self.items}
        return RecordedParcel(
            id=str(self.id), tracking_number=self.tracking_number or "", quantities=quantities
        )


class HookAnswer(WireDocument):
    id: Number
    scope: str
    destination: str
    is_active: bool


class ListAnswer(WireDocument, Generic[T]):
    """A list of V3."""

    data: tuple[T, ...]


class RefusalV2(WireDocument):
    message: str


class RefusalV3(WireDocument):
    title: str


class EventData(WireDocument, rename={"order_id": "orderId"}):
    """`id` is the order's, or of something whose order is `orderId`."""

    type: str = ""
    id: Number | None = None
    order_id: Number | None = None


class HookEvent(WireDocument):
    """What a webhook posts."""

    scope: str
    producer: str
    data: EventData


def wire_time(moment: datetime) -> str:
    """ISO 8601, UTC, whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def changed_since(moment: datetime | None) -> Mapping[str, str]:
    return {"min_date_modified": wire_time(moment)} if moment else {}


def placed_between(start: datetime, end: datetime) -> Mapping[str, str]:
    """At least all of `[start, end)`: the list knows whole seconds."""
    second = timedelta(seconds=1)
    return {"min_date_created": wire_time(start - second), "max_date_created": wire_time(end + second)}


def shipping_address_id(order: OrderDocument, shipment: Shipment) -> int | None:
    """The one address to which all lines of the parcel go; null if there is none."""
    wanted = {part.line_id for part in shipment.lines}
    for consignment in order.consignments.shipping or ():
        if wanted <= {str(line.id) for line in consignment.line_items}:
            return consignment.id
    return None


def shipment_body(shipment: Shipment, address_id: int) -> Body:
    items = [{"order_product_id": int(part.line_id), "quantity": part.quantity} for part in shipment.lines]
    return {"order_address_id": address_id, **tracking_body(shipment), "items": items}


def tracking_body(shipment: Shipment) -> Body:
    """A carrier that BigCommerce or AfterShip knows makes a link of its own; any other is told by name."""
    provider = SHIPPING_PROVIDERS.get(shipment.carrier, "")
    carrier = "" if provider else TRACKING_CARRIERS.get(shipment.carrier, "")
    link = "" if provider or carrier else shipment.tracking_url
    return {
        "tracking_number": shipment.tracking_number,
        "shipping_provider": provider,
        "tracking_carrier": carrier,
        "tracking_link": link if len(link) <= LONGEST_LINK else "",
        "shipping_method": shipment.carrier_name or shipment.carrier,
    }


def stock_body(levels: Sequence[StockLevel], safety: Mapping[str, int], location: int) -> Body:
    """Absolute inventory on hand: what may be sold, and the safety stock that the store keeps back."""
    return {
        "reason": "orderhub",
        "items": [
            {
                "location_id": location,
                "variant_id": int(level.listing_id),
                "quantity": level.available + safety[level.listing_id],
            }
            for level in levels
        ],
    }


def unknown_listings(levels: Sequence[StockLevel], safety: Mapping[str, int]) -> list[StockRefusal]:
    return [
        StockRefusal(listing_id=level.listing_id, reason="the location has no such variant")
        for level in levels
        if level.listing_id not in safety
    ]


def refusal_words(content: bytes) -> str:
    """V2 says a list of messages, V3 one title."""
    if content.lstrip()[:1] == b"[":
        return ", ".join(one.message for one in decode(content, tuple[RefusalV2, ...]))
    return decode(content, RefusalV3).title
