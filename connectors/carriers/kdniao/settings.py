"""What an administrator fills in to connect Kdniao."""

from typing import Literal

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class KdniaoSettings(ConnectorSettings):
    """One account of Kdniao. The e-waybill part may stay empty where it only tracks."""

    user_id: str = setting("User id", "用户 ID", "EBusinessID of the account.", min_length=1)
    app_key: SecretStr = setting("API key", "接口密钥", "Signs calls and pushes.", min_length=1)
    company: str = setting(
        "Company", "快递公司编码", "Books with this company (ShipperCode), such as YTO.", default=""
    )
    customer_name: str = setting("E-waybill account", "电子面单客户号", "CustomerName.", default="")
    customer_password: SecretStr = setting("E-waybill password", "电子面单密码", default=SecretStr(""))
    send_site: str = setting("Outlet", "收件网点", "The company's outlet that collects.", default="")
    month_code: str = setting("Monthly account", "月结编码", default="")
    pay_type: Literal[1, 2, 3, 4] = setting(
        "Payer", "支付方式", "1 cash, 2 recipient, 3 monthly, 4 third party.", default=3
    )
    product: str = setting("Product", "快递类型", "ExpType in the company's numbers.", default="1")
    collection_account: str = setting(
        "Collection account", "代收货款账号", "Whom cash on delivery is paid to (CustomerID).", default=""
    )
    asks_for_pickup: bool = setting(
        "Ask for pickup", "通知上门取件", "Sends a courier for each booking.", default=True
    )
    tracking_url: str = setting("Tracking address", "轨迹接口地址", default="https://api.kdniao.com/api/dist")
    waybill_url: str = setting(
        "E-waybill address", "电子面单接口地址", default="https://api.kdniao.com/api/EOrderService"
    )
