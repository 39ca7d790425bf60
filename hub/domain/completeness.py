"""Are the orders of a store here? Certificates say it hour by hour, or what exactly differs."""

from datetime import datetime, timedelta
from enum import StrEnum

from mappings.structs import FrozenStruct

HOUR = timedelta(hours=1)


class Kind(StrEnum):
    """`ids`: all orders placed in an hour, by id. `contents`: a sample of orders, each read anew."""

    IDS = "ids"
    CONTENTS = "contents"


class Lack(StrEnum):
    """How the hub and the store differ about an order. `missing`: only the store lists it. `unlisted`: only
    the hub has it. `changed`: the store's document was newer. `gone`: the store does not give it any more."""

    MISSING = "missing"
    UNLISTED = "unlisted"
    CHANGED = "changed"
    GONE = "gone"


class Gap(FrozenStruct):
    """One order about which hub and store differ; `healed_at`: when they were first seen to agree again."""

    external_id: str
    lack: Lack
    healed_at: datetime | None = None


class Certificate(FrozenStruct):
    """`compared` orders were looked at. `hour` is that of the orders (`ids`) or of the look (`contents`)."""

    store_id: str
    connection_id: str
    kind: Kind
    hour: datetime
    compared: int
    checked_at: datetime
    gaps: tuple[Gap, ...] = ()
    dropped_webhooks: tuple[str, ...] = ()
    """Topics that the platform was seen in this hour to have dropped; they were registered again."""

    @property
    def open(self) -> int:
        return sum(each.healed_at is None for each in self.gaps)

    @property
    def healed_at(self) -> datetime | None:
        """When the last difference healed; null where there was none, or one is left."""
        ends = [each.healed_at for each in self.gaps if each.healed_at]
        return None if self.open else max(ends, default=None)


def hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def hours_due(last: datetime | None, now: datetime, settle: timedelta, most: int) -> list[datetime]:
    """Hours that ended at least `settle` ago and come after the last certified one, the oldest first. Where
    none is certified yet, the first is the last that is over."""
    end = hour_of(now - settle)
    first = end - HOUR if last is None else last + HOUR
    return [first + number * HOUR for number in range(min(most, (end - first) // HOUR))]


def is_compared(last: datetime | None, now: datetime, every: timedelta) -> bool:
    """Were contents compared within this time?"""
    return last is not None and now - last < every


def is_settled(version: datetime | None, now: datetime, settle: timedelta) -> bool:
    """Should this change have reached the hub by itself? Where the platform dates none, always."""
    return version is None or version <= now - settle
