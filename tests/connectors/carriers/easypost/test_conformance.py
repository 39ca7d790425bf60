"""EasyPost keeps every promise of a carrier connector."""

from connectors.carriers.easypost import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestEasyPost(CarrierConformance):
    plugin = PLUGIN
