"""One inventory item → what the store offers. The catalogue's titles are not part of it."""

from mappings.canonical import Listing
from mappings.documents import WireDocument, decode
from mappings.stores.bigcommerce.wire import Number, Quantity


class Identity(WireDocument):
    variant_id: Number
    product_id: Number | None = None
    sku: str | None = None


class StockSettings(WireDocument):
    safety_stock: Quantity | None = None


class ItemDocument(WireDocument):
    """V3 inventory item, of all locations or of one; `settings` only of one. What may be sold is the
    inventory on hand less the safety stock."""

    identity: Identity
    settings: StockSettings | None = None

    @property
    def safety_stock(self) -> int:
        return (self.settings.safety_stock or 0) if self.settings else 0


def read_listing(document: bytes) -> Listing:
    item = decode(document, ItemDocument).identity
    return Listing(listing_id=str(item.variant_id), sku=item.sku or "")
