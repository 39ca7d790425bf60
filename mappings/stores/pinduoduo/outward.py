"""Shipments and stock → calls of Pinduoduo's gateway. Pure: the connector sends them."""

from collections.abc import Mapping

from mappings.canonical import Shipment, StockLevel
from mappings.errors import MappingError
from mappings.stores.pinduoduo.order import listing_id
from mappings.stores.pinduoduo.tables import LOGISTICS_IDS
from mappings.stores.pinduoduo.wire import Order
from mappings.structs import FrozenStruct

FIRST, CORRECTION = "1", "2"


class Call(FrozenStruct):
    """A `type` of the gateway and its business parameters, all as text."""

    type: str
    parameters: Mapping[str, str]


def send_call(order: Order, shipment: Shipment, companies: Mapping[str, str]) -> Call:
    """The call that records or corrects the order's parcel. `companies` are the platform's own, by name.
    `MappingError`: the platform knows no parcels of a part of an order, nor this carrier."""
    told = {line.line_id.removeprefix("gift:"): line.quantity for line in shipment.lines}
    items = {listing_id(it.goods_id, it.sku_id): it.goods_count for it in order.item_list}
    if any(told.get(item, 0) < count for item, count in items.items()):
        raise MappingError("$.lines", "an order travels in one piece")
    company = LOGISTICS_IDS.get(shipment.carrier, "") or companies.get(shipment.carrier_name, "")
    if not company:
        raise MappingError("$.carrier", f"{shipment.carrier!r} is not among Pinduoduo's carriers")
    is_known = order.number in shipment.former_numbers
    return Call(
        type="pdd.logistics.online.send",
        parameters={
            "order_sn": order.order_sn,
            "logistics_id": company,
            "tracking_number": shipment.tracking_number,
            "redelivery_type": CORRECTION if is_known else FIRST,
        },
    )


def knows_parcel(order: Order, shipment: Shipment) -> bool:
    """Does the order, which is one parcel (or more of the whole), carry this number?"""
    numbers = {order.number, *(each.tracking_number or "" for each in order.extra_delivery_list or [])}
    return shipment.tracking_number in numbers


def stock_call(level: StockLevel) -> Call:
    """A full update (`update_type` 1) of one SKU."""
    goods, _, sku = level.listing_id.partition(":")
    if not all(part.isascii() and part.isdigit() for part in (goods, sku)):
        raise MappingError("$.listing_id", "is no goods_id:sku_id of Pinduoduo")
    quantity = str(max(0, level.available))
    parameters = {"goods_id": goods, "sku_id": sku, "quantity": quantity, "update_type": "1"}
    return Call(type="pdd.goods.quantity.update", parameters=parameters)
