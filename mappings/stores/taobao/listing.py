"""Taobao's item and SKU → Listing."""

from collections.abc import Iterator

from mappings.canonical import Listing
from mappings.documents import WireDocument, decode, escape_control_characters
from mappings.stores.taobao.order import listing_id

ITEM_FIELDS = "num_iid,title,outer_id,approve_status"
DETAIL_FIELDS = (
    "num_iid,title,outer_id,barcode,sku.sku_id,sku.outer_id,sku.barcode,sku.properties_name,sku.status"
)


class Item(WireDocument):
    """taobao.items.onsale.get, taobao.items.inventory.get, taobao.item.seller.get."""

    num_iid: int | str
    title: str | None = None
    outer_id: str | None = None
    barcode: str | None = None


class Sku(WireDocument):
    """`properties_name`: `pid:vid:pid_name:vid_name;…`."""

    sku_id: int | str
    outer_id: str | None = None
    barcode: str | None = None
    properties_name: str | None = None


class SellableVariant(WireDocument):
    """What the connector delivers: the item and one of its SKUs, both slices as they came."""

    item: Item
    sku: Sku | None = None


def read_listing(document: bytes) -> Listing:
    """One sellable variant; the SKU's own code goes before the item's."""
    variant = decode(escape_control_characters(document), SellableVariant)
    item, sku = variant.item, variant.sku or Sku(sku_id="")
    return Listing(
        listing_id=listing_id(item.num_iid, sku.sku_id),
        sku=(sku.outer_id or item.outer_id or "").strip(),
        gtin=(sku.barcode or item.barcode or "").strip(),
        title=" ".join(filter(None, (item.title, ";".join(_names(sku.properties_name or ""))))),
    )


def _names(properties: str) -> Iterator[str]:
    for part in filter(None, properties.split(";")):
        yield ":".join(part.split(":")[2:]) or part
