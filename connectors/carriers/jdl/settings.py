"""What an administrator fills in to connect JD Logistics."""

from typing import Literal

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class JdlSettings(ConnectorSettings):
    """One application of the JDL open platform, for a customer with a contract."""

    app_key: str = setting("App key", "应用标识", "From JDL's console.", min_length=1)
    app_secret: SecretStr = setting("App secret", "应用密钥", "Signs every call.", min_length=1)
    access_token: SecretStr = setting(
        "Access token", "访问令牌", "Given by JDL's console for about a year.", min_length=1
    )
    algorithm: Literal["md5-salt", "HMacMD5", "HMacSHA1", "HMacSHA256", "HMacSHA512"] = setting(
        "Signature", "签名算法", default="md5-salt"
    )
    webhook_token: SecretStr = setting(
        "Webhook token",
        "推送令牌",
        "Append ?token=… with this unguessable text to the push address in JDL's console.",
        min_length=16,
    )
    customer_code: str = setting("Customer code", "客户编码", "As in the contract.", min_length=1)
    product: str = setting(
        "Product", "产品编码", "productCode: ed-m-0001 is JD standard.", default="ed-m-0001"
    )
    settle_type: Literal[1, 2, 3] = setting(
        "Payer", "付款方式", "1 sender, 2 recipient, 3 monthly.", default=3
    )
    asks_for_pickup: bool = setting(
        "Ask for pickup", "上门揽收", "A courier collects; else parcels are brought to JD.", default=True
    )
    service_url: str = setting("Service address", "接口地址", default="https://api.jdl.com")
