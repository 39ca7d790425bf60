"""What an administrator fills in to connect an Amazon seller account."""

from typing import Literal

from pydantic import HttpUrl, SecretStr

from connectors.kit import ConnectorSettings, setting

Region = Literal["na", "eu", "fe"]


class AmazonSettings(ConnectorSettings):
    """A private application of Seller Central (Develop apps), authorised by the seller, with the roles
    Inventory and Order Tracking, Product Listing and Direct-to-Consumer Delivery."""

    region: Region = setting(
        "Region",
        "区域",
        "na: the Americas; eu: Europe, the Middle East, India; fe: Japan, Australia, Singapore.",
    )
    marketplace_id: str = setting(
        "Marketplace", "站点编号", "Its id, ATVPDKIKX0DER for amazon.com.", pattern=r"^[A-Z0-9]{10,16}$"
    )
    seller_id: str = setting(
        "Seller id", "卖家编号", "Merchant token in Account Info.", pattern=r"^[A-Z0-9]{5,20}$"
    )
    client_id: str = setting("Client id", "客户端编号", "LWA credentials of the application.", min_length=1)
    client_secret: SecretStr = setting("Client secret", "客户端密钥", "Amazon ends it every 180 days.")
    refresh_token: SecretStr = setting(
        "Refresh token", "刷新令牌", "Shown once when the application is authorised; begins with Atzr."
    )
    include_fba: bool = setting(
        "Orders that Amazon ships",
        "包含亚马逊配送订单",
        "Read them too; nobody here ships them.",
        default=False,
    )
    handling_days: int | None = setting(
        "Handling days", "备货天数", "Told with stock; empty: Amazon's default.", default=None, ge=0, le=30
    )
    page_size: int = setting("Page size", "每页数量", default=100, ge=2, le=100)
    api_url: HttpUrl | None = setting(
        "API address", "接口地址", "Only for tests; empty: that of the region.", default=None
    )
    login_url: HttpUrl = setting(
        "Login address", "登录地址", "Only for tests.", default=HttpUrl("https://api.amazon.com")
    )

    @property
    def root(self) -> str:
        return str(self.api_url or f"https://sellingpartnerapi-{self.region}.amazon.com").rstrip("/")

    @property
    def token_url(self) -> str:
        return f"{str(self.login_url).rstrip('/')}/auth/o2/token"
