"""The suite that every store connector passes."""

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.ebay import PLUGIN


class TestEbay(StoreConformance):
    plugin = PLUGIN
