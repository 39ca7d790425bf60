"""Swift's documents ⇄ the canonical model; this module satisfies `CarrierMapping`."""

from orderhub_swift.mapping.tracking import read_tracking

__all__ = ["read_tracking"]
