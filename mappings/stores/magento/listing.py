"""One product → what the store offers. Magento names stock and order items by SKU."""

from mappings.canonical import Listing
from mappings.documents import WireDocument, decode
from mappings.stores.magento.wire import Number


class ProductDocument(WireDocument):
    id: Number
    sku: str
    name: str | None = None
    type_id: str | None = None


def read_listing(document: bytes) -> Listing:
    product = decode(document, ProductDocument)
    return Listing(listing_id=product.sku, sku=product.sku, title=product.name or "")
