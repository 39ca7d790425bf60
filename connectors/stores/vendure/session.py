"""Signed-in calls to one Vendure server: log-in, the newest token, and the names of its refusals."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from connectors.kit import (
    AuthenticationFailed,
    ConnectorError,
    Misconfigured,
    OutcomeUnknown,
    Outside,
    Rejected,
    Transient,
    UnexpectedPayload,
)
from connectors.kit.graphql import GraphQLAnswer, GraphQLClient
from connectors.stores.vendure.documents import LOGIN
from connectors.stores.vendure.settings import VendureSettings
from mappings.stores.vendure.answers import ResultAnswer
from mappings.stores.vendure.queries import list_limit, was_rolled_back

T = TypeVar("T")

TOKEN_HEADER = "vendure-auth-token"  # noqa: S105 - the name of a header


class Session:
    """Sends documents as the connection's administrator.

    `page_size` starts as configured and shrinks when the server names its list limit. `server_time` is what
    the server wrote on its last answer (`Date`, whole seconds), if it wrote anything.
    """

    def __init__(self, settings: VendureSettings, outside: Outside) -> None:
        self._settings = settings
        self._credentials = outside.credentials
        self._graphql = GraphQLClient(outside, str(settings.url), read_errors=self._name_error)
        self.page_size = settings.page_size
        self.server_time: datetime | None = None

    async def send(self, document: str, variables: Mapping[str, Any], shape: type[T], *, write: bool) -> T:
        """`data` in the declared shape. An ended session is renewed once: Vendure forbids before it acts."""
        tokens = await self._tokens()
        try:
            return await self._signed(tokens, document, variables, shape, write)
        except AuthenticationFailed:
            if self._has_key:
                raise
        tokens = await self._credentials.renew(tokens, self._log_in)
        return await self._signed(tokens, document, variables, shape, write)

    @property
    def _has_key(self) -> bool:
        return bool(self._settings.api_key.get_secret_value())

    async def _tokens(self) -> Mapping[str, str]:
        tokens = await self._credentials.current()
        if tokens or self._has_key:
            return tokens
        return await self._credentials.renew(tokens, self._log_in)

    async def _signed(
        self,
        tokens: Mapping[str, str],
        document: str,
        variables: Mapping[str, Any],
        shape: type[T],
        write: bool,
    ) -> T:
        data, response = await self._graphql.send(
            document, variables, shape, write=write, headers=self._headers(tokens)
        )
        self.server_time = _date(response)
        newest = response.headers.get(TOKEN_HEADER)
        if newest and not self._has_key:
            await self._credentials.renew(tokens, _replacing_with(newest))
        return data

    def _headers(self, tokens: Mapping[str, str]) -> dict[str, str]:
        headers = {}
        if self._has_key:
            headers["vendure-api-key"] = self._settings.api_key.get_secret_value()
        elif tokens:
            headers["authorization"] = f"Bearer {tokens['token']}"
        if channel := self._settings.channel_token.get_secret_value():
            headers["vendure-token"] = channel
        return headers

    async def _log_in(self, stored: Mapping[str, str]) -> Mapping[str, str]:
        variables = {
            "username": self._settings.username,
            "password": self._settings.password.get_secret_value(),
        }
        answer, response = await self._graphql.send(
            LOGIN, variables, ResultAnswer, write=False, headers=self._headers({})
        )
        code = answer.result.error_code
        if code == "NATIVE_AUTH_STRATEGY_ERROR":
            raise Misconfigured(
                "the server takes no passwords; enter an API key", code=code, setting="api_key"
            )
        if code:
            raise AuthenticationFailed("user name or password is wrong; enter them again", code=code)
        token = response.headers.get(TOKEN_HEADER)
        if not token:
            raise Misconfigured(
                "the server gives no bearer token; add it to authOptions.tokenMethod", setting="url"
            )
        return {"token": token}

    def _name_error(self, answer: GraphQLAnswer, write: bool) -> ConnectorError | None:
        """Vendure's `extensions.code` → what happens next; only the first error counts."""
        if not answer.errors:
            return None
        message, code = answer.errors[0].message, answer.errors[0].code
        if limit := list_limit(message):
            self.page_size = min(self.page_size, limit)
            return Rejected(f"the server lists at most {limit} at once", code=code)
        match code:
            case "FORBIDDEN" | "UNAUTHORIZED":
                return AuthenticationFailed("not signed in, or a permission is missing", code=code)
            case "CHANNEL_NOT_FOUND":
                return Misconfigured("no channel has this token", code=code, setting="channel_token")
            case "GRAPHQL_PARSE_FAILED" | "GRAPHQL_VALIDATION_FAILED" | "BAD_USER_INPUT":
                return UnexpectedPayload("the server's schema is not that of Vendure 3.7", code=code)
            case "INTERNAL_SERVER_ERROR" | "":
                return _internal_error(message, write)
        return Rejected(f"Vendure refused with {code}", code=code)


def _internal_error(message: str, write: bool) -> ConnectorError:
    """Database errors come with or without a code (a refund refused by PostgreSQL had none)."""
    code = "INTERNAL_SERVER_ERROR"
    if was_rolled_back(message):
        return Transient("the database gave way to another transaction", code=code)
    if write:
        return OutcomeUnknown("the server failed while it worked on a change", code=code)
    return UnexpectedPayload("the server failed; its log names the reason", code=code)


def _date(response: httpx.Response) -> datetime | None:
    try:
        moment = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _replacing_with(token: str) -> Any:
    async def replace(stored: Mapping[str, str]) -> Mapping[str, str]:
        return {"token": token}

    return replace
