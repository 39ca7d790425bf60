"""What an administrator fills in to connect EasyPost."""

from typing import Literal

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class EasyPostSettings(ConnectorSettings):
    """One key; whether it is a test or a production key decides the mode."""

    api_key: SecretStr = setting("API key", "API 密钥", "EZTK… for tests, EZAK… to ship.", min_length=1)
    webhook_secret: SecretStr = setting(
        "Webhook secret",
        "推送密钥",
        "Our own unguessable text; EasyPost signs its pushes with it.",
        min_length=8,
    )
    service: str = setting(
        "Service",
        "服务",
        "Books this service («USPS/Priority», or «Priority» of any carrier); empty: the cheapest of all.",
        default="",
    )
    carrier_accounts: str = setting(
        "Carrier accounts",
        "承运商账号",
        "Rates only these, separated by commas; empty: all of the account.",
        default="",
    )
    package: str = setting(
        "Package", "包装", "Predefined package of a carrier; empty: rated by weight alone.", default=""
    )
    label_format: Literal["PDF", "PNG", "ZPL", "EPL2"] = setting("Label format", "面单格式", default="PDF")
    api_url: str = setting("API address", "接口地址", default="https://api.easypost.com/v2")
