"""Shipments and stock → TOP calls. Pure: the connector sends them.

Which call tells a parcel depends on the trade as it stands: COD has its own, a part of the children is a
split, a part of one child's units is the newer route by quantity.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import msgspec

from mappings.canonical import Shipment, StockLevel
from mappings.errors import MappingError
from mappings.stores.taobao.answers import ParcelsOfTrade
from mappings.stores.taobao.tables import LINE_STATES, TRADE_KINDS, LineState, TradeKind
from mappings.stores.taobao.trade import Order, Trade, many
from mappings.structs import FrozenStruct

SPLIT_OFFLINE = 50
SPLIT_ONLINE = 20
SKUS_PER_CALL = 20

_NO_PICKUP_ORDERED = (None, "", "NEW_CREATED", "CANCELED")


class TopCall(FrozenStruct):
    """A method of the gateway and its business parameters."""

    method: str
    parameters: Mapping[str, str]


def send_call(trade: Trade, shipment: Shipment, company_code: str) -> TopCall:
    """The one call that records this parcel; raises `MappingError` for what Taobao cannot express."""
    units = _units(trade, shipment)
    parameters = {
        "tid": str(trade.tid),
        "company_code": company_code,
        "out_sid": shipment.tracking_number,
        **_split(trade, units),
    }
    in_parts = any(units[str(child.oid)] < child.num for child in trade.children if str(child.oid) in units)
    if TRADE_KINDS.read(trade.type or "", "$.type") is TradeKind.CASH_ON_DELIVERY:
        if in_parts:
            raise MappingError("$.lines", "a cash-on-delivery child order cannot be shipped in parts")
        return _online_call(trade, parameters)
    if in_parts or parameters.get("sub_tid", "").count(",") >= SPLIT_OFFLINE:
        return _call_by_quantity(trade, shipment, units, company_code)
    return TopCall(method="taobao.logistics.offline.send", parameters=parameters)


def resend_call(trade: Trade, known: ParcelsOfTrade, shipment: Shipment, company_code: str) -> TopCall | None:
    """The call that corrects a number; null where no parcel has a former one.

    Which children a correction is about cannot be said for all of a logistics order (`sub_tid` takes a proper
    part of them), so this is for trades in one parcel; raises `MappingError` for others.
    """
    parcels = many(known.shippings.shipping) if known.shippings else []
    if not any(parcel.out_sid in shipment.former_numbers for parcel in parcels):
        return None
    listed = {str(oid) for parcel in parcels if parcel.sub_tids for oid in many(parcel.sub_tids.number)}
    is_whole = not listed or listed >= {str(child.oid) for child in trade.children}
    is_paid_ahead = TRADE_KINDS.read(trade.type or "", "$.type") is not TradeKind.CASH_ON_DELIVERY
    if len(parcels) > 1 or not is_whole or not is_paid_ahead:
        raise MappingError(
            "$.shippings",
            "only the number of an order in one parcel, paid in advance, can be corrected from here:"
            " correct it in the seller's back office",
        )
    parameters = {
        "tid": str(trade.tid),
        "company_code": company_code,
        "out_sid": shipment.tracking_number,
    }
    return TopCall(method="taobao.logistics.consign.resend", parameters=parameters)


def _units(trade: Trade, shipment: Shipment) -> dict[str, int]:
    """Units per child order in this parcel; lines that are no child order (services) are nothing to tell."""
    children = {str(child.oid) for child in trade.children}
    units = {line.line_id: line.quantity for line in shipment.lines if line.line_id in children}
    if not units:
        raise MappingError("$.lines", "none of the lines is a child order of this trade")
    return units


def _split(trade: Trade, units: Mapping[str, int]) -> dict[str, str]:
    """Nothing for a parcel that holds the whole trade; else the children, and that it is a split.

    Closed children are not part of the whole, children shipped before make the rest a split too.
    """
    states = {str(child.oid): _state(child, trade) for child in trade.children}
    whole = {oid for oid, state in states.items() if state in (LineState.OPEN, LineState.SHIPPED)}
    if whole <= set(units) and trade.status != "SELLER_CONSIGNED_PART":
        return {}
    return {"is_split": "1", "sub_tid": ",".join(oid for oid in states if oid in units)}


def _online_call(trade: Trade, parameters: dict[str, str]) -> TopCall:
    """COD: with a number, `online.send` ships at once; a pick-up already ordered is confirmed instead."""
    if parameters.get("sub_tid", "").count(",") >= SPLIT_ONLINE:
        raise MappingError("$.lines", f"more than {SPLIT_ONLINE} child orders in a cash-on-delivery parcel")
    if trade.cod_status in _NO_PICKUP_ORDERED:
        return TopCall(method="taobao.logistics.online.send", parameters=parameters)
    del parameters["company_code"]
    return TopCall(method="taobao.logistics.online.confirm", parameters=parameters)


def _call_by_quantity(
    trade: Trade, shipment: Shipment, units: Mapping[str, int], company_code: str
) -> TopCall:
    """`consign_type` 1. A child stays «partly shipped» until the parcel that completes the order.

    *Unverified*: that complex parameters are JSON text, and that `consign_status` is a list.
    """
    goods = [{"sub_tid": oid, "num": count} for oid, count in units.items()]
    package = {"company_code": company_code, "out_sid": shipment.tracking_number, "goods": goods}
    open_children = [child for child in trade.children if _state(child, trade) is LineState.OPEN]
    consign_status = [
        {
            "sub_tid": str(child.oid),
            "is_part_consign": not shipment.completes_order and _is_part(child, units),
        }
        for child in open_children
        if str(child.oid) in units or shipment.completes_order
    ]
    return TopCall(
        method="alibaba.ascp.logistics.offline.send",
        parameters={
            "tid": str(trade.tid),
            "consign_type": "1",
            "consign_pkgs": msgspec.json.encode([package]).decode(),
            "consign_status": msgspec.json.encode(consign_status).decode(),
        },
    )


def _is_part(child: Order, units: Mapping[str, int]) -> bool:
    return units[str(child.oid)] < child.num


def _state(child: Order, trade: Trade) -> LineState:
    return LINE_STATES.read(child.status or trade.status, "$.orders.order.status")


def knows_parcel(trade: Trade, shipment: Shipment) -> bool:
    """Do all children of this parcel carry its number?"""
    lines = {line.line_id for line in shipment.lines}
    children = [child for child in trade.children if str(child.oid) in lines]
    return bool(children) and all(
        (child.invoice_no or "").strip() == shipment.tracking_number for child in children
    )


def lists_parcel(answer: ParcelsOfTrade, shipment: Shipment) -> bool:
    """Does one logistics order carry the number and these children? Parts of a child are seen only here."""
    lines = {line.line_id for line in shipment.lines}
    for parcel in many(answer.shippings.shipping) if answer.shippings else []:
        children = {str(oid) for oid in many(parcel.sub_tids.number)} if parcel.sub_tids else set()
        if parcel.out_sid == shipment.tracking_number and (not children or lines <= children):
            return True
    return False


def stock_calls(levels: Sequence[StockLevel]) -> Iterator[tuple[TopCall, list[StockLevel]]]:
    """Full updates (`type` 1): SKUs of one item together, at most 20; items without SKUs one by one."""
    for item, group in groupby(sorted(levels, key=_item), key=_item):
        batch = list(group)
        with_sku = [level for level in batch if ":" in level.listing_id]
        for start in range(0, len(with_sku), SKUS_PER_CALL):
            part = with_sku[start : start + SKUS_PER_CALL]
            quantities = ";".join(f"{_sku(level)}:{max(0, level.available)}" for level in part)
            parameters = {"num_iid": item, "skuid_quantities": quantities, "type": "1"}
            yield TopCall(method="taobao.skus.quantity.update", parameters=parameters), part
        for level in batch:
            if ":" not in level.listing_id:
                parameters = {"num_iid": item, "quantity": str(max(0, level.available)), "type": "1"}
                yield TopCall(method="taobao.item.quantity.update", parameters=parameters), [level]


def is_listing_id(text: str) -> bool:
    """`num_iid` or `num_iid:sku_id`, both digits."""
    return all(part.isascii() and part.isdigit() for part in text.split(":", 1))


def _item(level: StockLevel) -> str:
    return level.listing_id.partition(":")[0]


def _sku(level: StockLevel) -> str:
    return level.listing_id.partition(":")[2]
