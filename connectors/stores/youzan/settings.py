"""What an administrator fills in to connect a Youzan shop."""

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class YouzanSettings(ConnectorSettings):
    """An application of the Youzan cloud and the shop that authorised it."""

    client_id: str = setting("Client ID", "应用 client_id", min_length=1)
    client_secret: SecretStr = setting("Client secret", "应用 client_secret", min_length=1)
    kdt_id: str = setting(
        "Shop ID", "店铺 kdt_id", "The shop that this connection serves.", pattern="^[0-9]+$"
    )
    refresh_token: SecretStr | None = setting(
        "Refresh token",
        "刷新令牌",
        "Of a tool application that the shop authorised; empty for an application of one's own.",
        default=None,
    )
    sender_mobile: str = setting(
        "Sender's mobile number",
        "发货人手机号",
        "Told with parcels of SF Express, which cannot be followed without it.",
        default="",
    )
    base_url: str = setting(
        "Address", "接口地址", default="https://open.youzanyun.com", pattern="^https?://[^/]+$"
    )
