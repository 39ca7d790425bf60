"""How far the pull of one shop got."""

from datetime import datetime
from typing import Self

from connectors.kit import UnexpectedPayload
from mappings.stores.medusa.queries import wire_time
from mappings.structs import FrozenStruct


class Bookmark(FrozenStruct):
    """Everything up to `since` was read. A pass under way reads towards `until`, the newest instant that the
    shop knew when it began, and has the orders up to the id `after` behind it.

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
        """The beginning of a pass; a shop whose clock went back does not move the bookmark back."""
        return type(self)(since=self.since, until=max(horizon, self.since or horizon))

    def text_at(self, after: str) -> str | None:
        """Text after a page that ended with the id `after`; empty after the last."""
        if self.until is None or not after:
            return wire_time(self.until) if self.until else None
        if self.since is None or self.until > self.since:
            since = wire_time(self.since) if self.since else ""
            return f"{since}/{wire_time(self.until)}/{after}"
        return None


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
