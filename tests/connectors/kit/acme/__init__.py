"""Acme, an invented store platform: the smallest complete example of a store plug-in."""

from datetime import timedelta

from acme import mapping
from acme.connector import AcmeConnector
from acme.settings import AcmeSettings
from connectors.kit import RateLimit, StorePlugin

PLUGIN = StorePlugin(
    platform="acme",
    title="Acme",
    settings=AcmeSettings,
    connector=AcmeConnector,
    mapping=mapping,
    limits=(RateLimit(calls=50, per=timedelta(seconds=1)),),
    twin="acme.twin:AcmeTwin",
    read_back_after=timedelta(seconds=5),
    api_version="1",
)
