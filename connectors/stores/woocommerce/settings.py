"""What an administrator fills in to connect a WooCommerce shop."""

from enum import StrEnum

from pydantic import HttpUrl, SecretStr, field_validator

from connectors.kit import ConnectorSettings, setting

ENTITY_CHARACTERS = frozenset("&<>\"'")


class ParcelRecords(StrEnum):
    """Where the shop keeps parcels."""

    FULFILLMENTS = "fulfillments"
    SHIPMENT_TRACKING = "shipment-tracking"
    NOTES = "notes"


class WooCommerceSettings(ConnectorSettings):
    """A key pair of WooCommerce › Settings › Advanced › REST API, with the permission read/write."""

    url: HttpUrl = setting(
        "Store address", "店铺地址", "Where WordPress is, for example https://shop.example."
    )
    consumer_key: str = setting("Consumer key", "Consumer key（API 公钥）", "Starts with ck_.", min_length=1)
    consumer_secret: SecretStr = setting("Consumer secret", "Consumer secret（API 密钥）", "Starts with cs_.")
    keys_in_query: bool = setting(
        "Keys in the address",
        "密钥放在网址中",
        "Only for servers that drop the Authorization header («Consumer key is missing»).",
        default=False,
    )
    webhook_secret: SecretStr = setting(
        "Webhook secret",
        "Webhook 密钥",
        "Any long text of your choice; empty: no webhooks.",
        default=SecretStr(""),
    )
    parcel_records: ParcelRecords = setting(
        "Parcels are kept as",
        "包裹记录方式",
        "fulfillments: WooCommerce 10.1 and later, where the feature is switched on; shipment-tracking: the"
        " extension of this name; notes: every shop, without quantities.",
        default=ParcelRecords.NOTES,
    )
    tracking_namespace: str = setting(
        "Namespace of the tracking extension",
        "物流扩展的接口路径",
        "wc-shipment-tracking/v3, or wc/v2 for older versions.",
        default="wc-shipment-tracking/v3",
        pattern=r"^[a-z-]+/v[0-9]+$",
    )
    complete_orders: bool = setting(
        "Complete shipped orders",
        "发货后将订单设为已完成",
        "Sets the status «completed» with the last parcel, upon which WooCommerce mails the buyer.",
        default=True,
    )
    notify_customer: bool = setting(
        "Notify customers", "通知买家", "WooCommerce mails the buyer for every parcel.", default=False
    )
    page_size: int = setting("Page size", "每页数量", default=100, ge=2, le=100)
    overlap_minutes: int = setting(
        "Overlap in minutes",
        "重叠分钟数",
        "How far each pull reaches back: orders that are saved late keep an older time.",
        default=5,
        ge=1,
        le=1440,
    )

    @field_validator("webhook_secret")
    @classmethod
    def _survives_html(cls, value: SecretStr) -> SecretStr:
        """WooCommerce decodes HTML entities in it before it signs."""
        if ENTITY_CHARACTERS & set(value.get_secret_value()):
            raise ValueError("choose a webhook secret without & < > \" and '")
        return value

    @property
    def base_url(self) -> str:
        return f"{str(self.url).rstrip('/')}/wp-json"
