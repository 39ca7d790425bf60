"""Rate limits: what a platform allows, and a local token bucket that keeps to it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """At most `calls` (or points) per `per`; the bucket holds one period's worth. `of` names the operation
    that it limits, where a platform limits each on its own; without a name it limits every call."""

    calls: float
    per: timedelta
    of: str = ""

    def holds_for(self, operation: str) -> bool:
        return self.of in ("", operation)


class Budget(Protocol):
    """Permission to call. Shared by all workers of a connection where the hub provides it so."""

    async def spend(self, cost: float = 1, of: str = "") -> None:
        """Returns when `cost` may be spent on the operation `of`; waits if it must."""

    def pause(self, until: datetime, of: str = "") -> None:
        """The platform said «not before»: nobody spends until then; on this operation alone, if named."""


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
        self._paused_until: dict[str, datetime] = {}

    async def spend(self, cost: float = 1, of: str = "") -> None:
        """Reserve first, then wait out the debt: waiters are served in order and never wake in vain."""
        self._refill()
        debts = [0.0]
        for number, limit in enumerate(self._limits):
            if limit.holds_for(of):
                self._tokens[number] -= cost
                debts.append(-self._tokens[number] / limit.calls * limit.per.total_seconds())
        wait = max(self._pause_left(of), *debts)
        if wait > 0:
            await self._sleep(wait)

    def pause(self, until: datetime, of: str = "") -> None:
        self._paused_until[of] = max(self._paused_until.get(of, until), until)

    def _pause_left(self, of: str) -> float:
        ends = [self._paused_until[name] for name in {"", of} & self._paused_until.keys()]
        return max(((end - self._filled_at).total_seconds() for end in ends), default=0.0)

    def _refill(self) -> None:
        now = self._now()
        elapsed = max(0.0, (now - self._filled_at).total_seconds())
        self._filled_at = now
        self._tokens = [
            min(limit.calls, tokens + limit.calls * elapsed / limit.per.total_seconds())
            for tokens, limit in zip(self._tokens, self._limits, strict=True)
        ]
