"""The suite that every store connector passes."""

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.saleor import PLUGIN


class TestSaleor(StoreConformance):
    plugin = PLUGIN
