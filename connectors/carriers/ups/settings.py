"""What an administrator fills in to connect UPS."""

from typing import Literal

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class UpsSettings(ConnectorSettings):
    """One app of the developer portal, one account."""

    client_id: str = setting("Client ID", "客户端编号", "Of the app in UPS's developer portal.", min_length=1)
    client_secret: SecretStr = setting("Client secret", "客户端密钥", min_length=1)
    shipper_number: str = setting(
        "Account number", "账号", "The six characters that UPS bills.", min_length=6, max_length=6
    )
    webhook_credential: SecretStr = setting(
        "Webhook credential",
        "推送凭证",
        "Our own unguessable text; enter it in the portal under «Manage Webhook Credentials».",
        min_length=8,
    )
    webhook_header: str = setting(
        "Webhook header", "推送凭证请求头", "The header that carries the credential.", default="credential"
    )
    service: str = setting(
        "Service", "服务", "Books this service: «03» Ground, «11» Standard, «02» 2nd Day Air…", default="03"
    )
    label_format: Literal["GIF", "PNG", "ZPL", "EPL", "SPL"] = setting(
        "Label format", "面单格式", default="GIF"
    )
    api_url: str = setting(
        "API address",
        "接口地址",
        "For tests: https://wwwcie.ups.com",
        default="https://onlinetools.ups.com",
    )
