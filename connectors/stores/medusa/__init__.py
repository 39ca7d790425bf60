"""Medusa (v2): self-hosted open-source stores, through the Admin REST API."""

from datetime import timedelta

from connectors.kit import RateLimit, StorePlugin
from connectors.stores.medusa.connector import MedusaConnector
from connectors.stores.medusa.settings import MedusaSettings
from mappings.stores import medusa as mapping

PLUGIN = StorePlugin(
    platform="medusa",
    title="Medusa",
    settings=MedusaSettings,
    connector=MedusaConnector,
    mapping=mapping,
    limits=(RateLimit(calls=10, per=timedelta(seconds=1)),),
    twin="connectors.stores.medusa.twin:Twin",
    api_version="2.21.2",
    unverified=(
        "409 says that another workflow holds the lock and that nothing was done.",
        "Statuses draft, requires_action and archived of an order were never seen.",
        "Medusa has no rate limit of its own; 10 calls a second are our choice.",
    ),
)

__all__ = ["PLUGIN"]
