"""Magento 2 and Adobe Commerce: REST order and product documents → canonical values, and the way out."""

from mappings.stores.magento.listing import read_listing
from mappings.stores.magento.order import read_order, unknown_order_fields

__all__ = ["read_listing", "read_order", "unknown_order_fields"]
