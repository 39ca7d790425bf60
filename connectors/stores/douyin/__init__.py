"""Douyin shop (抖店) through the Doudian open platform."""

from datetime import timedelta

from connectors.kit import RateLimit, StorePlugin
from connectors.stores.douyin.connector import DouyinConnector
from connectors.stores.douyin.settings import DouyinSettings
from mappings.stores import douyin as mapping

__all__ = ["PLUGIN"]

PLUGIN = StorePlugin(
    platform="douyin",
    title="Douyin shop",
    settings=DouyinSettings,
    connector=DouyinConnector,
    mapping=mapping,
    limits=(RateLimit(calls=20, per=timedelta(seconds=1)),),
    twin="connectors.stores.douyin.twin:DouyinTwin",
    read_back_after=timedelta(minutes=1),
    api_version="2",
    unverified=(
        "rate limits: they stand in the console of each application, 20 calls a second is ours",
        "how many rows of a list can be reached, and that 90 days of changes are listed",
        "the refusal for an order that the shop does not have: told by its words",
        "whether the lines' pay_amount hold a share of the postage",
        "what was refunded: a closed line counts with its share",
        "whether a paid order that was closed was refunded in full",
        "after-sale states 14, 51 and 53 call for nobody; 27 and 29 do",
        "sku.list and order.logisticsCompanyList answer with the list itself in `data`",
        "request_id of order.logisticsAddMultiPack, which a sample has and the field list lacks",
        "which cipher texts an e-waybill takes: the receiver token holds name, telephone and address",
        "how long unacknowledged pushes are repeated",
        "an order shows a told parcel one minute later at the latest",
    ),
)
