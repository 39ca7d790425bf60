"""Pulls in passes, for platforms that tell what changed since an instant in an order that never moves.

A pass reads what changed since the last one, sorted by id: what changes meanwhile cannot hide an order, since
the next page is asked for by id and not by position. It reads towards the newest instant that the platform
knew when the pass began; there the next one starts, less an overlap. Our own clock has no say.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Self

from msgspec import Raw

from connectors.kit.errors import UnexpectedPayload
from connectors.kit.messages import Delivery, Page
from mappings.structs import FrozenStruct

Newest = Callable[[], Awaitable[datetime | None]]
"""The newest instant of change that the platform knows; null while it has no orders."""

ReadPages = Callable[[datetime | None, str], AsyncIterator[tuple[Sequence[Delivery], str]]]
"""(changed at or after, behind which id) → what each page holds and the id it ended with, empty after the
last."""


class Bookmark(FrozenStruct):
    """Everything up to `since` was read. A pass under way reads towards `until`, the newest instant that the
    platform knew when it began, and has the orders up to the id `after` behind it.

    As text, growing: `since`, then `since/until/after`, then `until`.
    """

    since: datetime | None = None
    until: datetime | None = None
    after: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        since, _, rest = text.partition("/")
        until, _, after = rest.partition("/")
        try:
            return cls(since=_instant(since), until=_instant(until), after=after)
        except ValueError:
            raise UnexpectedPayload("the stored bookmark is not one of this connector; clear it") from None

    def towards(self, horizon: datetime) -> Self:
        """The beginning of a pass; a platform whose clock went back does not move the bookmark back."""
        return type(self)(since=self.since, until=max(horizon, self.since or horizon))

    def text_at(self, after: str) -> str | None:
        """Text after a page that ended with the id `after`; empty after the last."""
        if self.until is None or not after:
            return _text(self.until) if self.until else None
        if self.since is None or self.until > self.since:
            since = _text(self.since) if self.since else ""
            return f"{since}/{_text(self.until)}/{after}"
        return None


async def pull_in_passes(
    bookmark: str, newest: Newest, pages: ReadPages, *, overlap: timedelta, start_from: datetime | None
) -> AsyncIterator[Page]:
    """Finishes a pass that was interrupted, then makes the next one."""
    mark = Bookmark.parse(bookmark)
    if mark.after:
        async for page in _pass(mark, pages, overlap, start_from):
            yield page
        mark = Bookmark(since=mark.until)
    if horizon := await newest():
        async for page in _pass(mark.towards(horizon), pages, overlap, start_from):
            yield page


async def pages_by_id(
    read: Callable[[str], Awaitable[Sequence[Raw]]],
    id_of: Callable[[Raw], str],
    *,
    size: int,
    after: str = "",
) -> AsyncIterator[tuple[Sequence[Raw], str]]:
    """Rows of each page, and the id after which the next begins, empty after the last. `read` asks for `size`
    rows behind an id; a platform that gives the row of this id again only repeats itself."""
    while True:
        rows = await read(after)
        fresh = [row for row in rows if id_of(row) != after]
        after = id_of(fresh[-1]) if fresh and len(rows) == size else ""
        yield fresh, after
        if not after:
            return


async def _pass(
    mark: Bookmark, pages: ReadPages, overlap: timedelta, start_from: datetime | None
) -> AsyncIterator[Page]:
    since = mark.since - overlap if mark.since else start_from
    async for deliveries, after in pages(since, mark.after):
        yield Page(deliveries=tuple(deliveries), bookmark=mark.text_at(after))


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
