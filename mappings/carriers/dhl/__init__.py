"""Translates DHL's unified tracking answers and pushes; satisfies `CarrierMapping`."""

from mappings.carriers.dhl.tracking import read_tracking

__all__ = ["read_tracking"]
