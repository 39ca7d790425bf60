"""Shopify product variant (GraphQL node) → Listing."""

from mappings.canonical import Listing
from mappings.documents import decode
from mappings.stores.shopify.wire import ListedVariant


def read_listing(document: bytes) -> Listing:
    variant = decode(document, ListedVariant)
    return Listing(
        listing_id=variant.id,
        inventory_id=variant.inventory_item.id,
        sku=variant.sku or "",
        gtin=variant.barcode or "",
        title=variant.display_name,
    )
