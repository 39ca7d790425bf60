"""Pinduoduo's SKU → Listing (rows of pdd.goods.list.get; field notes of 2026-11)."""

from mappings.canonical import Listing
from mappings.documents import WireDocument, decode
from mappings.stores.pinduoduo.order import listing_id
from mappings.stores.pinduoduo.wire import Id


class Goods(WireDocument):
    goods_id: Id
    goods_name: str | None = None


class Sku(WireDocument):
    sku_id: Id
    outer_id: str | None = None
    outer_goods_id: str | None = None
    spec: str | None = None


class SellableVariant(WireDocument):
    """What the connector delivers: goods without their list, and one SKU as it came."""

    goods: Goods
    sku: Sku


def read_listing(document: bytes) -> Listing:
    """One sellable SKU; its own code goes before that of the goods."""
    variant = decode(document, SellableVariant)
    goods, sku = variant.goods, variant.sku
    return Listing(
        listing_id=listing_id(goods.goods_id, sku.sku_id),
        sku=(sku.outer_id or sku.outer_goods_id or "").strip(),
        title=" ".join(filter(None, (goods.goods_name, sku.spec))),
    )
