"""What an administrator fills in to connect a Taobao or Tmall shop."""

from typing import Literal

from pydantic import SecretStr, field_validator

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
    message_group: str = setting(
        "Message group",
        "消息分组",
        "Where the message service (TMC) queues this shop's changes: a name of its own (made by itself), or"
        " «default», where the application serves this shop alone; empty: the hub finds changes by asking.",
        default="",
        max_length=32,
    )
    gateway: str = setting(
        "Gateway",
        "网关地址",
        "The sandbox is https://gw.api.tbsandbox.com/router/rest.",
        default="https://eco.taobao.com/router/rest",
        pattern="^https?://",
    )

    @field_validator("message_group")
    @classmethod
    def _group_can_be_made(cls, value: str) -> str:
        if value.startswith("default") and value != "default":
            raise ValueError("only the platform's own groups begin with «default»")
        return value
