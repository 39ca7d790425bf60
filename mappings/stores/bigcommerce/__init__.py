"""BigCommerce: V2 order documents and inventory items → canonical values; shipments and stock → bodies."""

from mappings.stores.bigcommerce.listing import read_listing
from mappings.stores.bigcommerce.order import read_order, unknown_order_fields

__all__ = ["read_listing", "read_order", "unknown_order_fields"]
