"""What every store promises."""

from pathlib import Path

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.douyin import PLUGIN


class TestDouyin(StoreConformance):
    plugin = PLUGIN
    fixtures = Path(__file__).parents[3] / "mappings" / "stores" / "douyin" / "fixtures"
