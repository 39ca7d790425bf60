"""When parcels leave a location: on which days, and until when an order still goes with them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mappings.structs import FrozenStruct

LOOK_AHEAD = 30
"""Days; a location that is closed for longer has no next dispatch."""


class Hours(FrozenStruct, forbid_unknown_fields=True, omit_defaults=True):
    """`weekdays` as ISO 8601 counts them (1 is Monday); `cut_off` and days are those of the time zone.
    As it stands: every day, until midnight UTC."""

    time_zone: str = "UTC"
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    cut_off: time = time.max
    holidays: tuple[date, ...] = ()

    def dispatches(self, now: datetime) -> Iterator[tuple[date, datetime]]:
        """Days on which what is ordered now can leave, and the instant at which it does; the next first."""
        today = now.astimezone(_zone(self.time_zone)).date()
        for ahead in range(LOOK_AHEAD + 1):
            day = today + timedelta(days=ahead)
            if day.isoweekday() in self.weekdays and day not in self.holidays:
                at = datetime.combine(day, self.cut_off, _zone(self.time_zone)).astimezone(UTC)
                if at >= now:
                    yield day, at


ALWAYS = Hours()


@lru_cache(maxsize=1000)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
