"""Amazon Selling Partner API: orders, listings, parcels and stock of one seller in one marketplace."""

from datetime import timedelta

from connectors.kit import StorePlugin
from connectors.stores.amazon.access import LIMITS
from connectors.stores.amazon.connector import AmazonConnector
from connectors.stores.amazon.settings import AmazonSettings
from mappings.stores import amazon as mapping

PLUGIN = StorePlugin(
    platform="amazon",
    title="Amazon",
    settings=AmazonSettings,
    connector=AmazonConnector,
    mapping=mapping,
    limits=LIMITS,
    twin="connectors.stores.amazon.twin:Twin",
    read_back_after=timedelta(minutes=5),
    pull_every=timedelta(minutes=4),
    api_version="Orders 2026-01-01, confirmShipment v0, Listings Items 2021-08-01",
    unverified=(
        "the sign of a DISCOUNT in an order's proceeds; it is read without its sign.",
        "whether TAX is part of the other amounts: the order's total decides.",
        "a page token holds its place while orders change; tokens last 24 hours.",
        "confirming a package reference again changes that parcel and its number; references up to 2³² work.",
        "a patch of a SKU that is not there is a 400 or INVALID.",
        "what is neither fulfilled nor unfulfilled of an item was cancelled.",
        "carrier codes beside UPS and FedEx; others are told by name, as Other.",
        "payment methods that the contract does not list: an order paid by one waits for a person.",
        "orders are read by the new interface alone: v0's reads end on 2027-03-27.",
        "cancelling and refunding need XML feeds whose schemas could not be checked: neither is pushed.",
    ),
)

__all__ = ["PLUGIN"]
