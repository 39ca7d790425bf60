"""Shopify: orders, listings, fulfilments, stock and webhooks of one store."""

from datetime import timedelta

from connectors.kit import RateLimit, StorePlugin
from connectors.stores.shopify.connector import ShopifyConnector
from connectors.stores.shopify.documents import API_VERSION
from connectors.stores.shopify.settings import ShopifySettings
from mappings.stores import shopify as mapping

PLUGIN = StorePlugin(
    platform="shopify",
    title="Shopify",
    settings=ShopifySettings,
    connector=ShopifyConnector,
    mapping=mapping,
    # Cost points of the smallest plan: 100 a second, and a bucket of twenty seconds' worth.
    limits=(RateLimit(calls=2000, per=timedelta(seconds=20)),),
    twin="connectors.stores.shopify.twin:Twin",
    api_version=API_VERSION,
    unverified=(
        "a hold or move of a fulfilment order may not move the order's updatedAt",
        "totals of orders from which an edit removed a shipping line, duties or fees",
        "additional fees never repeat the duties",
        "cash on delivery is recognised by the gateway's name in paymentGatewayNames",
        "what a query costs: known rules, not measured; pages are halved where a query is too expensive",
        "whether a used refresh token still works for a while, and how long one lives",
        "the answer of the token interface to wrong credentials (400 or 401)",
        "HTTP 402 and 423 of frozen and locked shops; GraphQL code SHOP_INACTIVE",
        "how inventorySetQuantities refuses an item that is not stocked at the location",
        "a discount has one number as DiscountNode and as DiscountAutomaticNode; how soon its tag is found",
        "whether a deactivated discount that is told a later end runs again",
        "whether the search index takes longer than the overlap to show a change",
    ),
)

__all__ = ["PLUGIN"]
