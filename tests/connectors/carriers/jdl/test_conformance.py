"""JD Logistics keeps every promise of a carrier connector."""

from connectors.carriers.jdl import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestJdl(CarrierConformance):
    plugin = PLUGIN
