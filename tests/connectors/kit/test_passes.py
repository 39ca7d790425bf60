"""Pulls in passes: nothing is read twice without need, nothing is skipped, whatever moves or breaks off."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from connectors.kit import Delivery, Topic, UnexpectedPayload
from connectors.kit.passes import Bookmark, pages_by_id, pull_in_passes

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OVERLAP = timedelta(minutes=5)


class Platform:
    """Orders by id, each with the minute in which it changed last."""

    def __init__(self, *minutes: int, size: int = 2) -> None:
        self.changed = {f"{number:03}": NOON + timedelta(minutes=it) for number, it in enumerate(minutes, 1)}
        self.size = size
        self.asked: list[datetime | None] = []

    async def newest(self) -> datetime | None:
        return max(self.changed.values(), default=None)

    async def pages(self, since: datetime | None, after: str) -> Any:
        self.asked.append(since)

        async def read(behind: str) -> list[Raw]:
            found = [it for it, at in self.changed.items() if it > behind and (since is None or at >= since)]
            return [Raw(it.encode()) for it in sorted(found)[: self.size]]

        async for rows, last in pages_by_id(
            read, lambda row: bytes(row).decode(), size=self.size, after=after
        ):
            yield (
                [Delivery(topic=Topic.ORDER, external_id=bytes(it).decode(), document=b"") for it in rows],
                last,
            )

    async def pull(self, bookmark: str, most: int = 99) -> tuple[list[str], str]:
        """At most so many pages: ids, and the bookmark that was stored last."""
        ids: list[str] = []
        pulled = pull_in_passes(bookmark, self.newest, self.pages, overlap=OVERLAP, start_from=None)
        async for page in pulled:
            ids += [it.external_id for it in page.deliveries]
            bookmark = page.bookmark or bookmark
            most -= 1
            if most == 0:
                break
        return ids, bookmark


async def test_second_pass_reads_only_what_changed_and_the_overlap():
    platform = Platform(0, 10, 20)
    first, bookmark = await platform.pull("")
    platform.changed["001"] = NOON + timedelta(minutes=30)
    second, later = await platform.pull(bookmark)

    assert (first, second) == (["001", "002", "003"], ["001", "003"])
    assert platform.asked == [None, NOON + timedelta(minutes=15)]
    assert Bookmark.parse(later) == Bookmark(since=NOON + timedelta(minutes=30))


async def test_platform_without_orders_has_no_bookmark_yet():
    assert await Platform().pull("") == ([], "")


async def test_platform_whose_clock_went_back_does_not_move_the_bookmark_back():
    _, bookmark = await Platform(50).pull("")
    assert (await Platform(10).pull(bookmark))[1] == bookmark


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.integers(1, 6), st.integers(2, 4))
async def test_pass_that_breaks_off_is_finished_later(minutes, cut, size):
    platform = Platform(*minutes, size=size)
    first, bookmark = await platform.pull("", most=cut)
    for order_id in platform.changed:
        platform.changed[order_id] += timedelta(minutes=61)
    second, _ = await platform.pull(bookmark)

    assert set(first) | set(second) == set(platform.changed)


@pytest.mark.parametrize("text", ["yesterday", "1/2/3", "2026-03-02T12:00:00.000Z/x/001"])
def test_bookmark_of_another_connector_is_named(text):
    with pytest.raises(UnexpectedPayload):
        Bookmark.parse(text)


async def test_row_that_was_asked_behind_may_come_again():
    async def read(behind: str) -> list[Raw]:
        return [Raw(it.encode()) for it in "abcdef" if it >= behind][:3]

    pages = [page async for page in pages_by_id(read, lambda row: bytes(row).decode(), size=3)]
    assert [b"".join(map(bytes, rows)) for rows, _ in pages] == [b"abc", b"de", b"f"]
    assert [last for _, last in pages] == ["c", "e", ""]
