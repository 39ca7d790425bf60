"""17TRACK keeps every promise of a carrier connector that follows what others booked."""

from connectors.carriers.track17 import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestTrack17(CarrierConformance):
    plugin = PLUGIN
