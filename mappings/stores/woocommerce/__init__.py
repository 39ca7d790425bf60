"""WooCommerce: REST order and product documents → canonical values; shipments and stock → request bodies."""

from mappings.stores.woocommerce.listing import read_listing
from mappings.stores.woocommerce.order import read_order, unknown_order_fields

__all__ = ["read_listing", "read_order", "unknown_order_fields"]
