"""What an administrator fills in to connect a Douyin shop."""

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class DouyinSettings(ConnectorSettings):
    """An application of the Doudian platform and the shop that it serves."""

    app_key: str = setting("App key", "应用 App Key", min_length=1)
    app_secret: SecretStr = setting("App secret", "应用 App Secret", min_length=1)
    shop_id: str = setting("Shop ID", "店铺 ID", pattern="^[0-9]+$")
    refresh_token: SecretStr | None = setting(
        "Refresh token",
        "刷新令牌",
        "Of a tool application that the shop authorised; empty for an application of one's own.",
        default=None,
    )
    base_url: str = setting(
        "Address",
        "接口地址",
        "The sandbox is https://openapi-sandbox.jinritemai.com.",
        default="https://openapi-fxg.jinritemai.com",
        pattern="^https?://[^/]+$",
    )
