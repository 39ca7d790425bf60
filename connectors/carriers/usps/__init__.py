"""USPS: domestic labels, prices, cancellations and tracking with a mailer's own account."""

from datetime import timedelta

from connectors.carriers.usps.connector import UspsConnector
from connectors.carriers.usps.settings import UspsSettings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import usps as mapping

PLUGIN = CarrierPlugin(
    platform="usps",
    title="USPS",
    settings=UspsSettings,
    connector=UspsConnector,
    mapping=mapping,
    limits=(RateLimit(calls=60, per=timedelta(hours=1)),),
    twin="connectors.carriers.usps.twin:Twin",
    api_version="v3",
    unverified=(
        "60 calls an hour (told of new apps, per interface)",
        "how long a payment token lives (an hour is assumed, 8 are said)",
        "what a repeated key with another mailing date is answered, as after midnight",
        "that a price's first rate names the mail class of all its rates",
        "event code VC; pushes of Subscriptions v3.2 (address, signature, reply): none are received",
    ),
)

__all__ = ["PLUGIN"]
