"""Douyin's SKU → Listing (sku.list; official field list of 2026-11)."""

from mappings.canonical import Listing
from mappings.documents import WireDocument, decode
from mappings.stores.douyin.order import listing_id
from mappings.stores.douyin.wire import Id


class Value(WireDocument):
    value_name: str = ""


class Sku(WireDocument):
    """`code` is the merchant's; `spec_detail_name…` are the older form of `sell_properties`."""

    id: Id
    product_id: Id
    product_id_str: str | None = None
    code: str | None = None
    spec_detail_name1: str | None = None
    spec_detail_name2: str | None = None
    spec_detail_name3: str | None = None
    sell_properties: list[Value] | None = None


class SellableVariant(WireDocument):
    """What the connector delivers: the product's name, and the SKU as it came."""

    name: str | None = None
    sku: Sku


def read_listing(document: bytes) -> Listing:
    variant = decode(document, SellableVariant)
    sku = variant.sku
    words = [each.value_name for each in sku.sell_properties or []] or [
        sku.spec_detail_name1 or "",
        sku.spec_detail_name2 or "",
        sku.spec_detail_name3 or "",
    ]
    return Listing(
        listing_id=listing_id(sku.product_id_str or sku.product_id, sku.id),
        sku=(sku.code or "").strip(),
        title=" ".join(filter(None, (variant.name, ", ".join(filter(None, words))))),
    )
