"""What every store promises."""

from pathlib import Path

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.pinduoduo import PLUGIN


class TestPinduoduo(StoreConformance):
    plugin = PLUGIN
    fixtures = Path(__file__).parents[3] / "mappings" / "stores" / "pinduoduo" / "fixtures"
