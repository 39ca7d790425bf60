"""Shipments and stock → mutation inputs; the union answers of Vendure's mutations, read."""

from collections.abc import Mapping, Sequence
from typing import Any

from mappings.canonical import Shipment, StockLevel
from mappings.stores.vendure.documents import CamelDocument, FulfilmentDocument
from mappings.stores.vendure.tables import CANCELLED

UNSHIPPED = frozenset({"Created", "Pending"})
"""States of a fulfilment that was added and not yet transitioned to `Shipped`."""

REACHED: Mapping[str, frozenset[str]] = {
    "Shipped": frozenset({"Shipped", "Delivered"}),
    "Delivered": frozenset({"Delivered"}),
    CANCELLED: frozenset({CANCELLED}),
}
"""Wanted state → the states of a fulfilment in which the wish is already fulfilled."""


ALREADY_FULFILLED = "ITEMS_ALREADY_FULFILLED_ERROR"


class MutationResult(CamelDocument):
    """A member of a result union: the wanted thing, or an `ErrorResult` with its code.

    `from_state` comes with FULFILLMENT_STATE_TRANSITION_ERROR, `stock_on_hand` with
    INSUFFICIENT_STOCK_ON_HAND_ERROR.
    """

    id: str = ""
    state: str = ""
    error_code: str = ""
    from_state: str = ""
    stock_on_hand: int | None = None


class StockLevelDocument(CamelDocument):
    stock_location_id: str
    stock_on_hand: int
    stock_allocated: int


class VariantStockDocument(CamelDocument):
    """A variant's stock in all locations; the shop sells on hand − allocated − threshold."""

    id: str
    out_of_stock_threshold: int
    use_global_out_of_stock_threshold: bool
    stock_levels: tuple[StockLevelDocument, ...]


def fulfilment_input(shipment: Shipment) -> dict[str, Any]:
    """FulfillOrderInput for the built-in handler; its argument values are text."""
    return {
        "lines": [{"orderLineId": part.line_id, "quantity": part.quantity} for part in shipment.lines],
        "handler": {
            "code": "manual-fulfillment",
            "arguments": [
                {"name": "method", "value": shipment.carrier_name or shipment.carrier},
                {"name": "trackingCode", "value": shipment.tracking_number},
            ],
        },
    }


def find_parcel(fulfilments: Sequence[FulfilmentDocument], shipment: Shipment) -> FulfilmentDocument | None:
    """The standing fulfilment with the same tracking code and the same units."""
    return _under((shipment.tracking_number,), fulfilments, shipment)


def find_former(fulfilments: Sequence[FulfilmentDocument], shipment: Shipment) -> FulfilmentDocument | None:
    """The standing fulfilment of these units under a number that was corrected since."""
    return _under(shipment.former_numbers, fulfilments, shipment)


def _under(
    codes: Sequence[str], fulfilments: Sequence[FulfilmentDocument], shipment: Shipment
) -> FulfilmentDocument | None:
    wanted = sorted((part.line_id, part.quantity) for part in shipment.lines)
    for fulfilment in fulfilments:
        units = sorted((part.order_line_id, part.quantity) for part in fulfilment.lines)
        if fulfilment.tracking_code in codes and units == wanted and fulfilment.state != CANCELLED:
            return fulfilment
    return None


def find_told(fulfilments: Sequence[FulfilmentDocument], shipment: Shipment) -> FulfilmentDocument | None:
    """The same, else one of fewer units: some of the parcel were refunded before it was added."""
    held = {part.line_id: part.quantity for part in shipment.lines}
    return find_parcel(fulfilments, shipment) or next(
        (
            fulfilment
            for fulfilment in fulfilments
            if fulfilment.tracking_code == shipment.tracking_number
            and fulfilment.state != CANCELLED
            and all(part.quantity <= held.get(part.order_line_id, 0) for part in fulfilment.lines)
        ),
        None,
    )


def refusal_text(result: MutationResult) -> str:
    """What Vendure objects to, and what a person can do about it."""
    match result.error_code:
        case "ITEMS_ALREADY_FULFILLED_ERROR":
            return "these units are already in another fulfilment, or cancelled; compare the order in Vendure"
        case "INSUFFICIENT_STOCK_ON_HAND_ERROR":
            return f"Vendure has only {result.stock_on_hand} units on hand; correct its stock and try again"
        case "FULFILLMENT_STATE_TRANSITION_ERROR" if result.from_state:
            return f"the fulfilment is {result.from_state} in Vendure"
    return f"Vendure refused with {result.error_code}"


def stock_input(
    level: StockLevel, variant: VariantStockDocument, location: str, global_threshold: int
) -> dict[str, Any]:
    """UpdateProductVariantInput after which the shop sells exactly `level.available` units.

    The count at `location` contains what Vendure promised itself (allocated, everywhere) and what it never
    sells (threshold), less what the other locations hold. A negative threshold is the shop's wish to sell
    into back order: it is left to the shop, since a count below what is allocated refuses every fulfilment.
    """
    threshold = (
        global_threshold if variant.use_global_out_of_stock_threshold else variant.out_of_stock_threshold
    )
    allocated = sum(stock.stock_allocated for stock in variant.stock_levels)
    elsewhere = sum(
        stock.stock_on_hand for stock in variant.stock_levels if stock.stock_location_id != location
    )
    count = level.available + allocated + max(0, threshold) - elsewhere
    return {"id": variant.id, "stockLevels": [{"stockLocationId": location, "stockOnHand": count}]}
