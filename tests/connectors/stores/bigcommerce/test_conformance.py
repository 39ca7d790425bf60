"""The suite that every store connector passes."""

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.bigcommerce import PLUGIN


class TestBigCommerce(StoreConformance):
    plugin = PLUGIN
