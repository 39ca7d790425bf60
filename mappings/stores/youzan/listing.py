"""Youzan's item and SKU → Listing (youzan.items.onsale.get and youzan.item.get 3.0.0; read 2026-11)."""

from mappings.canonical import Listing
from mappings.documents import WireDocument, decode
from mappings.stores.youzan.order import listing_id
from mappings.stores.youzan.trade import Id, told, variant_words


class Item(WireDocument):
    """`item_no` is the merchant's code."""

    item_id: Id
    title: str | None = None
    item_no: str | None = None


class Sku(WireDocument):
    sku_id: Id
    item_no: str | None = None
    properties_name_json: str | None = None


class SellableVariant(WireDocument):
    """What the connector delivers: the item and one of its SKUs, both slices as they came."""

    item: Item
    sku: Sku | None = None


def read_listing(document: bytes) -> Listing:
    """One sellable variant; the SKU's own code goes before the item's."""
    variant = decode(document, SellableVariant)
    item, sku = variant.item, variant.sku or Sku(sku_id=0)
    return Listing(
        listing_id=listing_id(item.item_id, sku.sku_id),
        sku=told(sku.item_no) or told(item.item_no),
        title=" ".join(filter(None, (told(item.title), variant_words(sku.properties_name_json)))),
    )
