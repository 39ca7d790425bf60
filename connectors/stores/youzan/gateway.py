"""Youzan's gateway: tokens renewed in time, one POST of JSON per call, the token in the query.

A token lives about 7 days and is not accepted in headers or body. *Unverified*: whether a new token ends the
former one; so all workers share one, and a refused one is replaced once, which is safe for writes too.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from connectors.kit import (
    AuthenticationFailed,
    OutcomeUnknown,
    Outside,
    PlatformClient,
    Rejected,
    UnexpectedPayload,
)
from connectors.kit.granted_tokens import Grant, GrantedTokens, instant_of
from connectors.kit.translation import reading
from connectors.stores.youzan.refusals import TOKEN_REFUSED, classify
from connectors.stores.youzan.settings import YouzanSettings
from mappings.documents import decode, json_text
from mappings.errors import MappingError
from mappings.stores.youzan.answers import Token, contents

T = TypeVar("T")

_JSON = {"content-type": "application/json"}


class Gateway:
    """Calls interfaces by `name/version` and decodes what stands in the envelope."""

    def __init__(self, settings: YouzanSettings, outside: Outside) -> None:
        self._settings = settings
        self._client = PlatformClient(outside, classify=classify)
        entered = settings.refresh_token.get_secret_value() if settings.refresh_token else ""
        self._tokens = GrantedTokens(outside, self._granted, entered)

    async def call(self, api: str, body: Mapping[str, Any], shape: type[T], *, write: bool = False) -> T:
        """The contents in their shape. Ones that are not: what became of a write is not known."""
        answer = await self.call_raw(api, body, write=write)
        try:
            return decode(contents(answer), shape)
        except MappingError as error:
            unreadable = OutcomeUnknown if write else UnexpectedPayload
            raise unreadable(f"{api}: the answer is not in the agreed shape: {error}") from None

    async def call_raw(self, api: str, body: Mapping[str, Any], *, write: bool = False) -> bytes:
        """The answer's bytes, envelope included."""
        return await self._tokens.calling(
            lambda token: self._post(f"/api/{api}", body, write=write, token=token), TOKEN_REFUSED
        )

    async def _post(self, path: str, body: Mapping[str, Any], *, write: bool, token: str = "") -> bytes:
        response = await self._client.send(
            "POST",
            self._settings.base_url + path,
            write=write,
            headers=_JSON,
            params={"access_token": token} if token else None,
            content=json_text(body).encode(),
        )
        return response.content

    async def _granted(self, refresh_token: str) -> Grant:
        """Repeatable: an unanswered renewal can only be asked again."""
        settings = self._settings
        own = {"authorize_type": "silent", "grant_id": settings.kdt_id}
        tool = {"authorize_type": "refresh_token", "refresh_token": refresh_token}
        secret = settings.client_secret.get_secret_value()
        proof = {"client_id": settings.client_id, "client_secret": secret}
        try:
            answer = await self._post(
                "/auth/token", {**proof, **(tool if refresh_token else own)}, write=False
            )
        except Rejected as error:
            raise AuthenticationFailed(f"no access token was given: {error}", code=error.code) from None
        with reading("the answer to the token request"):
            token = decode(contents(answer), Token)
        return Grant(
            access_token=token.access_token,
            ends_at=instant_of(token.expires / 1000),
            refresh_token=token.refresh_token or "",
        )
