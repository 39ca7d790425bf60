"""What an administrator fills in to connect Kuaidi100."""

from typing import Literal

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class Kuaidi100Settings(ConnectorSettings):
    """One account of Kuaidi100. The e-waybill part may stay empty where it only tracks."""

    customer: str = setting("Customer", "公司编号", "Company id of the account.", min_length=1)
    key: SecretStr = setting("Key", "授权密钥", "Grant key; signs every call.", min_length=1)
    secret: SecretStr = setting("Secret", "授权 secret", "Signs labels and cancellations.", min_length=1)
    salt: SecretStr = setting(
        "Push salt",
        "推送签名盐",
        "Our own unguessable text; Kuaidi100 signs its pushes with it.",
        min_length=8,
    )
    recognise_company: bool = setting(
        "Correct the company",
        "自动识别公司",
        "Let Kuaidi100 correct a wrong carrier (autoCom).",
        default=False,
    )
    company: str = setting(
        "Company", "快递公司编码", "Books with this company (kuaidicom), such as yuantong.", default=""
    )
    partner_id: str = setting(
        "E-waybill account", "电子面单账号", "partnerId, given by the company.", default=""
    )
    partner_key: SecretStr = setting("E-waybill password", "电子面单密码", default=SecretStr(""))
    partner_secret: SecretStr = setting("E-waybill secret", "电子面单密钥", default=SecretStr(""))
    partner_name: str = setting("E-waybill account name", "电子面单账户名称", default="")
    net: str = setting("Outlet", "收件网点", "The company's outlet that collects.", default="")
    code: str = setting("E-waybill code", "承载编号", default="")
    check_man: str = setting("Courier", "快递员", default="")
    taobao_net: Literal["taobao", "cainiao"] = setting(
        "Waybills for Taobao",
        "淘宝面单渠道",
        "Channel that resolves masked Taobao receivers.",
        default="taobao",
    )
    pay_type: Literal["SHIPPER", "CONSIGNEE", "MONTHLY", "THIRDPARTY"] = setting(
        "Payer", "支付方式", default="SHIPPER"
    )
    product: str = setting("Product", "产品类型", "expType in the company's words.", default="标准快递")
    print_type: Literal["NON", "HTML", "IMAGE", "CLOUD"] = setting("Label", "面单形式", default="HTML")
    template: str = setting("Label template", "面单模板", "tempId from the console.", default="")
    printer: str = setting("Cloud printer", "云打印设备码", "siid; for label CLOUD.", default="")
    query_url: str = setting("Query address", "查询地址", default="https://poll.kuaidi100.com/poll/query.do")
    subscribe_url: str = setting(
        "Subscription address", "订阅地址", default="https://poll.kuaidi100.com/poll"
    )
    label_url: str = setting("Label address", "面单地址", default="https://api.kuaidi100.com/label/order")
