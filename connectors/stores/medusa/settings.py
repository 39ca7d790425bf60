"""What an administrator fills in to connect a Medusa server."""

from pydantic import HttpUrl, SecretStr

from connectors.kit import ConnectorSettings, setting


class MedusaSettings(ConnectorSettings):
    """A secret API key has the rights of an administrator and does not end."""

    url: HttpUrl = setting("Server address", "服务器地址", "Without /admin: https://shop.example.")
    api_key: SecretStr = setting(
        "Secret API key", "私有 API 密钥", "From Settings, Secret API Keys; starts with sk_."
    )
    stock_location_id: str = setting(
        "Stock location id",
        "库存地点编号",
        "Where stock is written and parcels leave. Empty: stock to the first location, parcels from the one"
        " of their shipping option.",
        default="",
    )
    notify_buyers: bool = setting(
        "Notify buyers", "通知买家", "Lets Medusa tell buyers about shipped parcels.", default=True
    )
    page_size: int = setting(
        "Page size", "每页数量", "Medusa computes every order's totals anew.", default=50, ge=1, le=100
    )
