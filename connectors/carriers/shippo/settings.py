"""What an administrator fills in to connect Shippo."""

from decimal import Decimal
from typing import Literal

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class ShippoSettings(ConnectorSettings):
    """One token; whether it is a test or a live token decides the mode."""

    api_token: SecretStr = setting("API token", "API 令牌", "shippo_test_… or shippo_live_….", min_length=1)
    webhook_token: SecretStr = setting(
        "Webhook token",
        "推送令牌",
        "Our own unguessable text; part of the address that Shippo pushes to.",
        min_length=16,
    )
    webhook_secret: SecretStr = setting(
        "Webhook secret",
        "推送密钥",
        "Where Shippo's support switched signatures on; then no push without one is taken.",
        default=SecretStr(""),
    )
    service: str = setting(
        "Service",
        "服务",
        "Books this service (such as usps_priority); empty: the cheapest of all.",
        default="",
    )
    carrier_accounts: str = setting(
        "Carrier accounts",
        "承运商账号",
        "Rates only these, separated by commas; empty: all of the account.",
        default="",
    )
    length: Decimal = setting("Length (cm)", "长（厘米）", "Of the usual package.", gt=0)
    width: Decimal = setting("Width (cm)", "宽（厘米）", "Of the usual package.", gt=0)
    height: Decimal = setting("Height (cm)", "高（厘米）", "Of the usual package.", gt=0)
    label_format: Literal[
        "PDF", "PDF_4x6", "PDF_4x8", "PDF_A4", "PDF_A6", "PDF_2.3x7.5", "PNG", "PNG_2.3x7.5", "ZPLII"
    ] = setting("Label format", "面单格式", default="PDF_4x6")
    api_url: str = setting("API address", "接口地址", default="https://api.goshippo.com")
