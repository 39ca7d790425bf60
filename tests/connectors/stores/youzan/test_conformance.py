"""What every store promises."""

from pathlib import Path

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.youzan import PLUGIN


class TestYouzan(StoreConformance):
    plugin = PLUGIN
    fixtures = Path(__file__).parents[3] / "mappings" / "stores" / "youzan" / "fixtures"
