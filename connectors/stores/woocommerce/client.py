"""Requests to one shop: signatures, pages, and the names of WooCommerce's errors.

Refusals are JSON objects of code, message and status (WordPress REST API). Sites may print PHP notices before
their JSON, and page caches may keep answers: reads carry a changing parameter, which WordPress ignores.
"""

from collections.abc import AsyncIterator
from typing import Any, TypeVar

import httpx
import msgspec

from connectors.kit import (
    AuthenticationFailed,
    ConnectorError,
    Misconfigured,
    OutcomeUnknown,
    Outside,
    PlatformClient,
    Rejected,
    Transient,
    UnexpectedPayload,
    classify_status,
)
from connectors.stores.woocommerce.access import Access
from connectors.stores.woocommerce.settings import WooCommerceSettings
from mappings.documents import decode
from mappings.errors import MappingError
from mappings.stores.woocommerce.answers import ErrorAnswer, readable
from mappings.structs import FrozenStruct

T = TypeVar("T")

CORE = "wc/v3"


class Rows(FrozenStruct):
    """One page of a list, each row the bytes that came; `total` counts what the whole list holds."""

    rows: tuple[msgspec.Raw, ...]
    total: int


class WooClient:
    """Paths are within `namespace`: `orders/727/notes`."""

    def __init__(self, settings: WooCommerceSettings, outside: Outside) -> None:
        self._settings = settings
        self._outside = outside
        self._access = Access(settings, outside)
        self._client = PlatformClient(outside, classify=_classify)

    async def read(self, path: str, shape: type[T], *, namespace: str = CORE, **params: str) -> T:
        return read_shape((await self._get(namespace, path, params)).content, shape)

    async def rows(self, path: str, **params: str) -> Rows:
        """One page. Some hosts strip X-WP-Total: then a full page says that there may be more."""
        response = await self._get(CORE, path, params)
        rows = read_shape(response.content, tuple[msgspec.Raw, ...])
        told = response.headers.get("x-wp-total", "")
        if told.isdecimal():
            return Rows(rows=rows, total=int(told))
        perhaps = 1 if len(rows) >= self._settings.page_size else 0
        return Rows(rows=rows, total=int(params.get("offset", 0)) + len(rows) + perhaps)

    async def pages(self, path: str, **params: str) -> AsyncIterator[tuple[msgspec.Raw, ...]]:
        """Every page of a list whose rows keep their places."""
        read = 0
        while True:
            page = await self.rows(path, per_page=str(self._settings.page_size), offset=str(read), **params)
            yield page.rows
            read += len(page.rows)
            if not page.rows or read >= page.total:
                return

    async def write(
        self,
        method: str,
        path: str,
        body: Any,
        shape: type[T],
        *,
        namespace: str = CORE,
        repeatable: bool = False,
        **params: str,
    ) -> T:
        """`repeatable`: what is written is absolute, so that it may be written again when no answer came."""
        response = await self._send(method, namespace, path, params, write=not repeatable, json=body)
        try:
            return read_shape(response.content, shape)
        except UnexpectedPayload as error:
            raise OutcomeUnknown(f"{method} {path} was answered, but not readably: {error}") from None

    async def _get(self, namespace: str, path: str, params: dict[str, str]) -> httpx.Response:
        uncached = {**params, "_": str(int(self._outside.now().timestamp() * 1000))}
        return await self._send("GET", namespace, path, uncached, write=False)

    async def _send(
        self, method: str, namespace: str, path: str, params: dict[str, str], *, write: bool, json: Any = None
    ) -> httpx.Response:
        return await self._client.send(
            method,
            f"{self._settings.base_url}/{namespace}/{path}",
            write=write,
            params={**params, **self._access.params},
            headers=self._access.headers,
            json=json,
            auth=self._access.auth,
        )


def read_shape(document: bytes | msgspec.Raw, shape: type[T]) -> T:
    try:
        return decode(readable(bytes(document)), shape)
    except MappingError as error:
        raise UnexpectedPayload(f"the answer is not in the agreed shape: {error}") from None


def _classify(response: httpx.Response, write: bool) -> ConnectorError | None:
    usual = classify_status(response, write)
    if usual is None or response.status_code >= 500:
        return usual
    try:
        refusal = decode(readable(response.content), ErrorAnswer)
    except MappingError:
        return usual
    code, words = str(refusal.code), refusal.message[:200]
    match response.status_code:
        case 401 if "nonce" in words.lower():
            return Transient("the nonce was used before: the request is signed anew", code=code)
        case 401 | 403:
            return AuthenticationFailed(f"WooCommerce refused the keys: {words}", code=code)
        case 404 if code == "rest_no_route":
            return Misconfigured(
                "the shop has no such interface: permalinks are off, or WooCommerce is not active",
                code=code,
                setting="url",
            )
        case 400 | 404 | 409 | 410 | 501:
            return Rejected(f"WooCommerce refused: {words}", code=code)
    return usual
