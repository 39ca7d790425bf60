"""What an administrator fills in to connect USPS."""

from decimal import Decimal
from typing import Literal

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class UspsSettings(ConnectorSettings):
    """One app of the developer portal, one mailer; prices depend on the size of the usual package."""

    client_id: str = setting("Consumer key", "客户端编号", "Of the app in USPS's portal.", min_length=1)
    client_secret: SecretStr = setting("Consumer secret", "客户端密钥", min_length=1)
    crid: str = setting("CRID", "客户注册编号", "Customer registration ID.", min_length=1)
    mid: str = setting("MID", "邮寄者编号", "Mailer ID of the labels.", min_length=1)
    manifest_mid: str = setting("Manifest MID", "清单邮寄者编号", "Mailer ID of manifests.", min_length=1)
    account_number: str = setting("Account number", "账号", "That USPS bills.", min_length=1)
    account_type: Literal["EPS", "PERMIT", "METER"] = setting("Account type", "账号类型", default="EPS")
    mail_class: str = setting(
        "Mail class", "邮件类别", "Books this class, e.g. «PRIORITY_MAIL».", default="USPS_GROUND_ADVANTAGE"
    )
    price_type: Literal["RETAIL", "COMMERCIAL", "CONTRACT"] = setting(
        "Price type", "价格类型", default="COMMERCIAL"
    )
    length: Decimal = setting("Length", "长", "Of the usual package, in inches.", default=Decimal(12), gt=0)
    width: Decimal = setting("Width", "宽", "In inches.", default=Decimal(9), gt=0)
    height: Decimal = setting("Height", "高", "In inches.", default=Decimal(4), gt=0)
    label_format: Literal["PDF", "TIFF", "ZPL203DPI", "ZPL300DPI"] = setting(
        "Label format", "面单格式", default="PDF"
    )
    api_url: str = setting(
        "API address",
        "接口地址",
        "For tests: https://apis-tem.usps.com",
        default="https://apis.usps.com",
    )
