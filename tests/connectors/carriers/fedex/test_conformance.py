"""FedEx keeps every promise of a carrier connector."""

from connectors.carriers.fedex import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestFedEx(CarrierConformance):
    plugin = PLUGIN
