"""One product variant → what the store offers."""

from mappings.canonical import Listing
from mappings.documents import decode
from mappings.stores.saleor.wire import SaleorDocument


class ProductName(SaleorDocument):
    name: str


class VariantDocument(SaleorDocument):
    id: str
    name: str
    sku: str | None = None
    product: ProductName


def read_listing(document: bytes) -> Listing:
    variant = decode(document, VariantDocument)
    title = f"{variant.product.name} - {variant.name}" if variant.name else variant.product.name
    return Listing(listing_id=variant.id, sku=variant.sku or "", title=title)
