"""17TRACK: follows parcels of many carriers and posts, which others booked."""

from datetime import timedelta

from connectors.carriers.track17.connector import Track17Connector
from connectors.carriers.track17.settings import Track17Settings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import track17 as mapping

PLUGIN = CarrierPlugin(
    platform="17track",
    title="17TRACK",
    settings=Track17Settings,
    connector=Track17Connector,
    mapping=mapping,
    limits=(RateLimit(calls=1, per=timedelta(milliseconds=350)),),  # 3 in any second
    twin="connectors.carriers.track17.twin:Twin",
    api_version="v2.2",
    unverified=(
        "carrier keys but 100002 (UPS)",
        "that items of gettrackinfo have the shape of a push's data",
        "which carriers want the end of a telephone as param (SF and ZTO are given it)",
        "the body of getquota",
        "the one code, of -18010010 to -18010015, that means too many items",
        "number and times of repeated pushes, and when tracking stops by itself",
    ),
)

__all__ = ["PLUGIN"]
