"""What every store promises."""

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.taobao import PLUGIN


class TestTaobao(StoreConformance):
    plugin = PLUGIN
