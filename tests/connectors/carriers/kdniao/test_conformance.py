"""Kdniao keeps every promise of a carrier connector."""

from connectors.carriers.kdniao import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestKdniao(CarrierConformance):
    plugin = PLUGIN
