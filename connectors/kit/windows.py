"""Windows for platforms that are asked what changed between A and B."""

from collections.abc import Iterator
from datetime import datetime, timedelta


def windows(
    since: datetime, until: datetime, *, length: timedelta, overlap: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    """Closed windows from `since - overlap` up to `until`, each at most `length` long, oldest first.

    The overlap re-reads what the platform shows late; repeats vanish in the inbox. Nothing is yielded while
    `until` has not passed `since` (also when the platform's clock goes back).
    """
    if until <= since:
        return
    start = since - overlap
    while start < until:
        end = min(start + length, until)
        yield start, end
        start = end
