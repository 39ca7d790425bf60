"""Youzan (有赞) through the Youzan cloud's open interfaces."""

from datetime import timedelta

from connectors.kit import RateLimit, StorePlugin
from connectors.stores.youzan.connector import YouzanConnector
from connectors.stores.youzan.settings import YouzanSettings
from mappings.stores import youzan as mapping

__all__ = ["PLUGIN"]

PLUGIN = StorePlugin(
    platform="youzan",
    title="Youzan",
    settings=YouzanSettings,
    connector=YouzanConnector,
    mapping=mapping,
    limits=(RateLimit(calls=20, per=timedelta(seconds=1)),),
    twin="connectors.stores.youzan.twin:YouzanTwin",
    read_back_after=timedelta(minutes=1),
    api_version="trades.sold.get 4.0.4, trade.get 4.0.2",
    unverified=(
        "rate limits of the order interfaces are not published; 20 calls a second is ours",
        "an access token lives 7 days, a refresh token 28; whether a new token ends the former one",
        "whether the lines' payments hold a share of the postage: both relations are documented",
        "a refund moves the update time",
        "a refunded line is cancelled when its refunds reach its payment",
        "close reasons 10 to 17; ways of payment beside the twelve that are listed",
        "addresses outside of China; how cipher texts look, and decrypting them",
        "the carriers' names in youzan.logistics.express.get beside 申通, 圆通 and 中通",
        "outer_sender as an object (an example shows JSON text)",
        "trade_express_modify as a list (an old SDK has text), and a correction without its `version`",
        "grouping of error codes into «try again» and «no»; 105000016 is told in two meanings",
        "types of pushes beside TradeBuyerPay, TradeClose, TradeSuccess and TradeMemoModified",
        "how often and how long unacknowledged pushes are repeated",
        "a trade shows a told parcel one minute later at the latest",
    ),
)
