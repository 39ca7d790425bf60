"""What an administrator fills in to connect 17TRACK."""

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class Track17Settings(ConnectorSettings):
    """One account. The address that 17TRACK pushes to is entered in its console."""

    security_key: SecretStr = setting(
        "Security key", "密钥", "Proves who asks, and signs the pushes.", min_length=1
    )
    api_url: str = setting(
        "API address", "接口地址", "With the version.", default="https://api.17track.net/track/v2.2"
    )
