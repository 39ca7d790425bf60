"""What an administrator fills in to connect ZTO."""

from typing import Literal

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class ZtoSettings(ConnectorSettings):
    """One application of the ZOP open platform, with MD5 and Base64 as its kind of signature."""

    app_key: str = setting("App key", "应用标识", "appKey from the console.", min_length=1)
    app_secret: SecretStr = setting(
        "App secret", "应用密钥", "Signs calls and pushes (appSecret).", min_length=1
    )
    partner_type: Literal["1", "2"] = setting(
        "Partner type", "合作模式", "1 group customer, 2 other.", default="2"
    )
    order_type: Literal["1", "2", "3", "4"] = setting(
        "Order type",
        "订单类型",
        "1 standing pick-up, 2 courier by appointment, 3 the same with a later number, 4 alliance.",
        default="1",
    )
    account_id: str = setting("E-waybill account", "电子面单账号", default="")
    account_password: SecretStr = setting("E-waybill password", "电子面单密码", default=SecretStr(""))
    customer_id: str = setting("Customer code", "集团客户编码", "For group customers.", default="")
    service_url: str = setting(
        "Service address",
        "接口地址",
        "The name of the service is appended.",
        default="https://japi.zto.com",
    )
