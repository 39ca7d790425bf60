"""Lists in numbered pages, cut into windows of time, that move while they are read: last page first.

What changes leaves a window over the time of change, and what stood behind it moves towards the first page;
read backwards, those pages are still to come. It holds for lists that are newest first and for those that are
oldest first. Should something come late into the window instead, all of it is read again.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar


class CountedPage(Protocol):
    """A page that says how long the whole list is."""

    @property
    def total(self) -> int: ...


PageT = TypeVar("PageT", bound=CountedPage)
Window = tuple[datetime, datetime]
ReadPage = Callable[[Window, int], Awaitable[PageT]]
"""(window, number of the page from 1) → the page."""

_SECOND = timedelta(seconds=1)


async def window_pages(
    read: ReadPage[PageT], due: Iterable[Window], *, size: int, reachable: int
) -> AsyncIterator[tuple[PageT, datetime | None]]:
    """Pages of `size` rows of all windows, oldest window first; with the last one of a window comes its end.
    A window that holds more rows than are `reachable` is halved, down to a second."""
    pending = list(due)[::-1]
    while pending:
        start, end = window = pending.pop()
        first = await read(window, 1)
        if first.total > reachable and end - start >= 2 * _SECOND:
            middle = start + (end - start) // (2 * _SECOND) * _SECOND
            pending += [(middle, end), (start, middle)]
            continue
        while (pages := -(-first.total // size)) > 1:
            for number in range(pages, 1, -1):
                yield await read(window, number), None
            before, first = first, await read(window, 1)
            if first.total <= before.total:
                break
        yield first, end
