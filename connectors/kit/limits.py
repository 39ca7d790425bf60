"""Rate limits: what a platform allows, and a local token bucket that keeps to it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """At most `calls` (or points) per `per`; the bucket holds one period's worth."""

    calls: float
    per: timedelta


class Budget(Protocol):
    """Permission to call. Shared by all workers of a connection where the hub provides it so."""

    async def spend(self, cost: float = 1) -> None:
        """Returns when `cost` may be spent; waits if it must."""

    def pause(self, until: datetime) -> None:
        """The platform said «not before»: nobody spends until then."""


class TokenBucket:
    """A local budget: one bucket per limit, refilled continuously."""

    def __init__(
        self,
        limits: Sequence[RateLimit],
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._limits = tuple(limits)
        self._now = now
        self._sleep = sleep
        self._tokens = [limit.calls for limit in self._limits]
        self._filled_at = now()
        self._paused_until: datetime | None = None

    async def spend(self, cost: float = 1) -> None:
        """Reserve first, then wait out the debt: waiters are served in order and never wake in vain."""
        self._refill()
        self._tokens = [tokens - cost for tokens in self._tokens]
        debts = [
            -tokens / limit.calls * limit.per.total_seconds()
            for tokens, limit in zip(self._tokens, self._limits, strict=True)
        ]
        wait = max(0.0, self._pause_left(), *debts)
        if wait > 0:
            await self._sleep(wait)

    def pause(self, until: datetime) -> None:
        self._paused_until = max(self._paused_until or until, until)

    def _pause_left(self) -> float:
        return (self._paused_until - self._filled_at).total_seconds() if self._paused_until else 0.0

    def _refill(self) -> None:
        now = self._now()
        elapsed = max(0.0, (now - self._filled_at).total_seconds())
        self._filled_at = now
        self._tokens = [
            min(limit.calls, tokens + limit.calls * elapsed / limit.per.total_seconds())
            for tokens, limit in zip(self._tokens, self._limits, strict=True)
        ]
