"""Who committed does not wait for the queue; several commits ring once."""

import asyncio
from collections.abc import Sequence

import pytest

from hub.queue import Bell
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


async def test_it_rings_again_after_a_pause(queue) -> None:
    queue.let_go.set()
    bell = Bell(queue)
    await bell.ring([SHOP])
    await bell.close()
    await bell.ring([SHOP])
    await bell.close()
    assert queue.sent == [[SHOP], [SHOP]]
