"""Journeys of parcels for carrier twins: drawn from the seed when booked, moved by the clock."""

import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from mappings.canonical import TrackingStatus


@dataclass(frozen=True, kw_only=True)
class JourneyScan:
    """What happens to a parcel, and when."""

    number: str
    at: datetime
    status: TrackingStatus


def draw_journey(
    random: Random, booked_at: datetime, *, attempt_chance: float, return_chance: float, loss_chance: float
) -> Sequence[tuple[datetime, TrackingStatus]]:
    """Pick-up after 1 to 12 hours, delivery 1 to 4 days later; the chances make some fail at the door once,
    go back to the sender, or get lost on the way. Ends with the last scan that the parcel will ever have."""
    picked_up = booked_at + timedelta(hours=random.uniform(1, 12))
    delivered = picked_up + timedelta(days=random.uniform(1, 4))
    fails, returns, is_lost = (random.random() < c for c in (attempt_chance, return_chance, loss_chance))
    travel = delivered - picked_up
    at_the_door = delivered - timedelta(hours=3)
    scans = [
        (picked_up, TrackingStatus.PICKED_UP),
        (picked_up + travel * 0.2, TrackingStatus.IN_TRANSIT),
        (picked_up + travel * 0.6, TrackingStatus.IN_TRANSIT),
    ]
    if is_lost:
        return [*scans, (picked_up + timedelta(days=5), TrackingStatus.LOST)]
    scans.append((at_the_door, TrackingStatus.OUT_FOR_DELIVERY))
    if fails or returns:
        scans.append((delivered, TrackingStatus.DELIVERY_ATTEMPTED))
    day = timedelta(days=1)
    if returns:
        return [
            *scans,
            (delivered + day, TrackingStatus.RETURNING),
            (delivered + day + travel, TrackingStatus.RETURNED),
        ]
    if fails:
        scans.append((at_the_door + day, TrackingStatus.OUT_FOR_DELIVERY))
        delivered += day
    return [*scans, (delivered, TrackingStatus.DELIVERED)]


class Journeys:
    """All parcels on their way; scans come out in the order of their time, each once."""

    def __init__(self) -> None:
        self._scans: list[tuple[datetime, int, str, TrackingStatus]] = []
        self._order = itertools.count()
        self._stopped: set[str] = set()

    def start(self, number: str, scans: Sequence[tuple[datetime, TrackingStatus]]) -> None:
        for at, status in scans:
            heapq.heappush(self._scans, (at, next(self._order), number, status))

    def stop(self, number: str) -> None:
        """The parcel will not travel (further)."""
        self._stopped.add(number)

    def due(self, now: datetime) -> Iterator[JourneyScan]:
        """Scans up to `now`, oldest first; they are gone once they were given."""
        while (following := self.next_due()) is not None and following <= now:
            at, _, number, status = heapq.heappop(self._scans)
            yield JourneyScan(number=number, at=at, status=status)

    def next_due(self) -> datetime | None:
        while self._scans and self._scans[0][2] in self._stopped:
            heapq.heappop(self._scans)
        return self._scans[0][0] if self._scans else None
