"""AfterShip's signatures: of requests with an AES key, and of pushes."""

import email.utils
from collections.abc import Callable, Generator
from datetime import UTC, datetime

import httpx

from connectors.kit.signing import hmac_base64, md5_hex_upper

SIGNATURE = "as-signature-hmac-sha256"


def sign_push(body: bytes, secret: str) -> str:
    """`aftership-hmac-sha256` over the raw body."""
    return hmac_base64(secret, body)


def sign_string(request: httpx.Request, date: str) -> str:
    """Method, MD5 and type of the body, date, our `as-*` headers, and the resource with its query sorted."""
    named = sorted(it for it in request.headers if it.startswith("as-") and it != SIGNATURE)
    path, _, query = request.url.raw_path.decode().partition("?")
    resource = f"{path}?{'&'.join(sorted(query.split('&')))}" if query else path
    body = request.content.decode()
    return "\n".join(
        (
            request.method,
            md5_hex_upper(body) if body else "",
            request.headers.get("content-type", "") if body else "",
            date,
            *(f"{name}:{request.headers[name].strip()}" for name in named),
            resource,
        )
    )


class SignedKey(httpx.Auth):
    """Signs each request as it is sent, at the time it is sent."""

    requires_request_body = True

    def __init__(self, secret: str, now: Callable[[], datetime]) -> None:
        self._secret = secret
        self._now = now

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        date = email.utils.format_datetime(self._now().astimezone(UTC), usegmt=True)
        request.headers["date"] = date
        request.headers[SIGNATURE] = hmac_base64(self._secret, sign_string(request, date).encode())
        yield request
