"""One clock for the driver and the processes that it kills, in a page of memory that all of them map.

Only the driver moves it. It never runs more than a few minutes ahead of the oldest request that is on its
way: signatures hold so long, and a busy machine needs its time. What a killed process had on its way is
forgotten.
"""

import asyncio
import itertools
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from hub.clock import from_micros, micros

SLOTS = 4
AHEAD = timedelta(minutes=4)
TICK_SECONDS = 0.004


class SteppedClock:
    """Cell 0: the time. Then a cell per process: since when its oldest request is on its way, 0 for none."""

    def __init__(self, path: Path, slot: int) -> None:
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), 8 * (1 + SLOTS))
        self._cells = memoryview(self._page).cast("q")
        self._slot = 1 + slot
        self._numbers = itertools.count()
        self._sent: dict[int, int] = {}

    @classmethod
    def make(cls, path: Path, start: datetime) -> "SteppedClock":
        path.write_bytes(bytes(8 * (1 + SLOTS)))
        clock = cls(path, 0)
        clock._cells[0] = micros(start)
        return clock

    def __call__(self) -> datetime:
        return from_micros(self._cells[0])

    def advance_to(self, moment: datetime) -> None:
        """As far as the requests allow that are on their way."""
        oldest = min((each for each in self._cells[1:] if each), default=None)
        latest = micros(moment) if oldest is None else min(micros(moment), oldest + micros_of(AHEAD))
        self._cells[0] = max(self._cells[0], latest)

    def forget(self, slot: int) -> None:
        """The process of this slot is dead."""
        self._cells[1 + slot] = 0

    @contextmanager
    def on_its_way(self) -> Iterator[None]:
        number = next(self._numbers)
        self._sent[number] = self._cells[0]
        self._cells[self._slot] = min(self._sent.values())
        try:
            yield
        finally:
            del self._sent[number]
            self._cells[self._slot] = min(self._sent.values(), default=0)

    async def sleep(self, seconds: float) -> None:
        until = self() + timedelta(seconds=seconds)
        while self() < until:  # noqa: ASYNC110 - time is made by another process
            await asyncio.sleep(TICK_SECONDS)


def micros_of(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)


class Watched(httpx.AsyncBaseTransport):
    """The network, on which the clock keeps an eye."""

    def __init__(self, clock: SteppedClock) -> None:
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=5))
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        with self._clock.on_its_way():
            return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
