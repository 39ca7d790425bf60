"""Acme's documents ⇄ the canonical model; this module satisfies `StoreMapping`."""

from orderhub_acme.mapping.order import read_listing, read_order, unknown_order_fields

__all__ = ["read_listing", "read_order", "unknown_order_fields"]
