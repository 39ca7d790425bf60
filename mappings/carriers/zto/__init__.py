"""ZTO Express (中通) documents → canonical tracking; canonical requests → bodies of its open platform."""

from mappings.carriers.zto.tracking import read_tracking

__all__ = ["read_tracking"]
