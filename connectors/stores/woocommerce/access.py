"""How requests of one key pair are signed.

HTTPS: Basic, or the keys in the query where a server drops that header. Plain HTTP: one-legged OAuth 1.0a,
whose nonces work once within fifteen minutes, so that every attempt is signed anew (REST API docs,
Authentication; class-wc-rest-authentication.php of plug-in 11.0.1; read 2026-11).
"""

import base64
import hashlib
import hmac
from collections.abc import Generator, Mapping
from itertools import count
from urllib.parse import quote

import httpx

from connectors.kit import Outside
from connectors.stores.woocommerce.settings import WooCommerceSettings


class Access:
    """What every request carries. Only OAuth needs to see the finished request: it is an `httpx.Auth`."""

    def __init__(self, settings: WooCommerceSettings, outside: Outside) -> None:
        key, secret = settings.consumer_key, settings.consumer_secret.get_secret_value()
        self.headers: dict[str, str] = {}
        self.params: dict[str, str] = {}
        self.auth: httpx.Auth | None = None
        if settings.url.scheme == "http":
            self.auth = OneLegged(key, secret, outside)
        elif settings.keys_in_query:
            self.params = {"consumer_key": key, "consumer_secret": secret}
        else:
            coded = base64.b64encode(f"{key}:{secret}".encode()).decode()
            self.headers = {"Authorization": f"Basic {coded}"}


class OneLegged(httpx.Auth):
    """Signs method, address and query. No two nonces of a key are alike: they hold the time, a count and a
    draw."""

    def __init__(self, key: str, secret: str, outside: Outside) -> None:
        self._key = key
        self._secret = secret
        self._outside = outside
        self._count = count()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        now = self._outside.now()
        drawn = f"{now.timestamp()} {next(self._count)} {self._outside.jitter()}"
        signed = {
            **dict(request.url.params),
            "oauth_consumer_key": self._key,
            "oauth_nonce": hashlib.sha256(drawn.encode()).hexdigest()[:32],
            "oauth_signature_method": "HMAC-SHA256",
            "oauth_timestamp": str(int(now.timestamp())),
        }
        address = str(request.url.copy_with(query=None))
        signature = oauth_signature(request.method, address, signed, self._secret)
        request.url = request.url.copy_with(params={**signed, "oauth_signature": signature})
        yield request


def oauth_signature(
    method: str, address: str, parameters: Mapping[str, str], secret: str, digest: str = "sha256"
) -> str:
    """OAuth 1.0a without token: base64 HMAC under the secret and an ampersand."""
    pairs = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in parameters.items())
    query = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join(quote(part, safe="~") for part in (method, address, query))
    return base64.b64encode(hmac.new(f"{secret}&".encode(), base.encode(), digest).digest()).decode()
