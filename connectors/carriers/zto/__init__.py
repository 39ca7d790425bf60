"""ZTO Express (中通): bookings, prices, cancellations, tracking and pushes of the ZOP open platform."""

from datetime import timedelta

from connectors.carriers.zto.connector import ZtoConnector
from connectors.carriers.zto.settings import ZtoSettings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import zto as mapping

PLUGIN = CarrierPlugin(
    platform="zto",
    title="ZTO Express (中通)",
    settings=ZtoSettings,
    connector=ZtoConnector,
    mapping=mapping,
    limits=(RateLimit(calls=10, per=timedelta(seconds=1)),),
    twin="connectors.carriers.zto.twin:Twin",
    api_version="ZOP zto.open.*",
    unverified=(
        "10 calls per second (no figure is published)",
        "the answer to a repeated partnerOrderCode (the first order is assumed)",
        "the words that tell a repeated cancellation (已取消), the answer to a repeated subscription",
        "fields, units and transportType of the price query; only its name is documented",
        "scanDate counts milliseconds; what is answered about an unknown number",
        "actions RETURN, RETURN_SCAN, RETURN_SIGNED and PROBLEM of pushes",
        "the acknowledgement of pushes, number and times of repeated ones",
        "signatures other than MD5 with Base64 (an application can be set to SHA-256 or hex) are not offered",
        "labels: cloud printing needs a printer of ZTO's, which no capability takes yet",
    ),
)

__all__ = ["PLUGIN"]
