"""One commit for everybody who is waiting: while one batch commits, the next collects. No timer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class GroupCommit(Generic[T]):
    """`store(items)` makes items durable or raises; a batch that fails is stored item by item, so that one
    bad item does not fail its neighbours."""

    def __init__(self, store: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        self._store = store
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._committing: asyncio.Task[None] | None = None

    async def put(self, item: T) -> None:
        """Returns when the item is durable; raises what storing it alone raised."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit())
        await done

    async def _commit(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await self._store([item for item, _ in batch])
            except Exception:  # whatever failed, each item gets its own chance and its own error
                await self._one_by_one(batch)
            else:
                _finish(batch)

    async def _one_by_one(self, batch: Sequence[tuple[T, "asyncio.Future[None]"]]) -> None:
        for item, done in batch:
            if done.done():  # nobody waits for it any more
                continue
            try:
                await self._store([item])
            except Exception as error:  # handed to the one who waits for this item
                if not done.done():
                    done.set_exception(error)
            else:
                _finish([(item, done)])


def _finish(batch: Sequence[tuple[object, "asyncio.Future[None]"]]) -> None:
    for _, done in batch:
        if not done.done():
            done.set_result(None)
