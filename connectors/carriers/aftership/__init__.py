"""AfterShip Tracking: follows parcels of many couriers, which others booked."""

from datetime import timedelta

from connectors.carriers.aftership.connector import AfterShipConnector
from connectors.carriers.aftership.settings import AfterShipSettings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import aftership as mapping

PLUGIN = CarrierPlugin(
    platform="aftership",
    title="AfterShip",
    settings=AfterShipSettings,
    connector=AfterShipConnector,
    mapping=mapping,
    limits=(RateLimit(calls=1, per=timedelta(milliseconds=105)),),  # 10 in any second
    twin="connectors.carriers.aftership.twin:Twin",
    api_version="2026-07",
    unverified=(
        "keys that sign with RSA (their padding is not attested, so they are not offered)",
        "how far the Date of a signed request may be off (3 minutes)",
        "meanings of Exception_010, Exception_011 and Exception_013, which differ from that of their tag",
        "slugs but fedex, ups and usps",
        "how many numbers one list may ask for (20 are asked)",
        "the shape of a push's msg (taken to be a tracking)",
        "times of repeated pushes (14 tries, 2^n x 30 s)",
    ),
)

__all__ = ["PLUGIN"]
