"""What an administrator fills in to connect a JD shop."""

from pydantic import SecretStr

from connectors.kit import ConnectorSettings, setting


class JdSettings(ConnectorSettings):
    """An application of open.jd.com and the shop's consent to it."""

    app_key: str = setting("App key", "应用 app_key", min_length=1)
    app_secret: SecretStr = setting("App secret", "应用 app_secret", min_length=1)
    refresh_token: SecretStr = setting(
        "Refresh token",
        "刷新令牌 refresh_token",
        "From the shop's consent; newer ones are kept.",
        min_length=1,
    )
    gateway: str = setting(
        "Gateway", "网关地址", default="https://api.jd.com/routerjson", pattern="^https?://"
    )
    login: str = setting(
        "Login address", "授权地址", default="https://open-oauth.jd.com", pattern="^https?://"
    )
