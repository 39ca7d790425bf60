"""Taobao and Tmall through the Taobao Open Platform (TOP)."""

from datetime import timedelta

from connectors.kit import RateLimit, StorePlugin
from connectors.stores.taobao.connector import TaobaoConnector
from connectors.stores.taobao.settings import TaobaoSettings
from mappings.stores import taobao as mapping

__all__ = ["PLUGIN"]

PLUGIN = StorePlugin(
    platform="taobao",
    title="Taobao / Tmall",
    settings=TaobaoSettings,
    connector=TaobaoConnector,
    mapping=mapping,
    limits=(RateLimit(calls=20, per=timedelta(seconds=1)),),
    twin="connectors.stores.taobao.twin:TaobaoTwin",
    api_version="2.0",
    unverified=(
        "rate limits: they depend on the application's package, 20 calls a second is ours",
        "a clock difference of more than 10 minutes is refused",
        "sign_method hmac-sha256 (vector computed by ourselves only)",
        "a change of logistics traces does not move a trade's `modified`",
        "a child closed before payment is not part of `payment`, one refunded later is",
        "service_orders are part of `payment`; a split of discounts may be off by a cent per child",
        "the inner name `logistics_infos.logistics_info`, and the form of `delivery_time`",
        "the child's status and invoice_no after a shipment of some of its units",
        "complex parameters of alibaba.ascp.logistics.offline.send as JSON text, consign_status as a list",
        "online.send with a number for COD trades without a pick-up, online.confirm with one",
        "consign.resend for a trade in one parcel needs no sub_tid, and its error codes",
        "the inner name `messages.tmc_message`; the refusal of a group that does not exist",
        "consuming messages takes the shop's session too; how long unconfirmed ones keep coming",
        "a trade is readable with its new state 30 seconds after a send call at the latest",
    ),
)
