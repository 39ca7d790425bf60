"""Where a pull resumes: up to which instant everything was read, and how far a pass under way got."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Self

from connectors.kit import Delivery, UnexpectedPayload
from connectors.kit.translation import understood
from mappings.documents import instant
from mappings.stores.amazon.outward import OrdersPage
from mappings.structs import FrozenStruct


class Bookmark(FrozenStruct):
    """Everything up to `since` was read; a pass under way reads towards `until` and goes on at `token`.

    As text: `since`, within a pass `since/until/token`.
    """

    since: datetime
    until: datetime | None = None
    token: str = ""

    @classmethod
    def parse(cls, text: str, start: datetime) -> Self:
        """`start` stands for an empty text."""
        since, _, rest = text.partition("/")
        until, _, token = rest.partition("/")
        try:
            return cls(since=_instant(since) or start, until=_instant(until), token=token)
        except ValueError:
            raise UnexpectedPayload("the stored bookmark is not one of this connector; clear it") from None

    def behind(self, answer: OrdersPage, orders: Sequence[Delivery]) -> Self:
        """After a page. The first one says towards when its pass reads; a platform whose clock went back does
        not move the bookmark back."""
        token = (answer.pagination and answer.pagination.next_token) or ""
        told, path = answer.last_updated_before, "$.lastUpdatedBefore"
        newest = [understood(instant, told, path)] if told else [one.version for one in orders if one.version]
        until = self.until or max((*newest, self.since))
        return type(self)(since=self.since if token else until, until=until if token else None, token=token)

    @property
    def text(self) -> str:
        if self.until is None:
            return _text(self.since)
        return f"{_text(self.since)}/{_text(self.until)}/{self.token}"


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
