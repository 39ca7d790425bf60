"""eBay: orders of the Fulfillment API and inventory items → canonical values; parcels and stock → bodies."""

from mappings.stores.ebay.listing import read_listing
from mappings.stores.ebay.order import read_order, unknown_order_fields

__all__ = ["read_listing", "read_order", "unknown_order_fields"]
