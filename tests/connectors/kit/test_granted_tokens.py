"""Granted tokens: renewed in time, replaced once when they are refused, the last refresh token first."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from connectors.kit import AuthenticationFailed, CredentialsInMemory, Outside, UnexpectedPayload
from connectors.kit.conformance.rig import ManualClock
from connectors.kit.granted_tokens import Grant, GrantedTokens, instant_of
from connectors.kit.limits import TokenBucket

WEEK = timedelta(days=7)


class Platform:
    """Grants tokens named a1, a2, …; `refuses` are refresh tokens that it does not take."""

    def __init__(self, entered="", refuses=()):
        self.clock = ManualClock()
        self.asked = []
        self.refuses = refuses
        self.outside = Outside(
            http=httpx.AsyncClient(),
            now=self.clock,
            sleep=self.clock.sleep,
            budget=TokenBucket((), self.clock, self.clock.sleep),
            credentials=CredentialsInMemory(),
            jitter=lambda: 0.5,
        )
        self.tokens = GrantedTokens(self.outside, self.grant, entered)

    async def grant(self, refresh):
        self.asked.append(refresh)
        if refresh in self.refuses:
            raise AuthenticationFailed("refused", code="1")
        number = len(self.asked)
        return Grant(access_token=f"a{number}", ends_at=self.clock() + WEEK, refresh_token=f"r{number}")

    async def used(self, refuse=(), code="4203"):
        async def call(token):
            if token in refuse:
                raise AuthenticationFailed("no", code=code)
            return token

        return await self.tokens.calling(call, ("4203",))


async def test_token_is_kept_until_shortly_before_it_ends():
    platform = Platform()
    used = [await platform.used()]
    platform.clock.advance(WEEK - timedelta(minutes=11))
    used.append(await platform.used())
    platform.clock.advance(timedelta(minutes=2))
    used.append(await platform.used())
    assert (used, platform.asked) == (["a1", "a1", "a2"], ["", ""])


async def test_refused_token_is_replaced_once():
    platform = Platform()
    assert await platform.used(refuse=("a1",)) == "a2"
    with pytest.raises(AuthenticationFailed):
        await platform.used(refuse=("a2", "a3", "a4"))
    assert len(platform.asked) == 3


async def test_refusal_of_another_kind_renews_nothing():
    platform = Platform()
    with pytest.raises(AuthenticationFailed):
        await platform.used(refuse=("a1",), code="4204")
    assert len(platform.asked) == 1


async def test_last_refresh_token_is_tried_first_then_the_entered_one():
    platform = Platform(entered="r0", refuses=("r1",))
    await platform.used()
    platform.clock.advance(WEEK)
    assert await platform.used() == "a3"
    assert platform.asked == ["r0", "r1", "r0"]


async def test_first_refusal_is_told_when_all_are_refused():
    platform = Platform(entered="r0", refuses=("r0", "r1"))
    with pytest.raises(AuthenticationFailed, match="refused"):
        await platform.used()
    assert platform.asked == ["r0"]


def test_impossible_end_is_not_believed():
    assert instant_of(0) == datetime(1970, 1, 1, tzinfo=UTC)
    with pytest.raises(UnexpectedPayload):
        instant_of(1e30)
