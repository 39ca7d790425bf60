"""The suite that every store connector passes."""

from connectors.kit.conformance.store import StoreConformance
from connectors.stores.vendure import PLUGIN


class TestVendure(StoreConformance):
    plugin = PLUGIN
    exemptions = {
        "mapping.unknown_payment_codes_are_not_guessed": (
            "a shop may add order states of its own: then the payments say how far the money is, and the "
            "order is held; test_vendure_orders.py shows that it is unmapped where they say nothing"
        ),
    }
