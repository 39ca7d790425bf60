"""Shipments and stock → calls of Douyin's gateway. Pure: the connector sends them."""

from collections.abc import Mapping
from typing import Any

from mappings.canonical import Shipment, StockLevel
from mappings.errors import MappingError
from mappings.stores.douyin.tables import COMPANY_CODES
from mappings.stores.douyin.wire import ShopOrder
from mappings.structs import FrozenStruct


class Call(FrozenStruct):
    """A method and its parameters."""

    method: str
    parameters: Mapping[str, Any]


def send_call(order: ShopOrder, shipment: Shipment, companies: Mapping[str, str], key: str) -> Call:
    """The call that records or corrects this parcel. `companies` are the platform's own, by name; `key` makes
    a repetition harmless."""
    company = COMPANY_CODES.get(shipment.carrier, "") or companies.get(shipment.carrier_name, "")
    if not company:
        raise MappingError("$.carrier", f"{shipment.carrier!r} is not among Douyin's carriers")
    parcel = {"company_code": company, "logistics_code": shipment.tracking_number}
    for known in order.logistics_info or []:
        if known.tracking_no and known.tracking_no in shipment.former_numbers:
            names = {"order_id": order.order_id, "pack_id": str(known.delivery_id)}
            return Call(method="order.logisticsEditByPack", parameters={**names, **parcel})
    lines = {line.order_id for line in order.sku_order_list}
    units = [
        {"shipped_order_id": line.line_id, "shipped_num": line.quantity}
        for line in shipment.lines
        if line.line_id in lines
    ]
    if not units:
        raise MappingError("$.lines", "names no line of the order")
    packs = [{"shipped_order_info": units, **parcel}]
    return Call(
        method="order.logisticsAddMultiPack",
        parameters={"order_id": order.order_id, "pack_list": packs, "request_id": key},
    )


def knows_parcel(order: ShopOrder, shipment: Shipment) -> bool:
    """Does a parcel carry this number and these lines?"""
    lines = {line.line_id for line in shipment.lines}
    return any(
        parcel.tracking_no == shipment.tracking_number and lines <= parcel.units.keys()
        for parcel in order.logistics_info or []
    )


def stock_call(level: StockLevel) -> Call:
    """A full update of one SKU."""
    product, _, sku = level.listing_id.partition(":")
    if not all(part.isascii() and part.isdigit() for part in (product, sku)):
        raise MappingError("$.listing_id", "is no product_id:sku_id of Douyin")
    told = {"product_id": int(product), "sku_id": int(sku), "stock_num": max(0, level.available)}
    return Call(method="sku.syncStock", parameters={**told, "incremental": False})
