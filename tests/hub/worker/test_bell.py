"""Who committed does not wait for the queue; several commits ring once."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from hub.queue import PAUSE_SECONDS, Bell
from hub.storage.database import Wake

SHOP, OTHER = Wake("fetch", "shop"), Wake("fetch", "other")


class SlowQueue:
    """Sends only once it is let go."""

    def __init__(self) -> None:
        self.let_go = asyncio.Event()
        self.sent: list[list[Wake]] = []

    async def wake(self, wakes: Sequence[Wake]) -> bool:
        self.sent.append(list(wakes))
        await self.let_go.wait()
        return True

    async def is_reachable(self) -> bool:
        return True

    async def workers(self, lane: str) -> int:
        return 1

    async def close(self) -> None:
        return None


@pytest.fixture
async def queue() -> SlowQueue:
    return SlowQueue()


async def test_nobody_waits_for_the_queue_and_several_commits_ring_once(queue) -> None:
    bell = Bell(queue)
    await bell.ring([SHOP])
    await asyncio.sleep(0)
    for wakes in ([SHOP], [OTHER], [OTHER, SHOP]):
        await bell.ring(wakes)
    queue.let_go.set()
    await bell.close()
    assert queue.sent == [[SHOP], [SHOP, OTHER]]


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """The time, as a list of one."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


async def test_the_same_is_not_rung_again_and_again_but_nothing_is_forgotten(queue, clock) -> None:
    queue.let_go.set()
    bell = Bell(queue)
    await bell.ring([SHOP])
    await asyncio.sleep(0)
    await bell.ring([SHOP, OTHER])
    for _ in range(5):
        await asyncio.sleep(0)
    assert queue.sent == [[SHOP], [OTHER]]
    await bell.close()
    assert queue.sent == [[SHOP], [OTHER], [SHOP]]


async def test_it_rings_again_after_a_pause(queue, clock) -> None:
    queue.let_go.set()
    bell = Bell(queue)
    for _ in range(2):
        await bell.ring([SHOP])
        await asyncio.sleep(0)
        clock[0] += PAUSE_SECONDS
    await asyncio.sleep(0)
    assert queue.sent == [[SHOP], [SHOP]]
