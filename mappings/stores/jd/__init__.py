"""JD (京东): orders and SKUs of the open platform → canonical values; parcels and stock → calls."""

from mappings.stores.jd.listing import read_listing
from mappings.stores.jd.order import read_order, unknown_order_fields

__all__ = ["read_listing", "read_order", "unknown_order_fields"]
