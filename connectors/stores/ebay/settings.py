"""What an administrator fills in to connect an eBay seller account."""

from typing import Literal

from pydantic import HttpUrl, SecretStr

from connectors.kit import ConnectorSettings, setting

Environment = Literal["production", "sandbox"]
HOSTS = {"production": "https://api.ebay.com", "sandbox": "https://api.sandbox.ebay.com"}


class EbaySettings(ConnectorSettings):
    """A keyset of developer.ebay.com, and the consent of the seller with the scopes sell.fulfillment and
    sell.inventory."""

    client_id: str = setting("App id", "应用编号（App ID）", "Client id of the keyset.", min_length=1)
    client_secret: SecretStr = setting("Cert id", "证书编号（Cert ID）", "Client secret of the keyset.")
    refresh_token: SecretStr = setting(
        "Refresh token", "刷新令牌", "From the seller's consent (User tokens); it lasts about 18 months."
    )
    environment: Environment = setting("Environment", "环境", "sandbox: test orders.", default="production")
    page_size: int = setting("Page size", "每页数量", default=100, ge=2, le=200)
    api_url: HttpUrl | None = setting(
        "API address", "接口地址", "Only for tests; empty: that of the environment.", default=None
    )

    @property
    def root(self) -> str:
        return str(self.api_url or HOSTS[self.environment]).rstrip("/")
