"""One inventory item → what the store offers: named by its SKU, as order lines name it."""

from mappings.canonical import Listing
from mappings.documents import decode
from mappings.stores.ebay.wire import Id, Wire


class Product(Wire):
    title: str | None = None
    ean: tuple[str, ...] | None = None
    upc: tuple[str, ...] | None = None


class ItemDocument(Wire):
    sku: Id
    product: Product | None = None


def read_listing(document: bytes) -> Listing:
    item = decode(document, ItemDocument)
    product = item.product or Product()
    codes = (*(product.ean or ()), *(product.upc or ()))
    gtin = next((code for code in codes if code.isascii() and code.isdecimal()), "")
    return Listing(listing_id=item.sku, sku=item.sku, gtin=gtin, title=product.title or "")
