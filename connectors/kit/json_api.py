"""JSON over HTTP as most platforms have it: one base address, one proof of who asks, typed answers."""

from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
import msgspec

from connectors.kit.errors import OutcomeUnknown, UnexpectedPayload
from connectors.kit.http import PlatformClient
from mappings.documents import decode
from mappings.errors import MappingError

T = TypeVar("T")

_encode = msgspec.json.Encoder(decimal_format="number").encode

NOTHING = b"[]"
"""What an answer without content (204) says: nothing was found."""


class JsonApi:
    """`url` is what every path is appended to; `auth` sees each request with the bytes that will be sent."""

    def __init__(
        self,
        client: PlatformClient,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
    ) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._headers = dict(headers or {})
        self._auth = auth

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        write: bool = False,
        params: Mapping[str, str] | None = None,
        cost: float = 1,
        of: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """The answer's bytes. Decimals in `body` go as exact numbers; `write`, `cost` and
        `of` are those of `PlatformClient`; `headers` are of this request alone."""
        content = None if body is None else _encode(body)
        kind = {"content-type": "application/json"} if content else {}
        response = await self._client.send(
            method,
            self._url + path,
            write=write,
            cost=cost,
            of=of,
            params=params,
            content=content,
            headers={**self._headers, **kind, **(headers or {})},
            auth=self._auth,
        )
        return NOTHING if response.status_code == 204 else response.content

    async def ask(
        self,
        shape: type[T],
        method: str,
        path: str,
        body: Any = None,
        *,
        write: bool = False,
        params: Mapping[str, str] | None = None,
        cost: float = 1,
        of: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """The answer in its shape. One that is not: what became of a write is not known."""
        answer = await self.send(
            method, path, body, write=write, params=params, cost=cost, of=of, headers=headers
        )
        try:
            return decode(answer, shape)
        except MappingError as error:
            unreadable = OutcomeUnknown if write else UnexpectedPayload
            raise unreadable(f"the answer is not in the agreed shape: {error}") from None
