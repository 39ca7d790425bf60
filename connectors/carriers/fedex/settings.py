"""What an administrator fills in to connect FedEx."""

from typing import Literal

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class FedExSettings(ConnectorSettings):
    """One account. FedEx often wants a project of its own for tracking, with keys of its own."""

    client_id: str = setting(
        "API key", "API 密钥", "Of the project in FedEx's developer portal.", min_length=1
    )
    client_secret: SecretStr = setting("Secret key", "私钥", min_length=1)
    account_number: str = setting("Account number", "账号", "The nine digits that FedEx bills.", min_length=9)
    track_client_id: str = setting(
        "API key for tracking", "查询 API 密钥", "Empty: tracking belongs to the same project.", default=""
    )
    track_client_secret: SecretStr = setting("Secret key for tracking", "查询私钥", default=SecretStr(""))
    service: str = setting(
        "Service", "服务", "Books this service: «FEDEX_GROUND», «FEDEX_2_DAY»…", default="FEDEX_GROUND"
    )
    pickup_type: Literal["USE_SCHEDULED_PICKUP", "DROPOFF_AT_FEDEX_LOCATION", "CONTACT_FEDEX_TO_SCHEDULE"] = (
        setting("Pickup", "揽收方式", default="USE_SCHEDULED_PICKUP")
    )
    label_format: Literal["PDF", "PNG", "ZPLII", "EPL2"] = setting("Label format", "面单格式", default="PDF")
    api_url: str = setting(
        "API address",
        "接口地址",
        "For tests: https://apis-sandbox.fedex.com",
        default="https://apis.fedex.com",
    )
