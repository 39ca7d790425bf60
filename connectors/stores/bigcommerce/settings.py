"""What an administrator fills in to connect a BigCommerce store."""

from pydantic import HttpUrl, SecretStr

from connectors.kit import ConnectorSettings, setting


class BigCommerceSettings(ConnectorSettings):
    """A store-level API account (Settings, API accounts) with the scopes Orders: modify, Order transactions:
    read-only and Store inventory: modify. Its token does not end."""

    store_hash: str = setting(
        "Store hash", "店铺编号（store hash）", "In the API path, behind stores/.", pattern=r"^[a-z0-9]+$"
    )
    access_token: SecretStr = setting("Access token", "访问令牌", "Of the API account.")
    client_secret: SecretStr = setting(
        "Client secret",
        "客户端密钥",
        "Of the same account; it signs webhooks.",
        default=SecretStr(""),
    )
    location_id: int = setting(
        "Inventory location", "库存地点编号", "Where stock is written.", default=1, ge=1
    )
    page_size: int = setting("Page size", "每页数量", default=100, ge=2, le=250)
    api_url: HttpUrl = setting(
        "API address", "接口地址", "Only for tests.", default=HttpUrl("https://api.bigcommerce.com")
    )

    @property
    def root(self) -> str:
        return f"{str(self.api_url).rstrip('/')}/stores/{self.store_hash}"
