"""The suite that every store connector passes."""

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.vendure import PLUGIN


class TestVendure(StoreConformance):
    plugin = PLUGIN
