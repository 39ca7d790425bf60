"""Everything that every store connector promises."""

from pathlib import Path

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.shopify import PLUGIN


class TestShopify(StoreConformance):
    plugin = PLUGIN
    fixtures = Path(__file__).parent / "fixtures"
    exemptions = {
        "pull.bookmark_never_goes_back": (
            "the bookmark is the platform's latest updatedAt, never a clock: in a quiet shop the overlap"
            " before the last change is read again and vanishes in the inbox"
        ),
    }
