"""SF Express (顺丰): bookings, cancellations, routes and pushes of the Fengqiao open platform."""

from datetime import timedelta

from connectors.carriers.sf_express.connector import SfExpressConnector
from connectors.carriers.sf_express.settings import SfExpressSettings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import sf_express as mapping

PLUGIN = CarrierPlugin(
    platform="sf-express",
    title="SF Express (顺丰)",
    settings=SfExpressSettings,
    connector=SfExpressConnector,
    mapping=mapping,
    # 30 calls in any second are allowed; a bucket of 15 spends at most 15 saved and 15 refilled ones in one.
    limits=(RateLimit(calls=15, per=timedelta(seconds=1)),),
    twin="connectors.carriers.sf_express.twin:Twin",
    read_back_after=timedelta(seconds=60),
    api_version="std",
    unverified=(
        "the answer of EXP_RECE_SEARCH_ORDER_RESP has the shape of EXP_RECE_CREATE_ORDER",
        "what EXP_RECE_SEARCH_ORDER_RESP says of a cancelled order",
        "how long SF needs until a booking can be read back (60 s assumed)",
        "the acknowledgement of order state pushes and of pushes in the gateway's form",
        "number and times of repeated pushes",
        "fields of the cash on delivery service (COD: value, value1)",
        "opCodes 125 and 657, firstStatusCodes 2 to 4, orderStateCode 00-40045-1000",
        "30 calls per second are the sandbox's figure, production's is not published",
    ),
    exemptions={
        "webhook.changed_post_is_refused": "SF signs no pushes; the token in their address names the sender",
    },
)

__all__ = ["PLUGIN"]
