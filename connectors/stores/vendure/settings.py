"""What an administrator fills in to connect a Vendure server."""

from typing import Self

from pydantic import HttpUrl, SecretStr, model_validator

from connectors.kit import ConnectorSettings, setting


class VendureSettings(ConnectorSettings):
    """Either user name and password of an administrator, or an API key."""

    url: HttpUrl = setting(
        "Admin API address", "Admin API 地址", "For example https://shop.example/admin-api."
    )
    username: str = setting(
        "User name", "用户名", "An administrator who may change orders and the catalogue.", default=""
    )
    password: SecretStr = setting("Password", "密码", default=SecretStr(""))
    api_key: SecretStr = setting(
        "API key", "API 密钥", "Instead of user name and password.", default=SecretStr("")
    )
    channel_token: SecretStr = setting(
        "Channel token", "渠道令牌", "Empty: the server's default channel.", default=SecretStr("")
    )
    stock_location_id: str = setting(
        "Stock location id", "库存地点编号", "Empty: the first stock location.", default=""
    )
    page_size: int = setting(
        "Page size", "每页数量", "Shrinks by itself to the server's list limit.", default=100, ge=1, le=1000
    )

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if not self.api_key.get_secret_value() and not (self.username and self.password.get_secret_value()):
            raise ValueError("enter user name and password, or an API key")
        return self
