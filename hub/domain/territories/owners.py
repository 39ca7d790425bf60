"""Whose area is this address? The most exact territory wins; hot, because every order asks.

What an address' divisions lead to is worked out once per combination of names and then looked up; polygons
are found through a grid of whole degrees, whose cells are filled when the first point falls into them.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import floor
from typing import NamedTuple

from hub.domain.territories.area import Area, Part
from hub.domain.territories.folding import folded_postal
from hub.domain.territories.points import Wgs84
from hub.domain.territories.territory import Division, Place, Territory, place_of
from mappings.canonical import PostalAddress

REMEMBERED_PLACES = 10_000
"""Combinations of names, some 1 kB each; China has 2,846 districts."""


class _Entry(NamedTuple):
    """A territory with what is compared; entries sort by their rank."""

    rank: tuple[object, ...]
    territory: Territory
    division: Division
    postal: str


_Drawn = tuple[_Entry, Area]


class _Known(NamedTuple):
    """Entries without polygons that hold a place, first those that go first; `owner` where no entry asks for
    the postal code."""

    place: Place
    entries: Sequence[_Entry]
    owner: _Entry | None
    asks_postal: bool


class TerritoryMap:
    """Territories that are valid at one instant. `areas` has the polygons that they name."""

    def __init__(self, territories: Iterable[Territory], areas: Mapping[str, Area] | None = None) -> None:
        entries = sorted(map(_entry, territories), key=lambda entry: entry.rank)
        self._by_division: dict[Division, list[_Entry]] = {}
        self._drawn: list[_Drawn] = []
        for each in entries:
            if each.territory.area:
                self._drawn.append((each, (areas or {})[each.territory.area]))
            else:
                self._by_division.setdefault(each.division, []).append(each)
        self._known: dict[tuple[str, ...], _Known] = {}
        self._columns: dict[int, Sequence[_Drawn]] = {}
        self._cells: dict[tuple[int, int], Sequence[_Drawn]] = {}

    def owner(self, address: PostalAddress, point: Wgs84 | None = None) -> Territory | None:
        """The territory that holds the address and goes first (`Territory.rank`). Null: a gap. Without a
        point no polygon holds."""
        names = (
            address.country,
            address.province,
            address.province_code,
            address.city,
            address.district,
        )
        known = self._known.get(names) or self._learn(names)
        found = _first(known.entries, address.postal_code) if known.asks_postal else known.owner
        if point is not None and self._drawn:
            found = self._drawn_before(found, known.place, address.postal_code, point)
        return found.territory if found else None

    def _learn(self, names: tuple[str, str, str, str, str]) -> _Known:
        place = place_of(*names)
        divisions = product(
            dict.fromkeys((place.country, "")),
            (*place.provinces, ""),
            (*place.cities, ""),
            (*place.districts, ""),
        )
        found = (each for way in divisions for each in self._by_division.get(Division(*way), ()))
        entries = sorted(found, key=lambda entry: entry.rank)
        known = _Known(
            place=place,
            entries=entries,
            owner=entries[0] if entries else None,
            asks_postal=any(each.postal for each in entries),
        )
        if len(self._known) >= REMEMBERED_PLACES:
            self._known.clear()
        self._known[names] = known
        return known

    def _drawn_before(
        self, found: _Entry | None, place: Place, postal_code: str, point: Wgs84
    ) -> _Entry | None:
        """The first drawn territory that holds the point and goes before what was found, else that."""
        if found and found.rank < self._drawn[0][0].rank:
            return found
        cell = floor(point.longitude), floor(point.latitude)
        near = self._cells.get(cell)
        if near is None:
            near = self._cells[cell] = self._near(*cell)
        postal = folded_postal(postal_code)
        for entry, area in near:
            if found and found.rank < entry.rank:
                break
            if postal.startswith(entry.postal) and place.is_in(entry.division) and area.contains(point):
                return entry
        return found

    def _near(self, x: int, y: int) -> Sequence[_Drawn]:
        """Drawn territories that may have points in this cell."""
        column = self._columns.get(x)
        if column is None:
            column = self._columns[x] = [
                each for each in self._drawn if any(_is_across(part, x) for part in each[1].parts)
            ]
        return [
            each
            for each in column
            if any(p.south <= y + 1 and p.north >= y and _is_across(p, x) for p in each[1].parts)
        ]


def _entry(territory: Territory) -> _Entry:
    return _Entry(
        rank=territory.rank(),
        territory=territory,
        division=territory.division,
        postal=folded_postal(territory.postal_prefix),
    )


def _first(entries: Sequence[_Entry], postal_code: str) -> _Entry | None:
    postal = folded_postal(postal_code)
    for each in entries:
        if postal.startswith(each.postal):
            return each
    return None


def _is_across(part: Part, x: int) -> bool:
    """Does it reach into the column between these two whole degrees of longitude?"""
    return any(part.west <= x + 1 + turn and part.east >= x + turn for turn in (0, 360, -360))
