"""One commit for everybody who is waiting: while one batch commits, the next collects. No timer delays it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Waiting(Generic[T]):
    item: T
    until: float
    done: asyncio.Future[None]


class GroupCommit(Generic[T]):
    """`store(items)` makes items durable or raises; a batch that fails is stored item by item, so that one
    bad item does not fail its neighbours. Nobody waits longer than `patience` seconds; one timer looks after
    all of them, because one each would cost a tenth of a webhook."""

    def __init__(self, store: Callable[[Sequence[T]], Awaitable[None]], patience: float) -> None:
        self._store = store
        self._patience = patience
        self._collected: list[_Waiting[T]] = []
        self._committed: list[_Waiting[T]] = []
        self._committing: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def put(self, item: T) -> None:
        """Returns when the item is durable; raises what storing it alone raised, or `TimeoutError`."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(item, loop.time() + self._patience, loop.create_future())
        self._collected.append(waiting)
        if self._committing is None or self._committing.done():
            self._committing = loop.create_task(self._commit())
        if self._timer is None:
            self._timer = loop.call_at(waiting.until, self._expire)
        await waiting.done

    async def _commit(self) -> None:
        while self._collected:
            batch = self._committed = self._collected
            self._collected = []
            try:
                await self._store([each.item for each in batch])
            except Exception:  # whatever failed, each item gets its own chance and its own error
                await self._one_by_one(batch)
            else:
                _finish(batch)

    async def _one_by_one(self, batch: Iterable[_Waiting[T]]) -> None:
        for each in batch:
            if each.done.done():  # nobody waits for it any more
                continue
            try:
                await self._store([each.item])
            except Exception as error:  # handed to the one who waits for this item
                if not each.done.done():
                    each.done.set_exception(error)
            else:
                _finish([each])

    def _expire(self) -> None:
        """Give up for those whose time is over, and look again when the next one's is."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        waiting = [each for each in (*self._committed, *self._collected) if not each.done.done()]
        for each in waiting:
            if each.until <= now:
                each.done.set_exception(TimeoutError("not stored in time"))
        later = [each.until for each in waiting if each.until > now]
        self._timer = loop.call_at(min(later), self._expire) if later else None


def _finish(batch: Iterable[_Waiting[T]]) -> None:
    for each in batch:
        if not each.done.done():
            each.done.set_result(None)
