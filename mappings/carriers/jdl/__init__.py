"""JD Logistics (京东物流) documents → canonical tracking; canonical requests → bodies of its platform."""

from mappings.carriers.jdl.tracking import read_tracking

__all__ = ["read_tracking"]
