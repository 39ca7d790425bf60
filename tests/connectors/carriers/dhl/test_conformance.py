"""DHL's tracking keeps every promise of a carrier connector that follows what others booked."""

from connectors.carriers.dhl import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestDhl(CarrierConformance):
    plugin = PLUGIN
