"""What every store promises."""

from pathlib import Path

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.taobao import PLUGIN


class TestTaobao(StoreConformance):
    plugin = PLUGIN
    fixtures = Path(__file__).parents[3] / "mappings" / "stores" / "taobao" / "fixtures"
