"""Vendure: order and variant documents → canonical values; shipments and stock → mutation inputs."""

from mappings.stores.vendure.documents import OrderDocument
from mappings.stores.vendure.listing import read_listing
from mappings.stores.vendure.order import read_order, unknown_order_fields

__all__ = ["OrderDocument", "read_listing", "read_order", "unknown_order_fields"]
