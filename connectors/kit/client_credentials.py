"""OAuth 2.0 client credentials (RFC 6749, section 4.4): a token for the client itself, renewed in time; and
the same with a refresh token that stays (section 6): a token for whoever consented once.

The token is asked for as part of the request that needs it, so that whoever sends through this needs to know
nothing of tokens. A token takes nothing away when it is made, so asking again is harmless.
"""

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime, timedelta
from typing import Annotated

import httpx
import msgspec

from connectors.kit.errors import AuthenticationFailed, ConnectorError
from connectors.kit.http import PlatformClient, classify_status
from connectors.kit.outside import Outside
from connectors.kit.translation import reading
from mappings.documents import WireDocument, decode

RENEW_BEFORE = timedelta(minutes=5)
LONGEST_LIFE = 366 * 24 * 3600


class _Token(WireDocument):
    """`expires_in` is seconds, text at some."""

    access_token: Annotated[str, msgspec.Meta(min_length=1)]
    expires_in: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_LIFE)]


class ClientCredentials(httpx.Auth):
    """Puts the bearer token on each request; one that is refused (401) is renewed and the request sent once
    more, since nothing was done. `in_header`: the client names itself with Basic, else in the form. `grant`:
    other fields of the form than those of the client itself. `slot` keeps tokens apart where a connection has
    several."""

    def __init__(
        self,
        outside: Outside,
        url: str,
        client_id: str,
        client_secret: str,
        *,
        in_header: bool = False,
        grant: Mapping[str, str] | None = None,
        slot: str = "",
    ) -> None:
        self._outside = outside
        self._client = PlatformClient(outside, classify=_classify, attempts=1)
        self._url = url
        self._form = {"grant_type": "client_credentials", **(grant or {})}
        self._basic = httpx.BasicAuth(client_id, client_secret) if in_header else None
        if not in_header:
            self._form |= {"client_id": client_id, "client_secret": client_secret}
        self._token, self._end = f"{slot}access_token", f"{slot}expires_at"

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        token = await self._lasting()
        self.stamp(request, token)
        response = yield request
        if self.is_refused(response):
            self.stamp(request, await self._instead_of(token))
            yield request

    def stamp(self, request: httpx.Request, token: str) -> None:
        """What each attempt carries."""
        request.headers["Authorization"] = f"Bearer {token}"

    def is_refused(self, response: httpx.Response) -> bool:
        """Does this answer say that the token is at fault?"""
        return response.status_code == 401

    async def _lasting(self) -> str:
        tokens = await self._outside.credentials.current()
        end = tokens.get(self._end)
        if not end or datetime.fromisoformat(end) - RENEW_BEFORE <= self._outside.now():
            tokens = await self._outside.credentials.renew(tokens, self._renewed)
        return tokens[self._token]

    async def _instead_of(self, refused: str) -> str:
        tokens = await self._outside.credentials.current()
        if tokens.get(self._token) == refused:
            tokens = await self._outside.credentials.renew(tokens, self._renewed)
        return tokens[self._token]

    async def _renewed(self, stored: Mapping[str, str]) -> Mapping[str, str]:
        response = await self._client.send(
            "POST", self._url, write=False, cost=0, data=self._form, auth=self._basic
        )
        with reading("the answer to the token request"):
            made = decode(response.content, _Token)
        end = self._outside.now() + timedelta(seconds=made.expires_in)
        return {**stored, self._token: made.access_token, self._end: end.isoformat()}


def _classify(response: httpx.Response, write: bool) -> ConnectorError | None:
    if response.status_code in (400, 401, 403):
        code = str(response.status_code)
        return AuthenticationFailed(
            "client id and secret, or the refresh token, are refused: check them", code=code
        )
    return classify_status(response, write)
