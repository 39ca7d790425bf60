"""YTO Express (圆通): bookings, cancellations, tracking and pushes of the open platform."""

from datetime import timedelta

from connectors.carriers.yto.connector import YtoConnector
from connectors.carriers.yto.settings import YtoSettings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import yto as mapping

PLUGIN = CarrierPlugin(
    platform="yto",
    title="YTO Express (圆通)",
    settings=YtoSettings,
    connector=YtoConnector,
    mapping=mapping,
    limits=(RateLimit(calls=5, per=timedelta(seconds=1)),),
    twin="connectors.carriers.yto.twin:Twin",
    api_version="open v1",
    unverified=(
        "5 calls per second (limits per customer exist, no figure is published)",
        "the answer to a repeated logisticsNo (the first order is assumed)",
        "field names and answer of a cancellation, the words that tell a repeated one (已取消)",
        "the words of a refused server address (白名单); codes of any refusal",
        "whose secret signs pushes (it has a setting of its own), number and times of repeated ones",
        "prices: the interface charge_adapter exists, its fields are nowhere documented, so none is offered",
        "labels: waybill_print_adapter gives a PDF, which no capability takes yet",
    ),
)

__all__ = ["PLUGIN"]
