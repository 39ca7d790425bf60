"""Shopify: GraphQL order and variant nodes → canonical values, canonical values → GraphQL variables."""

from mappings.stores.shopify.listing import read_listing
from mappings.stores.shopify.order import read_order, unknown_order_fields

__all__ = ["read_listing", "read_order", "unknown_order_fields"]
