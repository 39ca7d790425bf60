"""Shipments and stock levels → bodies of requests; what Magento tells about them, read."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Raw

from mappings.canonical import Shipment, StockLevel
from mappings.documents import WireDocument, decode
from mappings.parcels import RecordedParcel
from mappings.stores.magento.tables import CARRIERS, OTHER_CARRIER
from mappings.stores.magento.wire import Number

Body = dict[str, Any]


class ListAnswer(WireDocument):
    """Null items: an empty list whose fields were selected."""

    items: tuple[Raw, ...] | None = None


class Identified(WireDocument):
    """Orders and shipments have an `entity_id`, products an `id`."""

    entity_id: Number | None = None
    id: Number | None = None


class TrackAnswer(WireDocument):
    entity_id: Number | None = None
    track_number: str | None = None


class ShippedItem(WireDocument):
    order_item_id: Number
    qty: Decimal


class ShipmentAnswer(WireDocument):
    entity_id: Number
    items: tuple[ShippedItem, ...]
    tracks: tuple[TrackAnswer, ...] = ()


class SourceItem(WireDocument):
    """Units of an SKU at a source; those of one that is out of stock (0) are not for sale."""

    sku: str
    quantity: Decimal
    status: int


class ErrorAnswer(WireDocument):
    """`parameters` fill the places of `message`, by name or by number."""

    message: str
    parameters: Mapping[str, Any] | tuple[Any, ...] | None = None


class Parcel(RecordedParcel):
    """`id` is the shipment's. Without a track it has no number."""

    track_id: str = ""


def parcels(shipment: ShipmentAnswer) -> Iterator[Parcel]:
    """One per number; a shipment without any is a parcel without number."""
    quantities = {str(item.order_item_id): int(item.qty) for item in shipment.items if item.qty}
    for track in shipment.tracks or (TrackAnswer(),):
        yield Parcel(
            id=str(shipment.entity_id),
            tracking_number=track.track_number or "",
            quantities=quantities,
            track_id=str(track.entity_id or ""),
        )


def shipment_body(shipment: Shipment, source: str, *, notify: bool) -> Body:
    """What the order's own interface checks against open quantities."""
    return {
        "items": [{"order_item_id": int(it.line_id), "qty": it.quantity} for it in shipment.lines],
        "notify": notify,
        "tracks": [_track(shipment)],
        "arguments": {"extension_attributes": {"source_code": source}},
    }


def track_body(shipment: Shipment, shipment_id: str) -> Body:
    """One more number of a recorded shipment."""
    place = {"order_id": int(shipment.order_external_id), "parent_id": int(shipment_id)}
    return {"entity": {**place, **_track(shipment), "weight": 0, "qty": 1, "description": ""}}


def _track(shipment: Shipment) -> Body:
    return {
        "track_number": shipment.tracking_number,
        "title": shipment.carrier_name or shipment.carrier,
        "carrier_code": CARRIERS.get(shipment.carrier, OTHER_CARRIER),
    }


def source_item(level: StockLevel, now: SourceItem, salable: Decimal, source: str) -> Body:
    """Absolute units at the source. Magento sells what all sources hold less what it promised itself, so that
    ours moves by as much as the salable quantity is to move."""
    counted = now.quantity if now.status else Decimal(0)
    quantity = max(0, int(counted + level.available - salable))
    return {
        "sku": level.sku or level.listing_id,
        "source_code": source,
        "quantity": quantity,
        "status": 1 if quantity else 0,
    }


def refusal_words(content: bytes) -> str:
    """The message with its parameters in their places."""
    error = decode(content, ErrorAnswer)
    given = error.parameters or ()
    named = (
        given.items() if isinstance(given, Mapping) else ((str(it), one) for it, one in enumerate(given, 1))
    )
    text = error.message
    for name, value in named:
        text = text.replace(f"%{name}", str(value))
    return text
