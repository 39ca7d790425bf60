"""OAuth 1.0a (RFC 5849): requests signed under a consumer's secret and, if there is one, a token's.

A nonce works once, so that every attempt is signed anew.
"""

import base64
import hashlib
import hmac
from collections.abc import Generator, Mapping
from itertools import count
from urllib.parse import quote

import httpx

from connectors.kit.outside import Outside


class OAuth1(httpx.Auth):
    """Signs method, address and query with HMAC-SHA256; JSON bodies are not signed. `in_header`: where the
    signature travels, else in the query. No two nonces of a key are alike: they hold the request, the time, a
    count and a draw."""

    def __init__(
        self,
        outside: Outside,
        key: str,
        secret: str,
        *,
        token: str = "",
        token_secret: str = "",
        in_header: bool = False,
    ) -> None:
        self._outside = outside
        self._key = key
        self._secret = secret
        self._token = token
        self._token_secret = token_secret
        self._in_header = in_header
        self._count = count()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        query, own = dict(request.url.params), self._parameters(f"{request.method} {request.url}")
        address = str(request.url.copy_with(query=None))
        signature = oauth_signature(
            request.method, address, {**query, **own}, self._secret, self._token_secret
        )
        own["oauth_signature"] = signature
        if self._in_header:
            words = (f'{name}="{quote(value, safe="~")}"' for name, value in sorted(own.items()))
            request.headers["Authorization"] = f"OAuth {','.join(words)}"
        else:
            request.url = request.url.copy_with(params={**query, **own})
        yield request

    def _parameters(self, asked: str) -> dict[str, str]:
        now = self._outside.now()
        drawn = f"{asked} {now.timestamp()} {next(self._count)} {self._outside.jitter()}"
        named = {
            "oauth_consumer_key": self._key,
            "oauth_nonce": hashlib.sha256(drawn.encode()).hexdigest()[:32],
            "oauth_signature_method": "HMAC-SHA256",
            "oauth_timestamp": str(int(now.timestamp())),
        }
        return {**named, "oauth_token": self._token, "oauth_version": "1.0"} if self._token else named


def oauth_signature(
    method: str,
    address: str,
    parameters: Mapping[str, str],
    secret: str,
    token_secret: str = "",
    *,
    digest: str = "sha256",
) -> str:
    """Base64 HMAC over method, address and sorted parameters; `digest` as hashlib names it."""
    pairs = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in parameters.items())
    query = "&".join(f"{name}={value}" for name, value in pairs)
    signed = "&".join(quote(part, safe="~") for part in (method, address, query))
    key = f"{quote(secret, safe='~')}&{quote(token_secret, safe='~')}"
    return base64.b64encode(hmac.new(key.encode(), signed.encode(), digest).digest()).decode()
