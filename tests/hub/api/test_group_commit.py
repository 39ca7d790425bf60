"""One commit for everybody who waits, and everybody answers for himself."""

import asyncio
from collections.abc import Sequence

import pytest

from hub.api.group_commit import GroupCommit


class Store:
    """Stores a batch at a time, when it is let; `refused` items fail whatever they are stored with."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.stored: list[str] = []
        self.refused: set[str] = set()
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, items: Sequence[str]) -> None:
        self.batches.append(list(items))
        await self.open.wait()
        if self.refused & set(items):
            raise ValueError(sorted(self.refused & set(items))[0])
        self.stored += items


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def commits(store: Store) -> GroupCommit[str]:
    return GroupCommit(store, patience=60)


async def _waiting(commits: GroupCommit[str], *items: str) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(commits.put(item)) for item in items]
    await asyncio.sleep(0)
    return tasks


async def test_a_lone_item_does_not_wait_for_others(commits, store) -> None:
    await commits.put("a")
    assert store.batches == [["a"]]


async def test_what_comes_during_a_commit_shares_the_next(commits, store) -> None:
    store.open.clear()
    first = await _waiting(commits, "a")
    await asyncio.sleep(0)
    rest = await _waiting(commits, "b", "c", "d")
    store.open.set()
    await asyncio.gather(*first, *rest)
    assert store.batches == [["a"], ["b", "c", "d"]]


async def test_nobody_is_answered_before_the_commit(commits, store) -> None:
    store.open.clear()
    (task,) = await _waiting(commits, "a")
    await asyncio.sleep(0)
    assert not task.done()
    store.open.set()
    await task
    assert store.stored == ["a"]


async def test_one_bad_item_does_not_fail_its_neighbours(commits, store) -> None:
    store.refused = {"bad"}
    tasks = await _waiting(commits, "a", "bad", "c")
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(result) for result in results] == ["None", "bad", "None"]
    assert store.stored == ["a", "c"]


async def test_a_failed_batch_is_tried_item_by_item(commits, store) -> None:
    store.refused = {"bad"}
    await asyncio.gather(*await _waiting(commits, "a", "bad"), return_exceptions=True)
    assert store.batches == [["a", "bad"], ["a"], ["bad"]]


async def test_a_request_that_is_given_up_does_not_take_the_others_along(commits, store) -> None:
    store.open.clear()
    await _waiting(commits, "a")
    tasks = await _waiting(commits, "b", "c")
    tasks[0].cancel()
    store.open.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1] is None
    assert "c" in store.stored


async def test_nobody_tries_alone_what_nobody_waits_for(commits, store) -> None:
    store.open.clear()
    first = await _waiting(commits, "a")
    await asyncio.sleep(0)
    tasks = await _waiting(commits, "given up", "bad", "c")
    store.refused = {"bad"}
    tasks[0].cancel()
    store.open.set()
    await asyncio.gather(*first, *tasks, return_exceptions=True)
    assert ["given up"] not in store.batches
    assert store.stored == ["a", "c"]


async def test_it_goes_on_after_a_failure(commits, store) -> None:
    store.refused = {"bad"}
    with pytest.raises(ValueError, match="bad"):
        await commits.put("bad")
    await commits.put("a")
    assert store.stored == ["a"]


async def test_nobody_waits_longer_than_his_patience(store) -> None:
    commits = GroupCommit(store, patience=0.02)
    store.open.clear()
    tasks = await _waiting(commits, "a")
    await asyncio.sleep(0)
    tasks += await _waiting(commits, "b")
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [TimeoutError, TimeoutError]


async def test_who_gave_up_does_not_keep_the_next_from_being_stored(store) -> None:
    commits = GroupCommit(store, patience=0.02)
    store.open.clear()
    late = await _waiting(commits, "late")
    await asyncio.gather(*late, return_exceptions=True)
    store.open.set()
    await commits.put("next")
    assert store.stored == ["late", "next"]
