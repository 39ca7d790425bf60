"""Everything that every store connector promises."""

from pathlib import Path

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.shopify import PLUGIN


class TestShopify(StoreConformance):
    plugin = PLUGIN
    fixtures = Path(__file__).parent / "fixtures"
