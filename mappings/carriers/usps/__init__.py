"""Translates USPS tracking answers, labels and prices; satisfies `CarrierMapping`."""

from mappings.carriers.usps.tracking import read_tracking

__all__ = ["read_tracking"]
