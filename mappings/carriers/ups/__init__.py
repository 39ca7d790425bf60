"""Translates UPS's tracking answers and pushes, shipments and rates; satisfies `CarrierMapping`."""

from mappings.carriers.ups.tracking import read_tracking

__all__ = ["read_tracking"]
