"""The suite that every store connector passes."""

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.jd import PLUGIN


class TestJd(StoreConformance):
    plugin = PLUGIN
