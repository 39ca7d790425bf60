"""YTO keeps every promise of a carrier connector."""

from connectors.carriers.yto import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestYto(CarrierConformance):
    plugin = PLUGIN
