"""What an administrator fills in to follow parcels of DHL."""

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class DhlSettings(ConnectorSettings):
    """One key of the developer portal."""

    api_key: SecretStr = setting("API key", "API 密钥", "Of «Shipment Tracking - Unified».", min_length=1)
    service: str = setting(
        "Division", "业务板块", "Asks only this one («parcel-de», «express»…); empty: all.", default=""
    )
    webhook_header: str = setting(
        "Webhook header", "推送请求头", "The header that carries our token.", default="x-orderhub-token"
    )
    webhook_token: SecretStr = setting(
        "Webhook token",
        "推送令牌",
        "Our own unguessable text; DHL's subscription must send it.",
        min_length=8,
    )
    api_url: str = setting("API address", "接口地址", default="https://api-eu.dhl.com")
