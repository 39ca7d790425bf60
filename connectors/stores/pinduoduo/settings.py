"""What an administrator fills in to connect a Pinduoduo shop."""

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class PinduoduoSettings(ConnectorSettings):
    """An application of the open platform and the shop's consent to it."""

    client_id: str = setting("Client ID", "应用 client_id", min_length=1)
    client_secret: SecretStr = setting("Client secret", "应用 client_secret", min_length=1)
    refresh_token: SecretStr = setting(
        "Refresh token",
        "刷新令牌 refresh_token",
        "From the shop's consent; newer ones are kept.",
        min_length=1,
    )
    gateway: str = setting(
        "Gateway",
        "网关地址",
        default="https://gw-api.pinduoduo.com/api/router",
        pattern="^https?://",
    )
