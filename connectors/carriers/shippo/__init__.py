"""Shippo: rates, labels, refunds and tracks of many carriers behind one token."""

from datetime import timedelta

from connectors.carriers.shippo.connector import ShippoConnector
from connectors.carriers.shippo.settings import ShippoSettings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import shippo as mapping

PLUGIN = CarrierPlugin(
    platform="shippo",
    title="Shippo",
    settings=ShippoSettings,
    connector=ShippoConnector,
    mapping=mapping,
    # 500 purchases, and as many tracks, in any minute; a list costs ten of these, since 50 are allowed.
    limits=(RateLimit(calls=8, per=timedelta(seconds=1)),),
    twin="connectors.carriers.shippo.twin:Twin",
    read_back_after=timedelta(seconds=60),
    api_version="2018-02-08",
    unverified=(
        "how long Shippo needs until a purchase can be listed (60 s assumed)",
        "the whole list of substatus codes",
        "RETURNED says «back at the sender», not «on the way back»",
        "that refunding a refunded label is refused",
        "number and times of repeated pushes, and how long Shippo waits for the answer (3 s)",
    ),
)

__all__ = ["PLUGIN"]
