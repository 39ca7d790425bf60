"""Translates EasyPost's trackers and shipments; satisfies `CarrierMapping`."""

from mappings.carriers.easypost.tracking import read_tracking

__all__ = ["read_tracking"]
