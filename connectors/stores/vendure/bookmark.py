"""How far the pull of one shop got."""

from datetime import datetime
from typing import Self

from connectors.kit import UnexpectedPayload
from mappings.stores.vendure.queries import wire_time
from mappings.structs import FrozenStruct


class Bookmark(FrozenStruct):
    """Everything up to `since` was read. A pass under way reads towards `until`, the newest instant that the
    shop knew when it began, and has `skip` orders behind it.

    As text, growing: `since`, then `since/until/skip`, then `until`.
    """

    since: datetime | None = None
    until: datetime | None = None
    skip: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        since, _, rest = text.partition("/")
        until, _, skip = rest.partition("/")
        try:
            return cls(since=_instant(since), until=_instant(until), skip=int(skip or 0))
        except ValueError:
            raise UnexpectedPayload("the stored bookmark is not one of this connector; clear it") from None

    def towards(self, horizon: datetime) -> Self:
        """The beginning of a pass; a shop whose clock went back does not move the bookmark back."""
        return type(self)(since=self.since, until=max(horizon, self.since or horizon))

    def text_at(self, skip: int | None) -> str | None:
        """Text after a page; `skip` is where the next begins, null after the last."""
        if self.until is None or skip is None:
            return wire_time(self.until) if self.until else None
        if self.since is None or self.until > self.since:
            since = wire_time(self.since) if self.since else ""
            return f"{since}/{wire_time(self.until)}/{skip:09}"
        return None


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
