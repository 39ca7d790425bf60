"""FedEx: rates, labels, cancellations and tracking with a shipper's own account."""

from datetime import timedelta

from connectors.carriers.fedex.connector import FedExConnector
from connectors.carriers.fedex.settings import FedExSettings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import fedex as mapping

PLUGIN = CarrierPlugin(
    platform="fedex",
    title="FedEx",
    settings=FedExSettings,
    connector=FedExConnector,
    mapping=mapping,
    limits=(RateLimit(calls=1400, per=timedelta(seconds=10)),),
    twin="connectors.carriers.fedex.twin:Twin",
    read_back_after=timedelta(minutes=10),
    api_version="v1",
    unverified=(
        "1,400 calls in ten seconds; a daily quota of tracked numbers",
        "how long FedEx needs until a shipment is found under its reference (10 minutes assumed)",
        "that a reference may have 40 characters",
        "what a second cancellation is answered (tracking is asked whether the first one worked)",
        "pushes (Advanced Integrated Visibility): their body, signature and acknowledgement are published"
        " nowhere, and subscriptions are made in the portal; so none are received",
    ),
)

__all__ = ["PLUGIN"]
