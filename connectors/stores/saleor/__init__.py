"""Saleor: orders, listings, fulfilments, stock and webhooks of one server, over its GraphQL API."""

from datetime import timedelta

from connectors.kit import RateLimit, StorePlugin
from connectors.stores.saleor.connector import SaleorConnector
from connectors.stores.saleor.settings import SaleorSettings
from mappings.stores import saleor as mapping

PLUGIN = StorePlugin(
    platform="saleor",
    title="Saleor",
    settings=SaleorSettings,
    connector=SaleorConnector,
    mapping=mapping,
    # 120 calls in any minute of a cloud sandbox: what flows in, and a little in the bucket.
    limits=(RateLimit(calls=1.95, per=timedelta(seconds=1)),),
    twin="connectors.stores.saleor.twin:Twin",
    api_version="3.22",
    unverified=(
        "everything was read in Saleor's schema and source, nothing was run against a server.",
        "a cursor of a list by number goes on where it was, also later.",
        "changes that touch no order's row (of a child only) may not move its updatedAt.",
        "units in a fulfilment REFUNDED or REPLACED did not leave; quantityFulfilled counts them.",
        "a refund lowers totalCharged.",
        "discounts of the whole order are inside the prices of its lines; gift cards lower no total.",
        "a webhook posts the content of its subscription's event without a wrapper.",
        "a webhook with a secret is signed with it although that is deprecated.",
        "production servers have no published rate limit; a sandbox's is kept.",
    ),
)

__all__ = ["PLUGIN"]
