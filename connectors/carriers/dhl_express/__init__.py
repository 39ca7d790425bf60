"""DHL Express: rates, labels and tracking with a shipper's own account (MyDHL API)."""

from datetime import timedelta

from connectors.carriers.dhl_express.connector import DhlExpressConnector
from connectors.carriers.dhl_express.settings import DhlExpressSettings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import dhl_express as mapping

PLUGIN = CarrierPlugin(
    platform="dhl-express",
    title="DHL Express",
    settings=DhlExpressSettings,
    connector=DhlExpressConnector,
    mapping=mapping,
    limits=(RateLimit(calls=5, per=timedelta(seconds=1)),),
    twin="connectors.carriers.dhl_express.twin:Twin",
    read_back_after=timedelta(minutes=10),
    api_version="3.1.1",
    unverified=(
        "5 calls per second (the contract names no limit)",
        "how long DHL needs until a shipment is found under its reference (10 minutes assumed)",
        "that a shipment under a reference is told without checkpoints before it is picked up",
    ),
)

__all__ = ["PLUGIN"]
