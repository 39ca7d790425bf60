"""The suite that every store connector passes."""

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.medusa import PLUGIN


class TestMedusa(StoreConformance):
    plugin = PLUGIN
