"""What an administrator fills in to connect a Saleor server."""

from pydantic import HttpUrl, SecretStr

from connectors.kit import ConnectorSettings, setting


class SaleorSettings(ConnectorSettings):
    """The token of an app with the permissions Manage orders, Manage products and Manage apps."""

    url: HttpUrl = setting(
        "GraphQL address", "GraphQL 地址", "For example https://shop.example/graphql/, with the last slash."
    )
    app_token: SecretStr = setting("App token", "应用令牌", "From the dashboard: Apps, the app, Tokens.")
    webhook_secret: SecretStr = setting(
        "Webhook secret", "Webhook 密钥", "Any long text of your choice; empty: none.", default=SecretStr("")
    )
    warehouse_id: str = setting(
        "Warehouse id", "仓库编号", "Where stock is written and parcels leave. Empty: the first.", default=""
    )
    notify_customers: bool = setting(
        "Notify customers", "通知买家", "Saleor mails the buyer for every parcel.", default=False
    )
    page_size: int = setting("Page size", "每页数量", default=50, ge=1, le=100)
