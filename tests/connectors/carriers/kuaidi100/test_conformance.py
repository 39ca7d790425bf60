"""Kuaidi100 keeps every promise of a carrier connector."""

from connectors.carriers.kuaidi100 import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestKuaidi100(CarrierConformance):
    plugin = PLUGIN
