"""The suite that every store connector passes."""

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.amazon import PLUGIN


class TestAmazon(StoreConformance):
    plugin = PLUGIN
