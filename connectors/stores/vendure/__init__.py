"""Vendure: self-hosted open-source stores, through the Admin GraphQL API."""

from datetime import timedelta

from connectors.kit import RateLimit, StorePlugin
from connectors.stores.vendure.connector import VendureConnector
from connectors.stores.vendure.settings import VendureSettings
from mappings.stores import vendure as mapping

PLUGIN = StorePlugin(
    platform="vendure",
    title="Vendure",
    settings=VendureSettings,
    connector=VendureConnector,
    mapping=mapping,
    limits=(RateLimit(calls=20, per=timedelta(seconds=1)),),
    twin="connectors.stores.vendure.twin:Twin",
    api_version="3.7.3",
    unverified=(
        "An API key is sent in the header vendure-api-key and needs no log-in.",
        "After its only fulfilment was cancelled, a shipped order takes another one (a corrected number).",
        "Promotions can be filtered by their description (the schema has the filter; no server was asked).",
        "Vendure has no rate limit of its own; 20 calls a second are our choice.",
    ),
)

__all__ = ["PLUGIN"]
