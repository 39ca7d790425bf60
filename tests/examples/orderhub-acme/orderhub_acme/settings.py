"""What an administrator fills in to connect an Acme store."""

from connectors.kit import ConnectorSettings, setting
from pydantic import SecretStr


class AcmeSettings(ConnectorSettings):
    """Key and secret of a private app; Acme signs its webhooks with a secret of their own."""

    base_url: str = setting("Address", "接口地址", "Acme's interface.", default="https://api.acme.example")
    app_key: str = setting("App key", "应用标识", "Shown in Acme under Apps.")
    app_secret: SecretStr = setting("App secret", "应用密钥", "Shown once when the app is made.")
    webhook_secret: SecretStr = setting("Webhook secret", "推送密钥", "Shown in Acme under Hooks.")
