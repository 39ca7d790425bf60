"""Kuaidi100 (快递100): tracking, subscriptions, pushes and e-waybills of many Chinese carriers."""

from datetime import timedelta

from connectors.carriers.kuaidi100.connector import Kuaidi100Connector
from connectors.carriers.kuaidi100.settings import Kuaidi100Settings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import kuaidi100 as mapping

PLUGIN = CarrierPlugin(
    platform="kuaidi100",
    title="Kuaidi100 (快递100)",
    settings=Kuaidi100Settings,
    connector=Kuaidi100Connector,
    mapping=mapping,
    limits=(RateLimit(calls=10, per=timedelta(seconds=1)),),
    twin="connectors.carriers.kuaidi100.twin:Twin",
    api_version="label/order v2, resultv2=4",
    unverified=(
        "10 calls per second (no figure is published)",
        "all codes of label/order but 200; codes 408 and 502 of queries",
        "the words that tell a repeated cancellation (已取消)",
        "which channel (net) resolves Taobao's oaid; caid and other platforms' tokens are not offered",
        "the field of cash on delivery (collection), the longest cargo text",
        "times of foreign legs are read as Beijing time",
        "asking twice for a number within 30 minutes may lock the account; four subscriptions a month",
        "number and times of repeated pushes",
    ),
)

__all__ = ["PLUGIN"]
