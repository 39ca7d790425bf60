"""What an administrator fills in to connect a Magento store."""

from pydantic import HttpUrl, SecretStr

from connectors.kit import ConnectorSettings, setting


class MagentoSettings(ConnectorSettings):
    """An integration of System › Extensions › Integrations, with the resources Sales, Catalog › Inventory and
    Stores › Inventory. Its keys do not end."""

    url: HttpUrl = setting("Store address", "店铺地址", "Without /rest: https://shop.example.")
    store_code: str = setting(
        "Store view",
        "店铺视图代码",
        "Code of the view whose interface is used; all: orders of every view.",
        default="all",
        pattern=r"^[a-z][a-z0-9_]*$",
    )
    consumer_key: str = setting("Consumer key", "Consumer key（应用公钥）", min_length=1)
    consumer_secret: SecretStr = setting("Consumer secret", "Consumer secret（应用密钥）")
    access_token: SecretStr = setting("Access token", "访问令牌")
    access_token_secret: SecretStr = setting("Access token secret", "访问令牌密钥")
    source_code: str = setting(
        "Inventory source", "库存来源代码", "Where stock is written and parcels leave.", default="default"
    )
    stock_id: int = setting("Stock", "库存编号", "Number of the stock that the store sells.", default=1, ge=1)
    notify_customers: bool = setting(
        "Notify customers", "通知买家", "Magento mails the buyer for every parcel.", default=False
    )
    page_size: int = setting("Page size", "每页数量", default=100, ge=2, le=300)
    overlap_minutes: int = setting(
        "Overlap in minutes",
        "重叠分钟数",
        "How far each pull reaches back: replicas of the database show orders late.",
        default=5,
        ge=1,
        le=1440,
    )

    @property
    def root(self) -> str:
        return f"{str(self.url).rstrip('/')}/rest/{self.store_code}/V1"
