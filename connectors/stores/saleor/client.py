"""Calls to one Saleor server, and the names of its refusals.

Failures are in `errors` of an answer, named by the class of an exception (saleor/graphql, read 2026-11); what
a mutation refuses is in its result.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Raw

from connectors.kit import (
    AuthenticationFailed,
    ConnectorError,
    Misconfigured,
    OutcomeUnknown,
    Rejected,
    Transient,
)
from connectors.kit.graphql import GraphQLAnswer, GraphQLClient
from connectors.kit.outside import Outside
from connectors.stores.saleor.settings import SaleorSettings
from mappings.stores.saleor.outward import Rows, WrittenAnswer

T = TypeVar("T")

_DENIED = frozenset(
    {"PermissionDenied", "InvalidTokenError", "ExpiredSignatureError", "InvalidSignatureError", "DecodeError"}
)
_NOT_DONE = frozenset({"GraphQLError", "ValidationError", "ObjectDoesNotExist", ""})


class SaleorClient:
    def __init__(self, settings: SaleorSettings, outside: Outside) -> None:
        self._headers = {"Authorization": f"Bearer {settings.app_token.get_secret_value()}"}
        self._graphql = GraphQLClient(outside, str(settings.url), read_errors=_read_errors)

    async def send(
        self, document: str, variables: Mapping[str, Any], shape: type[T], *, write: bool = False
    ) -> T:
        data, _ = await self._graphql.send(document, variables, shape, write=write, headers=self._headers)
        return data

    async def pages(
        self, document: str, variables: Mapping[str, Any], after: str = ""
    ) -> AsyncIterator[tuple[Sequence[Raw], str]]:
        """Nodes of each page, and the cursor behind which the next begins, empty after the last."""
        while True:
            asked = {**variables, "after": after or None}
            found = (await self.send(document, asked, Rows)).list
            after = (found.page_info.end_cursor or "") if found.page_info.has_next_page else ""
            yield found.nodes, after
            if not after:
                return

    async def write(self, document: str, variables: Mapping[str, Any]) -> None:
        """A mutation that is done, or raises `Rejected`."""
        answer = await self.send(document, variables, WrittenAnswer, write=True)
        if answer.result is None:
            raise OutcomeUnknown("the mutation has no result")
        for error in answer.result.errors:
            words = error.message or error.field or error.code
            raise Rejected(f"Saleor refused: {words}"[:200], code=error.code)


def _read_errors(answer: GraphQLAnswer, write: bool) -> ConnectorError | None:
    if not answer.errors:
        return None
    exception = answer.errors[0].extensions.get("exception")
    code = str(exception.get("code", "")) if isinstance(exception, dict) else ""
    if code in _DENIED:
        return AuthenticationFailed("the app token is wrong, or a permission is missing", code=code)
    if code == "QueryCostError":
        return Misconfigured("a page costs more than the server allows", code=code, setting="page_size")
    if code in _NOT_DONE:
        return Rejected(f"Saleor refused the request ({code or 'no code given'})", code=code)
    words = f"Saleor failed ({code})"
    return OutcomeUnknown(words, code=code) if write else Transient(words, code=code)
