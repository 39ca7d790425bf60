"""USPS keeps every promise of a carrier connector."""

from connectors.carriers.usps import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestUsps(CarrierConformance):
    plugin = PLUGIN
