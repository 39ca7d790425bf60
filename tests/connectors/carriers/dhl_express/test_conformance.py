"""DHL Express keeps every promise of a carrier connector."""

from connectors.carriers.dhl_express import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestDhlExpress(CarrierConformance):
    plugin = PLUGIN
