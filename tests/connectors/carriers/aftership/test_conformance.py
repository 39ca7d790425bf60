"""AfterShip keeps every promise of a carrier connector that follows what others booked."""

from connectors.carriers.aftership import PLUGIN
from connectors.kit.conformance.carrier import CarrierConformance


class TestAfterShip(CarrierConformance):
    plugin = PLUGIN
