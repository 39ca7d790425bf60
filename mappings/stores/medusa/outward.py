"""Shipments and stock → request bodies; what Medusa tells about fulfilments and refusals, read."""

from collections.abc import Mapping, Sequence
from typing import Any

from mappings.canonical import Shipment, StockLevel
from mappings.documents import WireDocument
from mappings.stores.medusa.documents import Instant

Body = dict[str, Any]

REMEDIES: Mapping[str, str] = {
    "exceeds the reserved quantity": "the parcel holds more units than are open; compare it in Medusa",
    "No stock reservation found": "these units are already in another fulfilment; compare it in Medusa",
    "has been canceled": "the order was cancelled in Medusa",
    "does not exist in order": "the order has no such line any more",
    "StockLocation id not found": "the server has no such stock location; correct the setting",
    "Order id not found": "the shop has no order with this id",
}
"""Words of a refusal (2.21.2) → what it means. Medusa's own text names goods and is not passed on."""


class LabelDocument(WireDocument):
    tracking_number: str | None = None


class FulfilledUnits(WireDocument):
    line_item_id: str | None = None
    quantity: int


class FulfilmentDocument(WireDocument):
    """A parcel. It has labels from its shipment on; before that, ours is known by its `metadata`."""

    id: str
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None
    canceled_at: Instant | None = None
    metadata: Mapping[str, Any] | None = None
    items: tuple[FulfilledUnits, ...]
    labels: tuple[LabelDocument, ...]

    def is_of(self, shipment: Shipment) -> bool:
        """Was it added for this parcel, by us?"""
        return (self.metadata or {}).get("shipment_id") == shipment.shipment_id

    def carries(self, numbers: Sequence[str]) -> bool:
        return any(label.tracking_number in numbers for label in self.labels)

    def holds(self, shipment: Shipment) -> bool:
        """Exactly the units of this parcel?"""
        wanted = sorted((part.line_id, part.quantity) for part in shipment.lines)
        return wanted == sorted((part.line_item_id or "", part.quantity) for part in self.items)


class LocationLevelDocument(WireDocument):
    location_id: str
    stocked_quantity: int
    reserved_quantity: int


class InventoryDocument(WireDocument):
    location_levels: tuple[LocationLevelDocument, ...] | None = None


class InventoryPartDocument(WireDocument):
    """`required_quantity` units of the inventory item are in one unit of the variant."""

    inventory_item_id: str
    required_quantity: int = 1
    inventory: InventoryDocument | None = None


class VariantStockDocument(WireDocument):
    """A variant's stock in all locations; the shop sells stocked − reserved."""

    id: str
    manage_inventory: bool = True
    inventory_items: tuple[InventoryPartDocument, ...] | None = None


def find_shipped(fulfilments: Sequence[FulfilmentDocument], shipment: Shipment) -> FulfilmentDocument | None:
    """The parcel under its present number, with the same units."""
    return _under((shipment.tracking_number,), fulfilments, shipment)


def find_told(fulfilments: Sequence[FulfilmentDocument], shipment: Shipment) -> FulfilmentDocument | None:
    """The same, else one of fewer units: some of the parcel were refunded before it was added."""
    held = {part.line_id: part.quantity for part in shipment.lines}
    return find_shipped(fulfilments, shipment) or next(
        (
            fulfilment
            for fulfilment in fulfilments
            if fulfilment.carries((shipment.tracking_number,))
            and all(part.quantity <= held.get(part.line_item_id or "", 0) for part in fulfilment.items)
        ),
        None,
    )


def find_former(fulfilments: Sequence[FulfilmentDocument], shipment: Shipment) -> FulfilmentDocument | None:
    """The parcel under a number that was corrected since."""
    return _under(shipment.former_numbers, fulfilments, shipment)


def _under(
    numbers: Sequence[str], fulfilments: Sequence[FulfilmentDocument], shipment: Shipment
) -> FulfilmentDocument | None:
    return next((it for it in fulfilments if it.carries(numbers) and it.holds(shipment)), None)


def find_added(fulfilments: Sequence[FulfilmentDocument], shipment: Shipment) -> FulfilmentDocument | None:
    """The standing fulfilment that was added for this parcel and not shipped yet, whatever its number was."""
    return next(
        (it for it in fulfilments if it.is_of(shipment) and not it.canceled_at and not it.shipped_at), None
    )


def fulfilment_body(shipment: Shipment, location_id: str) -> Body:
    """Medusa takes no key: `metadata` says whose fulfilment it is. Without a location it takes the one of the
    order's shipping option."""
    body: Body = {
        "items": _items(shipment),
        "no_notification": True,
        "metadata": {
            "shipment_id": shipment.shipment_id,
            "carrier": shipment.carrier_name or shipment.carrier,
            "tracking_number": shipment.tracking_number,
        },
    }
    return {**body, "location_id": location_id} if location_id else body


def shipment_body(shipment: Shipment, *, notify: bool) -> Body:
    """All three fields of a label are required; an unknown address is empty."""
    label = {
        "tracking_number": shipment.tracking_number,
        "tracking_url": shipment.tracking_url,
        "label_url": "",
    }
    return {"items": _items(shipment), "labels": [label], "no_notification": not notify}


def _items(shipment: Shipment) -> list[Body]:
    return [{"id": part.line_id, "quantity": part.quantity} for part in shipment.lines]


def level_body(level: StockLevel, variant: VariantStockDocument, location: str) -> tuple[str, Body] | str:
    """("create" or "update", the level at `location`) after which the shop sells `level.available` units; or
    why that cannot be said.

    The count contains what Medusa reserved itself, everywhere, less what the other locations hold.
    """
    parts = variant.inventory_items or ()
    if not variant.manage_inventory or len(parts) != 1:
        return "Medusa counts no single stock of this variant: it is not managed, or a set of several items"
    (part,) = parts
    levels = (part.inventory.location_levels or ()) if part.inventory else ()
    elsewhere = sum(it.stocked_quantity for it in levels if it.location_id != location)
    reserved = sum(it.reserved_quantity for it in levels)
    count = level.available * part.required_quantity + reserved - elsewhere
    if count < 0 < elsewhere:
        return "the other stock locations hold more than may be sold; correct them in Medusa"
    verb = "update" if any(it.location_id == location for it in levels) else "create"
    return verb, {
        "inventory_item_id": part.inventory_item_id,
        "location_id": location,
        "stocked_quantity": max(0, count),
    }


def refusal_text(kind: str, message: str) -> str:
    """What Medusa objects to, and what a person can do about it."""
    known = (meaning for words, meaning in REMEDIES.items() if words in message)
    return next(known, f"Medusa refused with {kind or 'no reason'}")
