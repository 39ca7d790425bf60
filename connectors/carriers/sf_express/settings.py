"""What an administrator fills in to connect SF Express."""

from typing import Literal

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class SfExpressSettings(ConnectorSettings):
    """One partner of the Fengqiao (丰桥) open platform."""

    partner_id: str = setting("Partner id", "顾客编码", "Customer code of the open platform.", min_length=1)
    check_word: SecretStr = setting(
        "Check word", "校验码", "Signs requests, and is the OAuth2 secret.", min_length=1
    )
    authentication: Literal["digest", "token"] = setting(
        "Authentication",
        "鉴权方式",
        "As agreed in the console: message digest or OAuth2 token.",
        default="digest",
    )
    webhook_token: SecretStr = setting(
        "Webhook token",
        "推送令牌",
        "SF signs no pushes: append ?token=… with this unguessable text to the push address in SF's console.",
        min_length=16,
    )
    monthly_card: str = setting("Monthly card", "月结卡号", "Ten digits; empty to pay otherwise.", default="")
    express_type: int = setting(
        "Product", "产品类型", "expressTypeId: 1 express, 2 standard, or as agreed.", default=1, ge=1
    )
    pay_method: Literal[1, 2, 3] = setting(
        "Payer", "付款方式", "1 sender, 2 recipient, 3 third party.", default=1
    )
    collection_card: str = setting(
        "Collection card", "代收货款卡号", "Account for cash on delivery; empty: not offered.", default=""
    )
    asks_for_pickup: bool = setting(
        "Ask for pickup", "通知上门取件", "Sends a courier for each booking.", default=True
    )
    service_url: str = setting(
        "Service address",
        "接口地址",
        "Differs for sandbox and Hong Kong.",
        default="https://bspgw.sf-express.com/std/service",
    )
    sign_in_url: str = setting(
        "Token address",
        "令牌地址",
        "Used with OAuth2 only.",
        default="https://sfapi.sf-express.com/oauth2/accessToken",
    )
