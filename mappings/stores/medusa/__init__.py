"""Medusa: order and variant documents → canonical values; shipments and stock → request bodies."""

from mappings.stores.medusa.documents import OrderDocument
from mappings.stores.medusa.listing import read_listing
from mappings.stores.medusa.order import read_order, unknown_order_fields

__all__ = ["OrderDocument", "read_listing", "read_order", "unknown_order_fields"]
