"""JD Logistics (京东物流): bookings, prices, cancellations, tracking and pushes of the JDL open platform."""

from datetime import timedelta

from connectors.carriers.jdl.connector import JdlConnector
from connectors.carriers.jdl.settings import JdlSettings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import jdl as mapping

PLUGIN = CarrierPlugin(
    platform="jdl",
    title="JD Logistics (京东物流)",
    settings=JdlSettings,
    connector=JdlConnector,
    mapping=mapping,
    limits=(RateLimit(calls=10, per=timedelta(seconds=1)),),
    twin="connectors.carriers.jdl.twin:Twin",
    api_version="ECAP v1",
    unverified=(
        "10 calls per second (no figure is published)",
        "life of the access token (about a year) and how to renew it: it is entered by hand",
        "signature of pushes (a token in their address stands for it), their acknowledgement and repetition",
        "codes of the gateway (10xx is read as token or signature, 5xx as unwell)",
        "the words that tell a repeated cancellation (已取消), resultType of cancellations",
        "the answer of trace/query beside the fields that public clients read",
        "cash on delivery (ed-a-0009), several parcels as quantity, the numbers of further parcels",
        "labels: JD's print component works on encrypted data, which no capability takes yet",
    ),
    exemptions={
        "webhook.changed_post_is_refused": (
            "how JD signs its pushes is not public; the token in their address names the sender"
        ),
    },
)

__all__ = ["PLUGIN"]
