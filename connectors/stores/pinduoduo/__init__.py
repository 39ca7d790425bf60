"""Pinduoduo (拼多多) through its open platform."""

from datetime import timedelta

from connectors.kit import RateLimit, StorePlugin
from connectors.stores.pinduoduo.connector import PinduoduoConnector
from connectors.stores.pinduoduo.settings import PinduoduoSettings
from mappings.stores import pinduoduo as mapping

__all__ = ["PLUGIN"]

PLUGIN = StorePlugin(
    platform="pinduoduo",
    title="Pinduoduo",
    settings=PinduoduoSettings,
    connector=PinduoduoConnector,
    mapping=mapping,
    limits=(RateLimit(calls=10, per=timedelta(seconds=1)),),
    twin="connectors.stores.pinduoduo.twin:PinduoduoTwin",
    read_back_after=timedelta(minutes=1),
    api_version="V1",
    unverified=(
        "a clock difference of more than about 10 minutes is refused",
        "how often a token may be refreshed",
        "the meanings of 10016, 20004, 20005 and 30000; that 50000 to 52003 are never worth a repetition",
        "the refusal for an order that the shop does not have: told by its words",
        "an order's deal follows its creation within two days",
        "what a refund after shipping gave back: the order tells only that there was one",
        "an order holds a SKU once; gifts are shipped with it",
        "which cipher texts an e-waybill takes: the receiver token holds name, telephone and address",
        "goods that are in a promotion refuse a smaller stock",
        "an order shows a told parcel one minute later at the latest",
    ),
)
