"""What an administrator fills in to connect DHL Express."""

from decimal import Decimal
from typing import Literal

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class DhlExpressSettings(ConnectorSettings):
    """One account; prices depend on the size of the usual package."""

    api_key: str = setting("API key", "API 密钥", "The user name of MyDHL API.", min_length=1)
    api_secret: SecretStr = setting("API secret", "API 私钥", min_length=1)
    account_number: str = setting(
        "Account number", "账号", "That DHL bills as shipper.", min_length=1, max_length=12
    )
    product: str = setting(
        "Product", "产品", "Books this product: «N» domestic, «U» inside the European Union…", default="N"
    )
    length: Decimal = setting(
        "Length", "长", "Of the usual package, in centimetres.", default=Decimal(30), ge=1
    )
    width: Decimal = setting("Width", "宽", "In centimetres.", default=Decimal(20), ge=1)
    height: Decimal = setting("Height", "高", "In centimetres.", default=Decimal(10), ge=1)
    label_format: Literal["pdf", "zpl", "lp2", "epl"] = setting("Label format", "面单格式", default="pdf")
    api_url: str = setting(
        "API address",
        "接口地址",
        "For tests: https://express.api.dhl.com/mydhlapi/test",
        default="https://express.api.dhl.com/mydhlapi",
    )
