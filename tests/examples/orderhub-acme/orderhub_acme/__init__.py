"""Acme, an invented store platform: the smallest complete example of a store plug-in."""

from datetime import timedelta

from connectors.kit import RateLimit, StorePlugin

from orderhub_acme import mapping
from orderhub_acme.connector import AcmeConnector
from orderhub_acme.settings import AcmeSettings

PLUGIN = StorePlugin(
    platform="acme",
    title="Acme",
    settings=AcmeSettings,
    connector=AcmeConnector,
    mapping=mapping,
    limits=(RateLimit(calls=50, per=timedelta(seconds=1)),),
    twin="orderhub_acme.twin:AcmeTwin",
    read_back_after=timedelta(seconds=5),
    api_version="1",
)
