"""The twin's changes: bodies checked as Medusa's validators do, then carried out."""

from collections.abc import Callable
from typing import Any

from connectors.stores.medusa.twin_query import fields, items, typed
from connectors.stores.medusa.twin_state import (
    LOCATIONS,
    Fulfilment,
    Level,
    Order,
    Shop,
    entity_id,
    invalid,
    not_found,
    unknown_error,
)

LABEL = {"tracking_number", "tracking_url", "label_url"}
LEVEL = {"inventory_item_id", "location_id", "stocked_quantity"}

Record = Callable[..., None]


class Changes:
    """`record` enters effects into the twin's ledger."""

    def __init__(self, shop: Shop, record: Record) -> None:
        self.shop = shop
        self.record = record

    def add(self, order_id: str, body: Any) -> Order:
        given = fields(body, {"items"}, {"location_id", "no_notification", "metadata"})
        quantities = items(given["items"])
        order = self.shop.order(order_id)
        fulfilment = self.shop.add_fulfilment(
            order, quantities, given.get("location_id"), given.get("metadata")
        )
        number = str((fulfilment.metadata or {}).get("tracking_number", ""))
        self.record("fulfilment", order.id, tracking_number=number, quantities=quantities)
        return order

    def ship(self, *, order_id: str, fulfilment_id: str, body: Any) -> Order:
        """A parcel that does not exist breaks the server."""
        given = fields(body, {"items"}, {"labels", "no_notification", "metadata"})
        items(given["items"])
        numbers = [
            fields(label, LABEL, path=f"labels, {position}")["tracking_number"]
            for position, label in enumerate(typed(given.get("labels", []), list, "labels"))
        ]
        order, fulfilment = self._parcel(order_id, fulfilment_id)
        self.shop.ship(order, fulfilment, numbers)
        self.record("shipped", order.id, tracking_numbers=numbers)
        return order

    def deliver(self, *, order_id: str, fulfilment_id: str, body: Any) -> Order:
        fields(body, set())
        order, fulfilment = self._parcel(order_id, fulfilment_id)
        self.shop.deliver(order, fulfilment)
        self.record("delivered", order.id, tracking_numbers=list(fulfilment.numbers))
        return order

    def cancel(self, *, order_id: str, fulfilment_id: str, body: Any) -> Order:
        fields(body, set(), {"no_notification"})
        order, fulfilment = self._parcel(order_id, fulfilment_id)
        self.shop.cancel_fulfilment(order, fulfilment)
        self.record("fulfilment cancelled", order.id)
        return order

    def _parcel(self, order_id: str, fulfilment_id: str) -> tuple[Order, Fulfilment]:
        order = self.shop.order(order_id)
        found = next((it for it in order.fulfilments if it.id == fulfilment_id), None)
        if found is None:
            raise unknown_error()
        return order, found

    def write_levels(self, body: Any) -> dict[str, Any]:
        """All or nothing."""
        given = fields(body, set(), {"create", "update", "delete", "force"})
        created = [self._level("create", it, entry) for it, entry in enumerate(given.get("create", []))]
        updated = [self._level("update", it, entry) for it, entry in enumerate(given.get("update", []))]
        for item_id, location, count in (*created, *updated):
            self.shop.by_item[item_id].levels.setdefault(location, Level(0)).stocked = count
            self.record("stock", item_id, stocked=count, location=location)
        names = (("created", created), ("updated", updated))
        return {name: [{"id": entity_id("ilev", it)} for it, _ in enumerate(done)] for name, done in names}

    def _level(self, verb: str, position: int, entry: Any) -> tuple[str, str, int]:
        given = fields(entry, LEVEL, {"incoming_quantity"}, path=f"{verb}, {position}")
        item_id, location = given["inventory_item_id"], given["location_id"]
        count = typed(given["stocked_quantity"], int, f"{verb}, {position}, stocked_quantity")
        if count < 0:
            where = f"{verb}, {position}, stocked_quantity"
            raise invalid(f"Invalid request: Value for field '{where}' too small, expected at least: '0'")
        variant = self.shop.by_item.get(item_id)
        if variant is None:
            raise not_found(
                f"You tried to set relationship inventory_item_id: {item_id}, but such entity does not exist"
            )
        if location not in LOCATIONS:
            raise not_found(f"StockLocation id not found: {location}")
        if verb == "create" and location in variant.levels:
            raise invalid(
                f"Inventory level with inventory_item_id: {item_id}, location_id: {location}, already exists."
            )
        if verb == "update" and location not in variant.levels:
            raise not_found(f"Item {item_id} is not stocked at location {location}")
        return item_id, location, count
