"""What an administrator fills in to connect AfterShip."""

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class AfterShipSettings(ConnectorSettings):
    """One organisation. The address that AfterShip pushes to is entered in its admin."""

    api_key: SecretStr = setting("API key", "API 密钥", min_length=1)
    signing_secret: SecretStr = setting(
        "Signing secret",
        "签名密钥",
        "Of a key of the kind AES; empty for a plain key.",
        default=SecretStr(""),
    )
    webhook_secret: SecretStr = setting(
        "Webhook secret", "推送密钥", "Shown in AfterShip's admin beside the webhooks.", min_length=1
    )
    api_url: str = setting(
        "API address",
        "接口地址",
        "With the version.",
        default="https://api.aftership.com/tracking/2026-07",
    )
