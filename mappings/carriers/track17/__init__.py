"""Translates what 17TRACK knows of a parcel; satisfies `CarrierMapping`."""

from mappings.carriers.track17.tracking import read_tracking

__all__ = ["read_tracking"]
