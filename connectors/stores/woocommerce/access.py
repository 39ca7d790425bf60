"""How requests of one key pair are signed.

HTTPS: Basic, or the keys in the query where a server drops that header. Plain HTTP: one-legged OAuth 1.0a,
whose nonces work once within fifteen minutes, so that every attempt is signed anew (REST API docs,
Authentication; class-wc-rest-authentication.php of plug-in 11.0.1; read 2026-11).
"""

import base64

import httpx

from connectors.kit import Outside
from connectors.kit.oauth1 import OAuth1
from connectors.stores.woocommerce.settings import WooCommerceSettings


class Access:
    """What every request carries. Only OAuth needs to see the finished request: it is an `httpx.Auth`."""

    def __init__(self, settings: WooCommerceSettings, outside: Outside) -> None:
        key, secret = settings.consumer_key, settings.consumer_secret.get_secret_value()
        self.headers: dict[str, str] = {}
        self.params: dict[str, str] = {}
        self.auth: httpx.Auth | None = None
        if settings.url.scheme == "http":
            self.auth = OAuth1(outside, key, secret)
        elif settings.keys_in_query:
            self.params = {"consumer_key": key, "consumer_secret": secret}
        else:
            coded = base64.b64encode(f"{key}:{secret}".encode()).decode()
            self.headers = {"Authorization": f"Basic {coded}"}
