"""What an administrator fills in to connect YTO."""

from typing import Literal

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting

_ADDRESS = "As issued in the console: https://…/open/<method>/<version>/<token>/<customer code>."


class YtoSettings(ConnectorSettings):
    """YTO issues an address with its own secret per interface; those that are not used stay empty. This
    server's address must be on YTO's white list."""

    track_url: str = setting("Tracking address", "轨迹查询地址", _ADDRESS, min_length=1)
    track_secret: SecretStr = setting("Tracking secret", "轨迹查询密钥", min_length=1)
    create_url: str = setting("Order address", "下单地址", _ADDRESS, default="")
    create_secret: SecretStr = setting("Order secret", "下单密钥", default=SecretStr(""))
    cancel_url: str = setting("Cancellation address", "取消订单地址", _ADDRESS, default="")
    cancel_secret: SecretStr = setting("Cancellation secret", "取消订单密钥", default=SecretStr(""))
    subscribe_url: str = setting("Subscription address", "轨迹订阅地址", _ADDRESS, default="")
    subscribe_secret: SecretStr = setting("Subscription secret", "轨迹订阅密钥", default=SecretStr(""))
    push_secret: SecretStr = setting(
        "Push secret", "推送密钥", "partnerId: YTO signs its pushes with it.", min_length=1
    )
    product: Literal["PK", "YZD"] = setting("Product", "产品类型", "PK standard, YZD on time.", default="PK")
