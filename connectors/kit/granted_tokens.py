"""Access tokens that a platform grants and that end: renewed in time under the connection's lock, and shared.

Where a refresh token is needed, the one that came last is tried first, then the one that was entered by hand
(which is newer after signing in again).
"""

from collections.abc import Awaitable, Callable, Container, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from connectors.kit.errors import AuthenticationFailed, UnexpectedPayload
from connectors.kit.outside import Outside
from mappings.structs import FrozenStruct

T = TypeVar("T")

RENEW_BEFORE = timedelta(minutes=10)


class Grant(FrozenStruct):
    """What the platform granted; `refresh_token` is empty where it gives none."""

    access_token: str
    ends_at: datetime
    refresh_token: str = ""


Ask = Callable[[str], Awaitable[Grant]]
"""Refresh token (empty: a grant without one) → what is granted; `AuthenticationFailed` if it is refused."""


class GrantedTokens:
    """The tokens of one connection. `entered`: the refresh token of its settings, empty if it needs none."""

    def __init__(self, outside: Outside, ask: Ask, entered: str = "") -> None:
        self._outside = outside
        self._ask = ask
        self._entered = entered

    async def calling(self, call: Callable[[str], Awaitable[T]], refused: Container[str]) -> T:
        """`call` with a token. One that is refused under one of these codes is replaced once: the platform
        refuses before it does anything, so this holds for writes too."""
        tokens = await self._lasting()
        try:
            return await call(tokens["access_token"])
        except AuthenticationFailed as error:
            if error.code not in refused:
                raise
        renewed = await self._outside.credentials.renew(tokens, self._renewed)
        return await call(renewed["access_token"])

    async def _lasting(self) -> Mapping[str, str]:
        tokens = await self._outside.credentials.current()
        ends = tokens.get("ends_at")
        if ends and datetime.fromisoformat(ends) - RENEW_BEFORE > self._outside.now():
            return tokens
        return await self._outside.credentials.renew(tokens, self._renewed)

    async def _renewed(self, stored: Mapping[str, str]) -> Mapping[str, str]:
        candidates = (stored.get("refresh_token", ""), self._entered) if self._entered else ("",)
        refusal: AuthenticationFailed | None = None
        for candidate in dict.fromkeys(it for it in candidates if it or not self._entered):
            try:
                grant = await self._ask(candidate)
            except AuthenticationFailed as error:
                refusal = refusal or error
                continue
            tokens = {"access_token": grant.access_token, "ends_at": grant.ends_at.isoformat()}
            return {**tokens, "refresh_token": grant.refresh_token} if grant.refresh_token else tokens
        raise refusal or AuthenticationFailed("no refresh token is known: sign in again")


def instant_of(epoch_seconds: float) -> datetime:
    """When a token ends; `UnexpectedPayload` for what is no possible time."""
    try:
        return datetime.fromtimestamp(epoch_seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise UnexpectedPayload("the access token ends at no possible time") from None
