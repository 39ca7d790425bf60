"""What an administrator fills in to connect a Shopify store."""

from typing import Self

from pydantic import SecretStr, field_validator, model_validator

from connectors.kit import ConnectorSettings, setting

LOCATION = "gid://shopify/Location/"


class ShopifySettings(ConnectorSettings):
    """Signs in by the first of: fixed access token, refresh token, client credentials."""

    shop: str = setting(
        "Shop domain",
        "店铺域名",
        "The permanent domain, for example acme.myshopify.com (never the shop's own domain).",
        pattern=r"^[a-z0-9][a-z0-9-]*\.myshopify\.com$",
    )
    client_id: str = setting("Client ID", "客户端 ID", "Of the app, in its settings.", default="")
    client_secret: SecretStr | None = setting(
        "Client secret", "客户端密钥", "Of the app; also signs its webhooks.", default=None
    )
    former_client_secret: SecretStr | None = setting(
        "Former client secret",
        "旧客户端密钥",
        "For an hour after the secret was rotated, webhooks may still be signed with the old one.",
        default=None,
    )
    access_token: SecretStr | None = setting(
        "Access token",
        "访问令牌",
        "Only for an app made in the shop's admin; starts with shpat_.",
        default=None,
    )
    refresh_token: SecretStr | None = setting(
        "Refresh token",
        "刷新令牌",
        "Of an expiring offline token; Shopify replaces it at each use.",
        default=None,
    )
    location_id: str = setting(
        "Location", "库存地点", "Id of the location whose stock the hub writes; empty: no stock.", default=""
    )
    notify_customer: bool = setting(
        "Notify customers", "通知买家", "Shopify mails the buyer when a parcel is recorded.", default=False
    )
    page_size: int = setting(
        "Orders per page",
        "每页订单数",
        "Halved by itself where Shopify finds a page too expensive.",
        default=5,
        ge=1,
        le=250,
    )
    overlap_minutes: int = setting(
        "Overlap in minutes",
        "重叠分钟数",
        "How far each pull reaches back: Shopify's search shows changes late.",
        default=10,
        ge=1,
        le=1440,
    )
    endpoint: str = setting("Endpoint", "接口地址", "Empty: the shop's own; a twin has another.", default="")

    @field_validator("shop", mode="before")
    @classmethod
    def _bare_domain(cls, value: object) -> object:
        return value.strip().lower().removeprefix("https://").rstrip("/") if isinstance(value, str) else value

    @field_validator("location_id")
    @classmethod
    def _global_id(cls, value: str) -> str:
        number = value.removeprefix(LOCATION)
        if number and not number.isdecimal():
            raise ValueError("enter the number of a location, or its gid://shopify/Location/… id")
        return f"{LOCATION}{number}" if number else ""

    @model_validator(mode="after")
    def _can_sign_in(self) -> Self:
        if self.access_token is None and not (self.client_id and self.client_secret):
            raise ValueError("enter an access token, or client ID and client secret")
        return self

    @property
    def base_url(self) -> str:
        return self.endpoint.rstrip("/") or f"https://{self.shop}"
