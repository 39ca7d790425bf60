"""SF Express keeps every promise of a carrier connector."""

from connectors.carriers.sf_express import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestSfExpress(CarrierConformance):
    plugin = PLUGIN
