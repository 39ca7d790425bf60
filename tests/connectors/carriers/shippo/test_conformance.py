"""Shippo keeps every promise of a carrier connector."""

from connectors.carriers.shippo import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestShippo(CarrierConformance):
    plugin = PLUGIN
