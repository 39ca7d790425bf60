"""Douyin shop: orders and listings inward, shipments and stock outward."""

from mappings.stores.douyin.listing import read_listing
from mappings.stores.douyin.order import read_order
from mappings.stores.douyin.wire import unknown_order_fields

__all__ = ["read_listing", "read_order", "unknown_order_fields"]
