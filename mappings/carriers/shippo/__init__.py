"""Translates Shippo's tracks, shipments and transactions; satisfies `CarrierMapping`."""

from mappings.carriers.shippo.tracking import read_tracking

__all__ = ["read_tracking"]
