"""UPS keeps every promise of a carrier connector."""

from connectors.carriers.ups import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestUps(CarrierConformance):
    plugin = PLUGIN
