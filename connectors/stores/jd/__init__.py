"""JD (京东) through its open platform: a shop that ships itself (SOP)."""

from datetime import timedelta

from connectors.kit import RateLimit, StorePlugin
from connectors.stores.jd.connector import JdConnector
from connectors.stores.jd.settings import JdSettings
from mappings.stores import jd as mapping

__all__ = ["PLUGIN"]

PLUGIN = StorePlugin(
    platform="jd",
    title="JD",
    settings=JdSettings,
    connector=JdConnector,
    mapping=mapping,
    limits=(RateLimit(calls=5, per=timedelta(seconds=1)),),
    twin="connectors.stores.jd.twin:Twin",
    read_back_after=timedelta(minutes=1),
    api_version="2.0",
    unverified=(
        "5 calls a second; the console shows what an application may do.",
        "both ends of a window belong to it; pages behind the hundredth are empty.",
        "an order that the shop does not have is refused by the method itself.",
        "the gateway's codes 66 to 68 (too many calls) and 2001 (permission).",
        "how long a refresh token lasts, and how the login address words a refusal.",
        "the number of a parcel can be replaced by shipping again until the buyer confirmed.",
        "names and answers of searchSkuList and updateSkuStock; the latter is being retired.",
        "which token an e-waybill takes: oaid where it comes, else the cipher texts.",
        "serviceFee and taxFee are added to what the buyer pays.",
        "a discount of the seller is among the coupons where these are listed.",
        "an order that JD split says TRADE_CANCELED when it is read again.",
        "refunds before and after shipping come through interfaces that no source describes well enough.",
    ),
)
