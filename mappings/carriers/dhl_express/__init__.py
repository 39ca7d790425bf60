"""Translates MyDHL's tracking answers, shipments and rates; satisfies `CarrierMapping`."""

from mappings.carriers.dhl_express.tracking import read_tracking

__all__ = ["read_tracking"]
