"""Shipments and stock levels → GraphQL variables, and what the answers to them mean."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.stores.shopify.tables import COMPANIES, DEAD_FULFILMENTS, EVENT_OF_STATUS
from mappings.stores.shopify.wire import FulfilmentOrder, Instant, Reference, ShopifyDocument
from mappings.structs import FrozenStruct

CREATE_FULFILMENT = "CREATE_FULFILLMENT"

STOCK_LATER = frozenset({"IDEMPOTENCY_CONCURRENT_REQUEST", "CHANGE_FROM_QUANTITY_STALE"})
"""Codes of inventorySetQuantities after which the same levels may soon be written."""


class UserError(ShopifyDocument):
    """A refusal inside a success: `field` is a path into the input, as text."""

    field: list[str] | None = None
    message: str = ""
    code: str | None = None


class TrackingInfo(ShopifyDocument):
    number: str | None = None


class Fulfilment(ShopifyDocument):
    id: str
    status: str
    tracking_info: list[TrackingInfo] = []


class FulfilmentLine(ShopifyDocument):
    """`quantity` is null for lines that were removed from the fulfilment."""

    quantity: int | None = None
    line_item: Reference


class FulfilmentEvent(ShopifyDocument):
    status: str
    happened_at: Instant


class FulfilmentPlan(FrozenStruct):
    """One `FulfillmentInput` per location, and the units per line that no fulfilment order can take now."""

    inputs: tuple[Mapping[str, Any], ...]
    not_covered: Mapping[str, int]


def search_time(moment: datetime) -> str:
    """An instant as searches want it: quoted, in UTC with `Z` (others are read in the shop's zone)."""
    return f"'{instant_text(moment)}'"


def instant_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def carrying(fulfilments: Iterable[Fulfilment], numbers: Sequence[str]) -> list[Fulfilment]:
    """Living fulfilments under one of these tracking numbers."""
    return [
        one
        for one in fulfilments
        if one.status not in DEAD_FULFILMENTS and any(info.number in numbers for info in one.tracking_info)
    ]


def outstanding(shipment: Shipment, recorded: Mapping[str, int]) -> dict[str, int]:
    """Units per line of the shipment that Shopify has not recorded under its tracking number yet."""
    wanted: dict[str, int] = {}
    for line in shipment.lines:
        wanted[line.line_id] = wanted.get(line.line_id, 0) + line.quantity
    missing = {line_id: count - recorded.get(line_id, 0) for line_id, count in wanted.items()}
    return {line_id: count for line_id, count in missing.items() if count > 0}


def plan_fulfilment(
    shipment: Shipment,
    quantities: Mapping[str, int],
    fulfilment_orders: Sequence[FulfilmentOrder],
    *,
    notify_customer: bool,
) -> FulfilmentPlan:
    """Spread units over the fulfilment orders that may be fulfilled now, in the platform's order.

    One input per location: «all fulfilment orders of one fulfilment must be at one location»
    (Admin GraphQL 2026-10, fulfillmentCreate; read 2026-11-24).
    """
    open_units = dict(quantities)
    by_location: dict[str, list[dict[str, Any]]] = {}
    for one in fulfilment_orders:
        if all(action.action != CREATE_FULFILMENT for action in one.supported_actions):
            continue
        taken = _take(one, open_units)
        if taken:
            location = one.assigned_location.location
            by_location.setdefault(location.id if location else one.id, []).append(
                {"fulfillmentOrderId": one.id, "fulfillmentOrderLineItems": taken}
            )
    inputs = tuple(
        {
            "lineItemsByFulfillmentOrder": entries,
            "trackingInfo": tracking_input(shipment),
            "notifyCustomer": notify_customer,
        }
        for entries in by_location.values()
    )
    return FulfilmentPlan(inputs=inputs, not_covered={line: n for line, n in open_units.items() if n > 0})


def _take(one: FulfilmentOrder, open_units: dict[str, int]) -> list[dict[str, Any]]:
    taken = []
    for item in one.line_items.nodes:
        count = min(item.remaining_quantity, open_units.get(item.line_item.id, 0))
        if count > 0:
            open_units[item.line_item.id] -= count
            taken.append({"id": item.id, "quantity": count})
    return taken


def tracking_input(shipment: Shipment) -> dict[str, str]:
    """A company of Shopify's list gets its link from Shopify; any other is sent with our own."""
    known = COMPANIES.get(shipment.carrier)
    if known:
        return {"number": shipment.tracking_number, "company": known}
    named = {
        "number": shipment.tracking_number,
        "company": shipment.carrier_name or shipment.carrier,
        "url": shipment.tracking_url,
    }
    return {name: value for name, value in named.items() if value}


def event_input(shipment: Shipment, fulfilment_id: str) -> dict[str, str] | None:
    """`FulfillmentEventInput`, or null for a status that Shopify has no word for."""
    code = EVENT_OF_STATUS.get(shipment.status)
    if code is None:
        return None
    happened_at = (shipment.status_at or shipment.shipped_at).replace(microsecond=0)
    return {"fulfillmentId": fulfilment_id, "status": code, "happenedAt": instant_text(happened_at)}


def knows_event(events: Iterable[FulfilmentEvent], wanted: Mapping[str, str]) -> bool:
    return any(
        event.status == wanted["status"] and instant_text(event.happened_at) == wanted["happenedAt"]
        for event in events
    )


def stock_input(levels: Sequence[StockLevel], location_id: str) -> dict[str, Any]:
    """`InventorySetQuantitiesInput`. `changeFromQuantity` is null on purpose: a level is the hub's own
    availability, not an increment of what was read, so there is nothing to compare with."""
    return {
        "name": "available",
        "reason": "correction",
        "quantities": [
            {
                "inventoryItemId": level.inventory_id,
                "locationId": location_id,
                "quantity": max(0, level.available),
                "changeFromQuantity": None,
            }
            for level in levels
        ],
    }


def without_inventory_item(levels: Iterable[StockLevel]) -> list[StockRefusal]:
    return [
        StockRefusal(listing_id=level.listing_id, reason="its inventory item is not known: pull the listings")
        for level in levels
        if not level.inventory_id
    ]


def refused_levels(levels: Sequence[StockLevel], errors: Iterable[UserError]) -> dict[int, StockRefusal]:
    """Position in `levels` → refusal, for each error that points at one quantity
    (`["input", "quantities", "3", …]`)."""
    refused: dict[int, StockRefusal] = {}
    for error in errors:
        position = _position(error.field)
        if position is not None and position < len(levels):
            reason = f"{error.code}: {error.message}" if error.code else error.message
            refused[position] = StockRefusal(listing_id=levels[position].listing_id, reason=reason)
    return refused


def _position(field: list[str] | None) -> int | None:
    match field:
        case [*_, "quantities", position, _] | [*_, "quantities", position] if position.isdecimal():
            return int(position)
        case _:
            return None
