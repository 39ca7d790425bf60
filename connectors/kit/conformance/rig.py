"""A connector wired to its twin: no sockets, no real time, nothing global."""

import importlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import httpx

from connectors.kit.capabilities import Connector
from connectors.kit.limits import TokenBucket
from connectors.kit.outside import CredentialsInMemory, Outside
from connectors.kit.plugin import Plugin
from connectors.kit.twin import Twin

BASE_URL = "https://twin.example"
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MOST_REQUESTS = 20_000

Answer = httpx.Response | Exception


class ManualClock:
    """Time that moves only when it is told to, or when somebody sleeps."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def __call__(self) -> datetime:
        return self._now

    def advance(self, duration: timedelta) -> None:
        self._now += duration

    async def sleep(self, seconds: float) -> None:
        self.advance(timedelta(seconds=seconds))


def twin_class(plugin: Plugin[Any, Any]) -> type[Twin]:
    """The imitation that the plug-in names."""
    module, _, name = plugin.twin.partition(":")
    twin: type[Twin] = getattr(importlib.import_module(module), name)
    return twin


def load_twin(plugin: Plugin[Any, Any], clock: Callable[[], datetime], seed: int = 1) -> Twin:
    """One of it."""
    return twin_class(plugin)(clock, Random(seed))


class Wire(httpx.AsyncBaseTransport):
    """The cable between connector and twin: it records what passes and can be told to cut or spoil it.

    `before(n)` runs ahead of request n (from 0). `instead(n)` may give an answer that the twin never made.
    `spoil(n, answer)` sees what the twin answered and returns (or raises) what the connector gets.
    """

    def __init__(self, twin: Twin, clock: Callable[[], datetime]) -> None:
        self._inner = httpx.ASGITransport(twin)
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        """Whole again, and counting from 0."""
        self.sent: list[httpx.Request] = []
        self.sent_at: list[datetime] = []
        self.before: Callable[[int], None] = lambda number: None
        self.instead: Callable[[int], Answer | None] = lambda number: None
        self.spoil: Callable[[int, httpx.Response], Answer] = lambda number, answer: answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        number = len(self.sent)
        if number >= MOST_REQUESTS:
            raise AssertionError(f"the connector does not stop: {number} requests")
        self.sent.append(request)
        self.sent_at.append(self._clock())
        self.before(number)
        answer = self.instead(number)
        if answer is None:
            response = await self._inner.handle_async_request(request)
            await response.aread()
            answer = self.spoil(number, response)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Rig:
    """`rig.connector` talks to `rig.twin`; `rig.connect()` gives another connector, as after a restart.

    `skew` is how far the platform's clock is ahead of ours.
    """

    def __init__(
        self,
        plugin: Plugin[Any, Any],
        *,
        overrides: Mapping[str, Any] | None = None,
        seed: int = 1,
        start: datetime = START,
    ) -> None:
        self.plugin = plugin
        self.clock = ManualClock(start)
        self.skew = timedelta(0)
        self.twin = load_twin(plugin, lambda: self.clock() + self.skew, seed)
        self.wire = Wire(self.twin, self.clock)
        self.overrides = dict(overrides or {})
        self.credentials = CredentialsInMemory()
        self._draws = count()
        self.connector = self.connect()

    def outside(self) -> Outside:
        """No two connections draw alike: what one of them signed, another does not sign again."""
        draw = 0.5 + next(self._draws) * 1e-6
        return Outside(
            http=httpx.AsyncClient(transport=self.wire),
            now=self.clock,
            sleep=self.clock.sleep,
            budget=TokenBucket(self.plugin.limits, self.clock, self.clock.sleep),
            credentials=self.credentials,
            jitter=lambda: draw,
        )

    def settings(self) -> Any:
        """The twin's settings with this rig's overrides, validated by the plug-in's model."""
        return self.plugin.settings(**{**self.twin.settings(BASE_URL), **self.overrides})

    def connect(self) -> Connector:
        connector: Connector = self.plugin.connector(self.settings(), self.outside())
        return connector
