"""One product or variation → what the store offers."""

from html import unescape

from mappings.canonical import Listing
from mappings.documents import WireDocument, decode
from mappings.stores.woocommerce.order import listing_id
from mappings.stores.woocommerce.wire import Number


class ProductDocument(WireDocument):
    """REST API v3, a product, or a variation (`parent_id` is its product). `global_unique_id`: GTIN, since
    plug-in 9.2. A grouped product's children have a `parent_id` too, and are products all the same."""

    id: Number
    type: str | None = None
    parent_id: Number | None = None
    name: str | None = None
    sku: str | int | None = None
    global_unique_id: str | None = None

    @property
    def listing_id(self) -> str:
        """As order lines and stock name it."""
        return listing_id(self.parent_id, self.id) if self.is_variation and self.parent_id else str(self.id)

    @property
    def is_variation(self) -> bool:
        return (self.type or "").endswith("variation")


def read_listing(document: bytes) -> Listing:
    product = decode(document, ProductDocument)
    return Listing(
        listing_id=product.listing_id,
        sku="" if product.sku is None else str(product.sku),
        gtin=product.global_unique_id or "",
        title=unescape(product.name or ""),
    )
