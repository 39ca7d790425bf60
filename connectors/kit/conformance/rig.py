"""A connector wired to its twin: no sockets, no real time, nothing global."""

import importlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx

from connectors.kit.capabilities import Connector
from connectors.kit.limits import TokenBucket
from connectors.kit.outside import CredentialsInMemory, Outside
from connectors.kit.plugin import Plugin
from connectors.kit.twin import Twin

BASE_URL = "https://twin.example"


class ManualClock:
    """Time that moves only when it is told to, or when somebody sleeps."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)) -> None:
        self._now = start

    def __call__(self) -> datetime:
        return self._now

    def advance(self, duration: timedelta) -> None:
        self._now += duration

    async def sleep(self, seconds: float) -> None:
        self.advance(timedelta(seconds=seconds))


def load_twin(plugin: Plugin[Any, Any], clock: ManualClock, seed: int = 1) -> Twin:
    """The imitation that the plug-in names."""
    module, _, name = plugin.twin.partition(":")
    twin: Twin = getattr(importlib.import_module(module), name)(clock, Random(seed))
    return twin


class Rig:
    """`rig.connector` talks to `rig.twin`; `rig.connect()` gives another connector, as after a restart."""

    def __init__(
        self, plugin: Plugin[Any, Any], *, overrides: Mapping[str, Any] | None = None, seed: int = 1
    ):
        self.plugin = plugin
        self.clock = ManualClock()
        self.twin = load_twin(plugin, self.clock, seed)
        self.overrides = dict(overrides or {})
        self.credentials = CredentialsInMemory()
        self.connector = self.connect()

    def outside(self) -> Outside:
        return Outside(
            http=httpx.AsyncClient(transport=httpx.ASGITransport(self.twin)),
            now=self.clock,
            sleep=self.clock.sleep,
            budget=TokenBucket(self.plugin.limits, self.clock, self.clock.sleep),
            credentials=self.credentials,
            jitter=lambda: 0.5,
        )

    def connect(self) -> Connector:
        settings = self.plugin.settings(**{**self.twin.settings(BASE_URL), **self.overrides})
        connector: Connector = self.plugin.connector(settings, self.outside())
        return connector
