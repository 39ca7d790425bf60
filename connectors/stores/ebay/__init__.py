"""eBay: orders, listings, parcels and stock of one seller."""

from datetime import timedelta

from connectors.kit import RateLimit, StorePlugin
from connectors.stores.ebay.connector import EbayConnector
from connectors.stores.ebay.settings import EbaySettings
from mappings.stores import ebay as mapping

PLUGIN = StorePlugin(
    platform="ebay",
    title="eBay",
    settings=EbaySettings,
    connector=EbayConnector,
    mapping=mapping,
    limits=(RateLimit(calls=5, per=timedelta(seconds=1)), RateLimit(calls=100_000, per=timedelta(days=1))),
    twin="connectors.stores.ebay.twin:Twin",
    api_version="Fulfillment v1, Inventory v1",
    unverified=(
        "100,000 calls a day of the Fulfillment API; 5 a second are our choice.",
        "the order of a list of orders: pages are read backwards, which holds for either direction.",
        "whether one unknown id spoils a call with several.",
        "which taxes an order's total contains: the total itself decides.",
        "a line whose refunds reach its cost was refunded in full, and is not sent.",
        "funds that eBay holds back are no reason to wait: shipping releases them.",
        "carrier codes beside those of documentation and sample; others are told as Other.",
        "signs in tracking numbers beside letters and digits are left out.",
        "listings that were not made through the Inventory API are invisible to it.",
        "a refund and a cancellation move the order's lastModifiedDate.",
    ),
)

__all__ = ["PLUGIN"]
