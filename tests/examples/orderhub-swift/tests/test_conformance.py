"""Swift keeps every promise of a carrier connector."""

from pathlib import Path

from connectors.kit.conformance.carrier import CarrierConformance

from orderhub_swift import PLUGIN


class TestSwift(CarrierConformance):
    plugin = PLUGIN
    fixtures = Path(__file__).parent / "fixtures"
