"""Youzan: trades and listings inward, shipments and stock outward."""

from mappings.stores.youzan.listing import read_listing
from mappings.stores.youzan.order import read_order
from mappings.stores.youzan.trade import unknown_order_fields

__all__ = ["read_listing", "read_order", "unknown_order_fields"]
