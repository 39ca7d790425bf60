"""WordPress's REST manners in the twin: keys, parameters, refusals in its words, pages."""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from connectors.kit.oauth1 import oauth_signature
from connectors.kit.signing import same
from connectors.stores.woocommerce.twin_render import ZONE

KEY, SECRET = "ck_twin", "cs_twin_secret"
WINDOW = timedelta(minutes=15)
LARGEST_PAGE = 100


class RestRefusal(Exception):
    def __init__(self, status: int, code: str | int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def answer(self) -> Response:
        body = {"code": self.code, "message": str(self), "data": {"status": self.status}}
        return reply(body, self.status)


def reply(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return raw_reply(msgspec.json.encode(body), status, headers)


def raw_reply(content: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(content, status, dict(headers or {}), media_type="application/json; charset=UTF-8")


def no_route() -> RestRefusal:
    words = "No route was found matching the URL and request method."
    return RestRefusal(404, "rest_no_route", words)


def invalid(name: str) -> RestRefusal:
    return RestRefusal(400, "rest_invalid_param", f"Invalid parameter(s): {name}")


def missing(name: str) -> RestRefusal:
    return RestRefusal(400, "rest_missing_callback_param", f"Missing parameter(s): {name}")


class Keys:
    """Who may call. Over HTTPS Basic or the query, over plain HTTP only OAuth 1.0a."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._nonces: dict[str, datetime] = {}
        self.permission = "read_write"
        self.drops_header = False
        """A server that does not hand the Authorization header on to PHP."""

    def admit(self, request: Request) -> None:
        if request.url.scheme == "https":
            key, secret = self._basic(request)
            if not key:
                raise RestRefusal(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
            if key != KEY:
                raise _refused("Consumer key is invalid.")
            if not same(SECRET, secret):
                raise _refused("Consumer secret is invalid.")
        else:
            self._one_legged(request)
        if self.permission == "read" and request.method != "GET":
            raise _refused("The API key provided does not have write permissions.")

    def _basic(self, request: Request) -> tuple[str, str]:
        if "consumer_key" in request.query_params:
            return request.query_params["consumer_key"], request.query_params.get("consumer_secret", "")
        kind, _, coded = request.headers.get("authorization", "").partition(" ")
        if kind != "Basic" or self.drops_header:
            return "", ""
        key, _, secret = base64.b64decode(coded).decode().partition(":")
        return key, secret

    def _one_legged(self, request: Request) -> None:
        params = dict(request.query_params)
        wanted = ("oauth_consumer_key", "oauth_timestamp", "oauth_nonce", "oauth_signature")
        if not all(params.get(name) for name in (*wanted, "oauth_signature_method")):
            raise RestRefusal(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        if params["oauth_consumer_key"] != KEY:
            raise _refused("Consumer key is invalid.")
        given = params.pop("oauth_signature")
        address = str(request.url.replace(query=""))
        if not same(oauth_signature(request.method, address, params, SECRET), given):
            raise _refused("Invalid signature - provided signature does not match.")
        self._check_nonce(params)

    def _check_nonce(self, params: Mapping[str, str]) -> None:
        now = self._now()
        if abs(now.timestamp() - int(params["oauth_timestamp"])) > WINDOW.total_seconds():
            raise _refused("Invalid timestamp.")
        self._nonces = {nonce: used for nonce, used in self._nonces.items() if now - used < WINDOW}
        if params["oauth_nonce"] in self._nonces:
            raise _refused("Invalid nonce - nonce has already been used.")
        self._nonces[params["oauth_nonce"]] = now


def _refused(message: str) -> RestRefusal:
    return RestRefusal(401, "woocommerce_rest_authentication_error", message)


class Query:
    """The parameters of a list. Those that WordPress does not know are ignored, as it does."""

    def __init__(self, request: Request, orders: Sequence[str]) -> None:
        self._params = request.query_params
        self.size = self.number("per_page", 10, least=1, most=LARGEST_PAGE)
        self.offset = self.number("offset", (self.number("page", 1, least=1) - 1) * self.size)
        self.order_by = self.one_of("orderby", "date", orders)
        self.descending = self.one_of("order", "desc", ("asc", "desc")) == "desc"

    def number(self, name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
        text = self._params.get(name)
        if text is None:
            return default
        if not text.isdecimal() or not least <= int(text) <= most:
            raise invalid(name)
        return int(text)

    def one_of(self, name: str, default: str, allowed: Sequence[str]) -> str:
        value = self._params.get(name, default)
        if value not in allowed:
            raise invalid(name)
        return value

    def some_of(self, name: str, default: str, allowed: Sequence[str]) -> list[str]:
        values = self._params.get(name, default).split(",")
        if not all(value in allowed for value in values):
            raise invalid(name)
        return values

    def numbers(self, name: str) -> list[int] | None:
        text = self._params.get(name)
        if text is None:
            return None
        if not all(part.strip().isdecimal() for part in text.split(",")):
            raise invalid(name)
        return [int(part) for part in text.split(",")]

    def instant(self, name: str) -> datetime | None:
        """A zone is ignored: the value is UTC with `dates_are_gmt`, else the shop's own time."""
        text = self._params.get(name)
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text).replace(tzinfo=None)
        except ValueError:
            raise invalid(name) from None
        is_gmt = self.one_of("dates_are_gmt", "false", ("true", "false", "1", "0")) in ("true", "1")
        return moment if is_gmt else moment - ZONE

    def page(self, found: Sequence[Any], render: Callable[[Any], bytes]) -> Response:
        rows = [self._selected(render(one)) for one in found[self.offset : self.offset + self.size]]
        pages = -(-len(found) // self.size)
        headers = {"x-wp-total": str(len(found)), "x-wp-totalpages": str(pages)}
        return raw_reply(b"[" + b",".join(rows) + b"]", 200, headers)

    def _selected(self, row: bytes) -> bytes:
        return selected(row, self._params.get("_fields", ""))


def selected(document: bytes, fields: str) -> bytes:
    """`_fields`: only these of the document."""
    if not fields:
        return document
    names = set(fields.split(","))
    whole = msgspec.json.decode(document, type=dict[str, msgspec.Raw])
    return msgspec.json.encode({name: value for name, value in whole.items() if name in names})


async def body_of(request: Request, allowed: Mapping[str, type]) -> dict[str, Any]:
    """A JSON object whose known fields have their types; unknown ones are ignored, as WordPress does."""
    try:
        body = msgspec.json.decode(await request.body())
    except msgspec.DecodeError:
        raise RestRefusal(400, "rest_invalid_json", "Invalid JSON body passed.") from None
    if not isinstance(body, dict):
        raise RestRefusal(400, "rest_invalid_json", "Invalid JSON body passed.")
    for name, kind in allowed.items():
        if name in body and type(body[name]) is not kind:
            raise invalid(name)
    return {name: value for name, value in body.items() if name in allowed}
