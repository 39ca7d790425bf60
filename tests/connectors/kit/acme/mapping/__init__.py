"""Acme's documents ⇄ the canonical model; this module satisfies `StoreMapping`."""

from acme.mapping.order import read_listing, read_order, unknown_order_fields

__all__ = ["read_listing", "read_order", "unknown_order_fields"]
