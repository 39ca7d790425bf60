"""Shipments and stock → calls of Youzan's gateway. Pure: the connector sends them."""

from collections.abc import Iterator, Mapping
from typing import Any

from mappings.canonical import Shipment, StockLevel
from mappings.errors import MappingError
from mappings.stores.youzan.answers import Companies
from mappings.stores.youzan.tables import EXPRESS_NAMES
from mappings.stores.youzan.trade import Dist, Trade
from mappings.structs import FrozenStruct

NEEDS_SENDER = "sf-express"
"""Its journeys are only told to who knows the sender's mobile number."""


class Call(FrozenStruct):
    """An interface with its version, and the JSON body."""

    api: str
    body: Mapping[str, Any]


def express_id(companies: Companies, shipment: Shipment) -> str:
    """The platform's number of the carrier, by its Chinese name; `MappingError` for one that it lacks."""
    names = (*EXPRESS_NAMES.get(shipment.carrier, ()), shipment.carrier_name)
    known = {company.name: str(company.id) for company in companies.companies}
    found = next((known[name] for name in names if name and name in known), "")
    if not found:
        raise MappingError("$.carrier", f"{shipment.carrier!r} is not among Youzan's carriers")
    return found


def confirm_call(trade: Trade, shipment: Shipment, express: str, sender_mobile: str) -> Call:
    """The one call that records this parcel. A line cannot be divided: `MappingError`."""
    units = {line.line_id: line.quantity for line in shipment.lines}
    orders = {str(order.oid): order.num for order in trade.full_order_info.orders}
    if not units or not units.keys() <= orders.keys():
        raise MappingError("$.lines", "names a line that the order does not have")
    if any(count < orders[oid] for oid, count in units.items()):
        raise MappingError("$.lines", "a line's units must travel together")
    body: dict[str, Any] = {
        "tid": trade.full_order_info.order_info.tid,
        "is_no_express": 0,
        "out_stype": express,
        "out_sid": shipment.tracking_number,
    }
    if len(units) < len(orders):
        body["oids"] = ",".join(units)
    if shipment.carrier == NEEDS_SENDER:
        body["outer_sender"] = {"sender_mobile": sender_mobile}
    return Call(api="youzan.logistics.online.confirm/3.0.0", body=body)


def correction_call(trade: Trade, shipment: Shipment, express: str) -> Call | None:
    """The call that corrects the number; null where no parcel has a former one. Only for orders that left
    whole: `MappingError` for others. *Unverified*: that `trade_express_modify` is a list, not JSON text."""
    known = next((dist for dist in _parcels(trade) if dist.number in shipment.former_numbers), None)
    if known is None:
        return None
    info = trade.full_order_info.order_info
    if info.status != "WAIT_BUYER_CONFIRM_GOODS":
        raise MappingError("$.status", "a number can be corrected once the whole order has left, not before")
    change = {
        "dist_id": str(known.dist_id),
        "express_id": express,
        "express_no": shipment.tracking_number,
    }
    body = {"tid": info.tid, "trade_express_modify": [change]}
    return Call(api="youzan.logistics.online.update/3.0.1", body=body)


def _parcels(trade: Trade) -> Iterator[Dist]:
    for delivery in trade.delivery_order or []:
        yield from delivery.dists or []


def knows_parcel(trade: Trade, shipment: Shipment) -> bool:
    """Does a parcel carry this number and these lines?"""
    lines = {line.line_id for line in shipment.lines}
    return any(
        dist.number == shipment.tracking_number and lines <= delivery.lines
        for delivery in trade.delivery_order or []
        for dist in delivery.dists or []
    )


def stock_call(level: StockLevel) -> Call:
    """A full update (`type` 0) of one SKU, or of an item without variants."""
    ids = level.listing_id.split(":", 1)
    if not all(part.isascii() and part.isdigit() for part in ids):
        raise MappingError("$.listing_id", "is no item_id or item_id:sku_id of Youzan")
    named = dict(zip(("item_id", "sku_id"), map(int, ids), strict=False))
    return Call(
        api="youzan.item.quantity.update/3.0.0",
        body={**named, "quantity": max(0, level.available), "type": 0},
    )
