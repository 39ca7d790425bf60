"""Saleor: nodes of its GraphQL lists → canonical values; shipments and stock → variables of mutations."""

from mappings.stores.saleor.listing import read_listing
from mappings.stores.saleor.order import read_order, unknown_order_fields

__all__ = ["read_listing", "read_order", "unknown_order_fields"]
