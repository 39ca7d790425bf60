"""What an administrator fills in to connect Swift."""

from connectors.kit import ConnectorSettings, setting
from pydantic import SecretStr


class SwiftSettings(ConnectorSettings):
    """One key for calls, one secret for pushes."""

    base_url: str = setting("Address", "接口地址", "Swift's interface.", default="https://api.swift.example")
    api_key: SecretStr = setting("API key", "接口密钥", "From Swift's customer portal.")
    push_secret: SecretStr = setting("Push secret", "推送密钥", "Signs what Swift posts.")
