"""How JD Logistics signs: a text of secret, token, key, path, body and time, in the query of every call."""

from collections.abc import Callable, Generator
from datetime import datetime

import httpx

from connectors.carriers.jdl.settings import JdlSettings
from connectors.kit.signing import hmac_base64, md5_hex_upper
from mappings.china import beijing_text

VERSION = "2.0"


def sign(settings: JdlSettings, path: str, body: str, timestamp: str) -> str:
    """`sign` of exactly the body that is sent; HMACs are keyed with the secret that is in the text, too."""
    secret, token = settings.app_secret.get_secret_value(), settings.access_token.get_secret_value()
    who = f"access_token{token}app_key{settings.app_key}"
    what = f"method{path}param_json{body}timestamp{timestamp}v{VERSION}"
    text = f"{secret}{who}{what}{secret}"
    if settings.algorithm == "md5-salt":
        return md5_hex_upper(text)
    return hmac_base64(secret, text.encode(), settings.algorithm.removeprefix("HMac").lower())


class SignedQuery(httpx.Auth):
    """Signs each attempt anew, since the time is signed with it."""

    requires_request_body = True

    def __init__(self, settings: JdlSettings, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        timestamp = beijing_text(self._now())
        query = {
            "LOP-DN": "ECAP",
            "access_token": self._settings.access_token.get_secret_value(),
            "app_key": self._settings.app_key,
            "timestamp": timestamp,
            "v": VERSION,
            "algorithm": self._settings.algorithm,
            "sign": sign(self._settings, request.url.path, request.content.decode(), timestamp),
        }
        request.url = request.url.copy_merge_params(query)
        yield request
