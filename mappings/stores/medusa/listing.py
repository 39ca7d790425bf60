"""One product variant → what the store offers."""

from mappings.canonical import Listing
from mappings.documents import WireDocument, decode


class ProductOfVariant(WireDocument):
    title: str


class VariantDocument(WireDocument):
    """Admin API 2.21.2, AdminProductVariant. `barcode` is the shop's own and need not be a GTIN."""

    id: str
    title: str | None = None
    sku: str | None = None
    ean: str | None = None
    upc: str | None = None
    product: ProductOfVariant | None = None


def read_listing(document: bytes) -> Listing:
    """Order lines and stock name a variant by its id, so one id serves both."""
    variant = decode(document, VariantDocument)
    titles = (variant.product.title if variant.product else "", variant.title or "")
    return Listing(
        listing_id=variant.id,
        sku=variant.sku or "",
        gtin=variant.ean or variant.upc or "",
        title=" - ".join(title for title in titles if title),
    )
