"""UPS: rates, labels, voids and tracking with a shipper's own account."""

from datetime import timedelta

from connectors.carriers.ups.connector import UpsConnector
from connectors.carriers.ups.settings import UpsSettings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import ups as mapping

PLUGIN = CarrierPlugin(
    platform="ups",
    title="UPS",
    settings=UpsSettings,
    connector=UpsConnector,
    mapping=mapping,
    limits=(RateLimit(calls=10, per=timedelta(seconds=1)),),
    twin="connectors.carriers.ups.twin:Twin",
    read_back_after=timedelta(minutes=5),
    api_version="v2409",
    unverified=(
        "10 calls per second (the contract names no limit)",
        "how long UPS needs until a shipment can be found under its reference (5 minutes assumed)",
        "190102 and 190117, the codes for voids that come too late or twice",
        "the header in which Track Alert sends the credential, and its repetitions",
        "that a push's descriptionCode is a status code (its examples agree with the table)",
    ),
    exemptions={
        "webhook.changed_post_is_refused": "UPS signs no push: a credential proves who posts, not what",
    },
)

__all__ = ["PLUGIN"]
