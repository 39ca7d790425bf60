"""Kuaidi100 (快递100) documents → canonical tracking; canonical requests → bodies of its interfaces."""

from mappings.carriers.kuaidi100.tracking import read_tracking

__all__ = ["read_tracking"]
