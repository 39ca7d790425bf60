"""Shipments and stock → calls of JD's gateway. Pure: the connector sends them."""

from collections.abc import Mapping

from mappings.canonical import Shipment, StockLevel
from mappings.errors import MappingError
from mappings.stores.jd.tables import LOGISTICS_IDS
from mappings.stores.jd.wire import Order
from mappings.structs import FrozenStruct


class Call(FrozenStruct):
    """A method of the gateway and its business parameters, all as text."""

    method: str
    parameters: Mapping[str, str]


def ship_call(order: Order, shipment: Shipment) -> Call:
    """The call that ships the order, or corrects the number under which it left. `MappingError`: JD knows no
    parcels of a part of an order, nor this carrier."""
    told: dict[str, int] = {}
    for line in shipment.lines:
        sku = line.line_id.partition("#")[0]
        told[sku] = told.get(sku, 0) + line.quantity
    wanted: dict[str, int] = {}
    for item in order.item_info_list:
        wanted[str(item.sku_id)] = wanted.get(str(item.sku_id), 0) + item.item_total
    if told != wanted:
        raise MappingError("$.lines", "an order travels in one piece")
    company = LOGISTICS_IDS.get(shipment.carrier, "")
    if not company:
        raise MappingError("$.carrier", f"{shipment.carrier!r} has no number at JD that we know")
    return Call(
        method="jingdong.pop.order.shipment",
        parameters={
            "orderId": str(order.order_id),
            "logiCoprId": company,
            "logiNo": shipment.tracking_number,
        },
    )


def stock_call(level: StockLevel) -> Call:
    """A full update of one SKU, for the whole country (`storeId` 0)."""
    if not (level.listing_id.isascii() and level.listing_id.isdecimal()):
        raise MappingError("$.listing_id", "is no skuId of JD")
    quantity = str(max(0, level.available))
    return Call(
        method="jingdong.stock.write.updateSkuStock",
        parameters={"skuId": level.listing_id, "stockNum": quantity, "storeId": "0"},
    )
