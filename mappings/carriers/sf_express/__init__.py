"""SF Express (顺丰) documents → canonical tracking; canonical requests → bodies of its open platform."""

from mappings.carriers.sf_express.tracking import read_tracking

__all__ = ["read_tracking"]
