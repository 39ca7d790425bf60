"""YTO Express (圆通) documents → canonical tracking; canonical requests → `param` of its interfaces."""

from mappings.carriers.yto.tracking import read_tracking

__all__ = ["read_tracking"]
