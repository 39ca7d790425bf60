"""ZTO keeps every promise of a carrier connector."""

from connectors.carriers.zto import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestZto(CarrierConformance):
    plugin = PLUGIN
