"""Kdniao (快递鸟) documents → canonical tracking; canonical requests → `RequestData` of its interfaces."""

from mappings.carriers.kdniao.tracking import read_tracking

__all__ = ["read_tracking"]
