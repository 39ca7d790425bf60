"""One SKU → what the shop offers: named as order lines name it."""

from mappings.canonical import Listing
from mappings.documents import decode
from mappings.stores.jd.wire import Id, Wire


class Sku(Wire):
    """A row of jingdong.sku.read.searchSkuList."""

    sku_id: Id
    outer_id: str | None = None
    sku_name: str | None = None
    bar_code: str | None = None


def read_listing(document: bytes) -> Listing:
    sku = decode(document, Sku)
    code = (sku.bar_code or "").strip()
    return Listing(
        listing_id=str(sku.sku_id),
        sku=(sku.outer_id or "").strip(),
        gtin=code if code.isascii() and code.isdecimal() else "",
        title=sku.sku_name or "",
    )
