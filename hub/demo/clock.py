"""One scaled clock for two processes, in a page of memory that they share.

It stands still while a request of the hub is on its way: signatures hold for minutes, which at a few hours
per second are less than a busy machine needs to answer. And it never leaps: a process that gets no turn slows
the clock down for everybody instead of missing hours.
"""

import asyncio
import mmap
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from hub.clock import from_micros, micros

LONGEST_LEAP = timedelta(minutes=2)
SHORTEST_TICK, LONGEST_TICK = 0.002, 0.05
_SIZE = 16


class SharedClock:
    """Two whole numbers: microseconds since 1970, and how many of them pass per real millisecond. The first
    is written by the process that keeps the pace, the second by the one that watches."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), _SIZE)
        self._cells = memoryview(self._page).cast("q")

    @classmethod
    def make(cls, path: Path, start: datetime) -> "SharedClock":
        """A clock that stands at `start` until somebody keeps its pace."""
        path.write_bytes(bytes(_SIZE))
        clock = cls(path)
        clock._cells[0] = micros(start)
        return clock

    def __call__(self) -> datetime:
        return from_micros(self._cells[0])

    @property
    def speed(self) -> float:
        """Simulated seconds per real second."""
        return self._cells[1] / 1000

    def set_speed(self, speed: float) -> None:
        self._cells[1] = round(speed * 1000)

    def advance(self, duration: timedelta) -> None:
        self._cells[0] += duration // timedelta(microseconds=1)

    def close(self) -> None:
        self._cells.release()
        self._page.close()


class Pace:
    """Keeps a clock going. `holding` around whatever must not grow old on its way."""

    def __init__(self, clock: SharedClock) -> None:
        self._clock = clock
        self._on_their_way = 0

    @contextmanager
    def holding(self) -> Generator[None]:
        self._on_their_way += 1
        try:
            yield
        finally:
            self._on_their_way -= 1

    async def keep(self) -> None:
        """Until cancelled."""
        before = time.monotonic()
        while True:
            await asyncio.sleep(self._tick())
            now = time.monotonic()
            if not self._on_their_way:
                self._clock.advance(min(timedelta(seconds=now - before) * self._clock.speed, LONGEST_LEAP))
            before = now

    async def sleep(self, seconds: float) -> None:
        """Until so much time has passed on the clock."""
        until = self._clock() + timedelta(seconds=seconds)
        while self._clock() < until:  # noqa: ASYNC110 - another process moves this clock
            await asyncio.sleep(self._tick())

    def _tick(self) -> float:
        """Short enough that no tick is a leap."""
        wanted = LONGEST_LEAP.total_seconds() / 4 / max(self._clock.speed, 1)
        return min(max(wanted, SHORTEST_TICK), LONGEST_TICK)


class HoldingTransport(httpx.AsyncBaseTransport):
    """The network; time stands still until the answer begins."""

    def __init__(self, inner: httpx.AsyncBaseTransport, pace: Pace) -> None:
        self._inner = inner
        self._pace = pace

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        with self._pace.holding():
            return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
