"""Magento 2 and Adobe Commerce: orders, listings, parcels and stock of one store."""

from datetime import timedelta

from connectors.kit import RateLimit, StorePlugin
from connectors.stores.magento.connector import MagentoConnector
from connectors.stores.magento.settings import MagentoSettings
from mappings.stores import magento as mapping

PLUGIN = StorePlugin(
    platform="magento",
    title="Magento / Adobe Commerce",
    settings=MagentoSettings,
    connector=MagentoConnector,
    mapping=mapping,
    limits=(RateLimit(calls=10, per=timedelta(seconds=1)),),
    twin="connectors.stores.magento.twin:Twin",
    api_version="V1 (2.4)",
    unverified=(
        "Magento has no rate limit of its own; 10 calls a second are our choice.",
        "shipments, credit memos, cancellations and corrected addresses move the order's updated_at; some"
        " extensions do not move it.",
        "hosts may cap the page size (300 where the input limit is on).",
        "bundles must be set to ship their parts separately: a part of one that ships together is refused.",
        "a bundle whose parts have prices counts nothing itself.",
        "the method code cashondelivery, the shipping method instore_pickup, product type giftcard.",
        "the salable quantity of an oversold product is told below zero; units of a source item that is out"
        " of stock do not count in it.",
        "custom_fees of an order are not read: where a shop uses them its totals do not reconcile.",
        "source-items takes an SKU that no product has without a word, so it is looked for first.",
        "an order's shipment is recorded under the parent of a configurable product.",
        "Adobe Commerce as a Cloud Service (IMS tokens, no store code) is not connected.",
    ),
)

__all__ = ["PLUGIN"]
