"""Taobao and Tmall: trades and listings inward, shipments and stock outward."""

from mappings.stores.taobao.listing import read_listing
from mappings.stores.taobao.order import read_order
from mappings.stores.taobao.trade import unknown_order_fields

__all__ = ["read_listing", "read_order", "unknown_order_fields"]
