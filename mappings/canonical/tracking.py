"""What a carrier says about a parcel."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from operator import itemgetter

from mappings.canonical.values import Value


class TrackingStatus(StrEnum):
    """The thirteen states that every carrier's codes are mapped to."""

    PRE_TRANSIT = "pre_transit"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    DELIVERED = "delivered"
    DELIVERY_ATTEMPTED = "delivery_attempted"
    EXCEPTION = "exception"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class TrackingEvent(Value):
    """One scan. `occurred_at` is null where the carrier's local time has no known zone; `local_text` is
    then all there is. A code that no table knows keeps status `unknown` and its raw `code`."""

    occurred_at: datetime | None = None
    local_text: str = ""
    status: TrackingStatus
    code: str = ""
    description: str = ""
    location: str = ""

    @property
    def identity(self) -> str:
        """Equal for two reports of the same scan."""
        moment = self.occurred_at.isoformat() if self.occurred_at else self.local_text
        return f"{moment}|{self.code}|{self.description}"


def oldest_first(events: Iterable[TrackingEvent]) -> tuple[TrackingEvent, ...]:
    """Events by time, each once; equal times keep the given order, which is the carrier's turned to oldest
    first. An event of unknown time stays behind the one before it."""
    moment = _BEFORE_ALL
    timed: list[tuple[datetime, TrackingEvent]] = []
    for event in {event.identity: event for event in events}.values():
        moment = event.occurred_at or moment
        timed.append((moment, event))
    return tuple(event for _, event in sorted(timed, key=itemgetter(0)))


_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class TrackingReport(Value):
    """All that one report says about one parcel; `events` oldest first.

    `watching` is false when the carrier stopped following the parcel before its journey ended.
    `carrier` is the carrier's canonical code; `reference` our own reference where the carrier repeats it.
    """

    carrier: str
    tracking_number: str
    reference: str = ""
    events: tuple[TrackingEvent, ...] = ()
    watching: bool = True
