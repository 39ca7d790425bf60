"""What an administrator fills in to connect a Taobao or Tmall shop."""

from typing import Literal

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class TaobaoSettings(ConnectorSettings):
    """An application of the open platform and the shop's consent to it.

    A merchant's own application gets a session key of fixed length that cannot be refreshed: when it ends,
    the seller signs in again and the new key is entered here.
    """

    app_key: str = setting("App key", "应用 App Key", min_length=1)
    app_secret: SecretStr = setting("App secret", "应用 App Secret", min_length=1)
    session_key: SecretStr = setting(
        "Session key", "授权 Session Key", "The shop's consent; ends at a fixed date.", min_length=1
    )
    sign_method: Literal["md5", "hmac", "hmac-sha256"] = setting(
        "Signature", "签名方式", "What the application is set to.", default="hmac"
    )
    gateway: str = setting(
        "Gateway",
        "网关地址",
        "The sandbox is https://gw.api.tbsandbox.com/router/rest.",
        default="https://eco.taobao.com/router/rest",
        pattern="^https?://",
    )
