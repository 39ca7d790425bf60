"""Translates AfterShip's trackings; satisfies `CarrierMapping`."""

from mappings.carriers.aftership.tracking import read_tracking

__all__ = ["read_tracking"]
