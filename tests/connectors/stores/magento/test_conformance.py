"""The suite that every store connector passes."""

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.magento import PLUGIN


class TestMagento(StoreConformance):
    plugin = PLUGIN
