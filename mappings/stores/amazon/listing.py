"""One listings item (2021-08-01) → what the store offers: named by its SKU, as order items name it."""

from mappings.canonical import Listing
from mappings.documents import decode
from mappings.stores.amazon.tables import MERCHANT_CHANNEL
from mappings.stores.amazon.wire import Id, Wire


class Summary(Wire):
    item_name: str | None = None
    created_date: str | None = None


class Availability(Wire):
    fulfillment_channel_code: str


class ItemDocument(Wire):
    sku: Id
    summaries: tuple[Summary, ...] | None = None
    fulfillment_availability: tuple[Availability, ...] | None = None


def read_listing(document: bytes) -> Listing:
    """`inventory_id` is the warehouse of Amazon that holds the stock, empty where the seller ships."""
    item = decode(document, ItemDocument)
    channels = [one.fulfillment_channel_code for one in item.fulfillment_availability or ()]
    others = [one for one in channels if one != MERCHANT_CHANNEL]
    titles = (one.item_name for one in item.summaries or () if one.item_name)
    return Listing(
        listing_id=item.sku,
        inventory_id=others[0] if others and MERCHANT_CHANNEL not in channels else "",
        sku=item.sku,
        title=next(titles, ""),
    )
