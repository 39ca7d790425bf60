"""Pinduoduo: orders and listings inward, shipments and stock outward."""

from mappings.stores.pinduoduo.listing import read_listing
from mappings.stores.pinduoduo.order import read_order
from mappings.stores.pinduoduo.wire import unknown_order_fields

__all__ = ["read_listing", "read_order", "unknown_order_fields"]
