"""GraphQL over HTTP: one POST, refusals inside a 200 named by the platform's own reading of `errors`."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx
import msgspec

from connectors.kit.errors import ConnectorError, OutcomeUnknown, UnexpectedPayload
from connectors.kit.http import Classify, PlatformClient, classify_status
from connectors.kit.outside import Outside
from mappings.documents import WireDocument, decode
from mappings.errors import MappingError

T = TypeVar("T")

ReadErrors = Callable[["GraphQLAnswer", bool], ConnectorError | None]
"""(answer, was it a write) → the error that its `errors` mean, or null."""


class GraphQLError(WireDocument):
    """One entry of `errors` (GraphQL specification, October 2021, section 7.1.2)."""

    message: str = ""
    path: list[str | int] | None = None
    extensions: dict[str, Any] = {}

    @property
    def code(self) -> str:
        return str(self.extensions.get("code", ""))


class GraphQLAnswer(WireDocument):
    """The envelope; `data` stays as the bytes that came until the caller names its shape."""

    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: list[GraphQLError] = []
    extensions: dict[str, Any] = {}


class _Envelope(WireDocument):
    """The envelope as servers write it: some send `null` for what the specification leaves out."""

    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: list[GraphQLError] | None = None
    extensions: dict[str, Any] | None = None


def _read(content: bytes) -> GraphQLAnswer:
    came = decode(content, _Envelope)
    return GraphQLAnswer(data=came.data, errors=came.errors or [], extensions=came.extensions or {})


class GraphQLClient:
    """Sends documents to one endpoint and decodes `data` into declared shapes. `read_status` names what the
    HTTP status means where no `errors` came."""

    def __init__(
        self,
        outside: Outside,
        url: str,
        *,
        read_errors: ReadErrors,
        read_status: Classify = classify_status,
    ) -> None:
        self._url = url
        self._read_errors = read_errors
        self._read_status = read_status
        self._client = PlatformClient(outside, classify=self._classify)

    async def send(
        self,
        document: str,
        variables: Mapping[str, Any],
        shape: type[T],
        *,
        write: bool,
        headers: Mapping[str, str] | None = None,
        cost: float = 1,
        auth: httpx.Auth | None = None,
    ) -> tuple[T, httpx.Response]:
        """`data` in the declared shape, and the response for those who need its headers."""
        response = await self._client.send(
            "POST",
            self._url,
            write=write,
            cost=cost,
            headers=headers,
            json={"query": document, "variables": variables},
            auth=auth,
        )
        return self._decode(response, shape, write), response

    def _decode(self, response: httpx.Response, shape: type[T], write: bool) -> T:
        try:
            return decode(bytes(_read(response.content).data), shape)
        except MappingError as error:
            unreadable = OutcomeUnknown if write else UnexpectedPayload
            raise unreadable(f"the GraphQL answer is not in the agreed shape: {error}") from None

    def _classify(self, response: httpx.Response, write: bool) -> ConnectorError | None:
        try:
            answer: GraphQLAnswer | None = _read(response.content)
        except MappingError:
            answer = None
        if answer is not None and (refusal := self._read_errors(answer, write)):
            return refusal
        return self._read_status(response, write)
