"""The only place where time and identifiers are made; everybody else is handed `now` and `new_id`."""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
NewId = Callable[[], str]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def system_now() -> datetime:
    return datetime.now(UTC)


def micros(moment: datetime) -> int:
    """An aware instant as microseconds since 1970 UTC: how every table keeps time."""
    return (moment - EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    return EPOCH + timedelta(microseconds=value)


class OrderedIds:
    """32 hex digits, ordered by time of making within this process and random against other processes:
    48 bits of milliseconds, then 80 random bits that count up within one millisecond."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        with self._lock:
            now = time.time_ns() // 1_000_000
            if now > self._last >> 80:
                self._last = now << 80 | int.from_bytes(os.urandom(10))
            else:
                self._last += 1
            return f"{self._last:032x}"


class CountedIds:
    """Identifiers for tests and simulation: the same run gives the same ids."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self) -> str:
        self._count += 1
        return f"{self._count:032x}"
