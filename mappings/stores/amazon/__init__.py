"""Amazon: orders of 2026-01-01 and listings items → canonical values; parcels and stock → bodies."""

from mappings.stores.amazon.listing import read_listing
from mappings.stores.amazon.order import read_order, unknown_order_fields

__all__ = ["read_listing", "read_order", "unknown_order_fields"]
