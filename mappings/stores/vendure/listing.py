"""One product variant → what the store offers."""

from mappings.canonical import Listing
from mappings.documents import WireDocument, decode


class VariantDocument(WireDocument):
    """Admin GraphQL 3.7.3, type ProductVariant."""

    id: str
    sku: str
    name: str


def read_listing(document: bytes) -> Listing:
    """Order lines and stock name a variant by its id, so one id serves both."""
    variant = decode(document, VariantDocument)
    return Listing(listing_id=variant.id, sku=variant.sku, title=variant.name)
