"""Kdniao (快递鸟): tracking, subscriptions, pushes and e-waybills of many Chinese carriers."""

from datetime import timedelta

from connectors.carriers.kdniao.connector import KdniaoConnector
from connectors.carriers.kdniao.settings import KdniaoSettings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import kdniao as mapping

PLUGIN = CarrierPlugin(
    platform="kdniao",
    title="Kdniao (快递鸟)",
    settings=KdniaoSettings,
    connector=KdniaoConnector,
    mapping=mapping,
    # 20 calls in any second are allowed; a bucket of 10 spends at most 10 saved and 10 refilled ones in one.
    limits=(RateLimit(calls=10, per=timedelta(seconds=1)),),
    twin="connectors.carriers.kdniao.twin:Twin",
    api_version="8001, 8008, 1007, 1147",
    unverified=(
        "the answer to a repeated OrderCode (106 with the first waybill)",
        "the words that tell a repeated cancellation (已取消)",
        "the answer to a repeated subscription",
        "cash on delivery (AddService COD and whose account it names), more than one parcel per order",
        "number and times of repeated pushes",
        "the ResultCode of a burst over 20 calls per second, and of numbers that no company knows",
        "labels: 1007 can return one as HTML, which no capability takes yet",
    ),
)

__all__ = ["PLUGIN"]
