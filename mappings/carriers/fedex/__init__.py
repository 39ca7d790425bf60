"""Translates FedEx's tracking results, shipments and rates; satisfies `CarrierMapping`."""

from mappings.carriers.fedex.tracking import read_tracking

__all__ = ["read_tracking"]
