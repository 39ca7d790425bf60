"""Requests to one shop: token, renewal after a refusal, pages, and the names of Shopify's errors.

Codes inside a 200: shopify.dev «GraphQL Admin API rate limits»; read 2026-11. Unverified: the statuses 402
and 423 of frozen and locked shops.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any, TypeVar

import httpx
import msgspec

from connectors.kit import (
    AuthenticationFailed,
    ConnectorError,
    Misconfigured,
    OutcomeUnknown,
    Outside,
    RateLimited,
    Rejected,
    Transient,
    UnexpectedPayload,
    classify_status,
)
from connectors.kit.graphql import GraphQLAnswer, GraphQLClient
from connectors.stores.shopify.access import Access
from connectors.stores.shopify.documents import API_VERSION
from connectors.stores.shopify.settings import ShopifySettings
from mappings.documents import decode
from mappings.errors import MappingError
from mappings.stores.shopify.outward import UserError
from mappings.stores.shopify.wire import PageOf
from mappings.structs import FrozenStruct

T = TypeVar("T")

TOO_EXPENSIVE = "MAX_COST_EXCEEDED"
MUTATION_COST = 10


class ShopifyClient:
    """Sends documents with a token that lasts. `at` is the way to what is wanted in the answer
    (`order.lineItems`); `cost` is about what running the document takes, in points.

    `spoken_version` is what the last answer was written in: another one than asked for once that is retired.
    """

    def __init__(self, settings: ShopifySettings, outside: Outside) -> None:
        self.spoken_version = API_VERSION
        self._access = Access(settings, outside)
        self._graphql = GraphQLClient(
            outside,
            f"{settings.base_url}/admin/api/{API_VERSION}/graphql.json",
            read_errors=_read_errors,
            read_status=_read_status,
        )

    async def read(
        self, document: str, variables: Mapping[str, Any], shape: type[T], *, at: str = "", cost: float
    ) -> T:
        data = await self._send(document, variables, write=False, cost=cost)
        return read_shape(_found(data, at, variables.get("id")), shape)

    async def pages(
        self, document: str, variables: Mapping[str, Any], page: type[PageOf[T]], *, at: str, cost: float
    ) -> AsyncIterator[list[T]]:
        """The nodes of every page of a connection; the document takes the cursor as `$after`."""
        after = variables.get("after")
        while True:
            found = await self.read(document, {**variables, "after": after}, page, at=at, cost=cost)
            yield found.nodes
            if not found.page_info.has_next_page or not found.nodes:
                return
            after = found.page_info.end_cursor

    async def attempt(self, document: str, variables: Mapping[str, Any], *, at: str) -> list[UserError]:
        """A write; what Shopify refuses of it with a success status."""
        data = await self._send(document, variables, write=True, cost=MUTATION_COST)
        return _written(data, f"{at}.userErrors", list[UserError])

    async def write(self, document: str, variables: Mapping[str, Any], *, at: str) -> None:
        """A write that is done, or raises `Rejected`."""
        _require_done(await self.attempt(document, variables, at=at))

    async def make(self, document: str, variables: Mapping[str, Any], shape: type[T], *, at: str) -> T:
        """A write that is done, and what it made, or raises `Rejected`."""
        data = await self._send(document, variables, write=True, cost=MUTATION_COST)
        _require_done(_written(data, f"{at.partition('.')[0]}.userErrors", list[UserError]))
        return _written(data, at, shape)

    async def _send(
        self, document: str, variables: Mapping[str, Any], *, write: bool, cost: float
    ) -> msgspec.Raw:
        """A 401 says that nothing was done, so that also a write is sent again with a new token, once."""
        token = await self._access.token()
        try:
            return await self._once(token, document, variables, write=write, cost=cost)
        except AuthenticationFailed as refusal:
            if refusal.code != "401":
                raise
        token = await self._access.token_instead_of(token)
        return await self._once(token, document, variables, write=write, cost=cost)

    async def _once(
        self, token: str, document: str, variables: Mapping[str, Any], *, write: bool, cost: float
    ) -> msgspec.Raw:
        headers = {"X-Shopify-Access-Token": token}
        data, response = await self._graphql.send(
            document, variables, msgspec.Raw, write=write, cost=cost, headers=headers
        )
        self.spoken_version = response.headers.get("x-shopify-api-version", API_VERSION)
        return data


def _written(data: msgspec.Raw, at: str, shape: type[T]) -> T:
    try:
        return read_shape(_found(data, at), shape)
    except (UnexpectedPayload, Rejected) as error:
        raise OutcomeUnknown(f"{at} was answered, but not readably: {error}") from None


def _require_done(errors: list[UserError]) -> None:
    for error in errors:
        raise Rejected(f"Shopify refused: {error.message}", code=error.code or "")


def read_shape(document: bytes | msgspec.Raw, shape: type[T]) -> T:
    try:
        return decode(bytes(document), shape)
    except MappingError as error:
        raise UnexpectedPayload(f"the answer is not in the agreed shape: {error}") from None


def _found(data: msgspec.Raw, at: str, global_id: object = None) -> msgspec.Raw:
    for name in filter(None, at.split(".")):
        if bytes(data) == b"null":
            raise Rejected(f"Shopify knows no {global_id or name}")
        fields = read_shape(data, dict[str, msgspec.Raw])
        if name not in fields:
            raise UnexpectedPayload(f"the answer lacks {name!r} of {at!r}")
        data = fields[name]
    return data


def _read_errors(answer: GraphQLAnswer, write: bool) -> ConnectorError | None:
    if not answer.errors:
        return None
    code = next((error.code for error in answer.errors if error.code), "")
    match code:
        case "THROTTLED":
            return RateLimited("the cost bucket is empty", code=code, retry_after=_wait(answer))
        case "ACCESS_DENIED":
            return AuthenticationFailed(
                "the app lacks a permission (an access scope, or approval for protected customer data)",
                code=code,
            )
        case "INTERNAL_SERVER_ERROR" | "TIMEOUT":
            words = f"Shopify failed ({code})"
            return OutcomeUnknown(words, code=code) if write else Transient(words, code=code)
        case "SHOP_INACTIVE":
            return Misconfigured("the shop is frozen or closed", code=code, setting="shop")
        case _:
            return Rejected(f"Shopify refused the request ({code or 'no code given'})", code=code)


class _Throttle(FrozenStruct, rename="camel"):
    currently_available: float
    restore_rate: float


class _Cost(FrozenStruct, rename="camel"):
    requested_query_cost: float
    throttle_status: _Throttle


def _wait(answer: GraphQLAnswer) -> timedelta:
    """Until the bucket holds what was asked for; a second where Shopify does not say what it holds."""
    try:
        cost = msgspec.convert(answer.extensions.get("cost"), _Cost)
        missing = cost.requested_query_cost - cost.throttle_status.currently_available
        return timedelta(seconds=min(3600.0, max(0.1, missing / cost.throttle_status.restore_rate)))
    except (msgspec.ValidationError, ZeroDivisionError):
        return timedelta(seconds=1)


def _read_status(response: httpx.Response, write: bool) -> ConnectorError | None:
    status = response.status_code
    if status in (402, 423):
        frozen = f"answered {status}: the shop is frozen or locked"
        return Misconfigured(frozen, code=str(status), setting="shop")
    if status == 404:
        return Misconfigured("answered 404: no such shop or API version", code="404", setting="shop")
    return classify_status(response, write)
