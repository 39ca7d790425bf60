"""A territory over time: each change closes the version that held and opens the next.

Decisions use the version that is valid at their instant. Versions of one territory never overlap; `valid_to`
is the first instant at which a version does not hold any more. What was planned for later stays planned.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from hub.domain.territories.territory import Territory
from mappings.structs import FrozenStruct


class Version(FrozenStruct):
    """`valid_to` null: until something changes."""

    territory: Territory
    valid_from: datetime
    valid_to: datetime | None = None

    def holds_at(self, instant: datetime) -> bool:
        return self.valid_from <= instant and (self.valid_to is None or instant < self.valid_to)

    def meets(self, other: "Version") -> bool:
        """Do both hold at some instant?"""
        return (self.valid_to is None or other.valid_from < self.valid_to) and (
            other.valid_to is None or self.valid_from < other.valid_to
        )


Versions = tuple[Version, ...]
"""Of one territory, oldest first."""


def valid_at(versions: Iterable[Version], instant: datetime) -> list[Territory]:
    """Territories of whatever ids that hold then."""
    return [each.territory for each in versions if each.holds_at(instant)]


def changed(versions: Versions, territory: Territory, at: datetime) -> Versions:
    """From `at` on the territory is this, until the next planned change or end. Nothing changes if it is this
    already."""
    held = [each for each in versions if each.holds_at(at)]
    if held and held[0].territory == territory:
        return versions
    later = [each for each in versions if each.valid_from > at]
    until = held[0].valid_to if held else min((each.valid_from for each in later), default=None)
    opened = Version(territory=territory, valid_from=at, valid_to=until)
    return (*_closed(versions, at), opened, *later)


def ended(versions: Versions, at: datetime) -> Versions:
    """From `at` on nothing holds; what was planned for later is withdrawn."""
    return _closed(versions, at)


def planned(versions: Versions, wanted: Versions, at: datetime) -> Versions:
    """From `at` on exactly what is wanted holds, oldest first and none begins before `at`. A version that
    goes on unchanged goes on under its own beginning."""
    past = ended(versions, at)
    held = next((each for each in versions if each.holds_at(at)), None)
    if held and wanted and wanted[0].valid_from == at and wanted[0].territory == held.territory:
        goes_on = msgspec.structs.replace(wanted[0], valid_from=held.valid_from)
        return (*(each for each in past if each.valid_from < held.valid_from), goes_on, *wanted[1:])
    return (*past, *wanted)


def _closed(versions: Versions, at: datetime) -> Versions:
    """What was until then."""
    return tuple(
        msgspec.structs.replace(each, valid_to=at) if each.holds_at(at) else each
        for each in versions
        if each.valid_from < at
    )
