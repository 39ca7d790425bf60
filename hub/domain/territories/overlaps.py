"""Where two stores claim the same at the same time with equal precedence: who wins, and why.

A territory inside another is no overlap: the most exact goes first by rule. Two polygons are compared by the
corners of each and by a grid of points over their common box, so an overlap thinner than the grid and without
a corner may be missed. A polygon and a division are not compared: the hub has no shapes of divisions.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations

from hub.domain.territories.area import Area, Box, Part
from hub.domain.territories.folding import folded_postal
from hub.domain.territories.points import Wgs84
from hub.domain.territories.territory import Division, Territory
from hub.domain.territories.versions import Version
from mappings.structs import FrozenStruct

POINTS_PER_SIDE = 24


class Overlap(FrozenStruct):
    """Both hold from `since` to `until` (null: without end). `extent` says what was looked at."""

    winner: str
    winner_store: str
    loser: str
    loser_store: str
    why: str
    extent: str
    since: datetime
    until: datetime | None = None


def overlaps(versions: Iterable[Version], areas: Mapping[str, Area], now: datetime) -> list[Overlap]:
    """Those of now and of what is planned, by the ids of winner and loser."""
    found: list[Overlap] = []
    for one, other in _neighbours(
        [each for each in versions if each.valid_to is None or each.valid_to > now]
    ):
        if one.territory.store_id == other.territory.store_id or not one.meets(other):
            continue
        if one.territory.precedence != other.territory.precedence:
            continue
        if extent := _extent(one.territory, other.territory, areas):
            found.append(_overlap(one, other, extent))
    return sorted(found, key=lambda each: (each.winner, each.loser, each.since))


def _neighbours(versions: Sequence[Version]) -> Iterator[tuple[Version, Version]]:
    """Pairs in the same province, and each with those that name no province."""
    by_province: dict[tuple[str, str], list[Version]] = {}
    for each in versions:
        division = each.territory.division
        by_province.setdefault((division.country, division.province), []).append(each)
    anywhere = [each for each in versions if not each.territory.division.province]
    for (_, province), there in by_province.items():
        if province:
            yield from combinations(there, 2)
            yield from ((one, other) for one in there for other in anywhere)
    yield from combinations(anywhere, 2)


def _overlap(one: Version, other: Version, extent: str) -> Overlap:
    first, second = sorted((one, other), key=lambda each: each.territory.rank())
    ends = [each.valid_to for each in (one, other) if each.valid_to]
    return Overlap(
        winner=first.territory.territory_id,
        winner_store=first.territory.store_id,
        loser=second.territory.territory_id,
        loser_store=second.territory.store_id,
        why=_why(first.territory, second.territory),
        extent=extent,
        since=max(one.valid_from, other.valid_from),
        until=min(ends, default=None),
    )


_WHY = (
    "its precedence is higher",
    "it names a district",
    "it names a city",
    "it names a province",
    "its postal prefix is longer",
    "it is drawn",
    "its id comes first",
)
"""In the order of `Territory.rank`."""


def _why(first: Territory, second: Territory) -> str:
    pairs = zip(_WHY, first.rank(), second.rank(), strict=True)
    return next(why for why, one, other in pairs if one != other)


def _extent(one: Territory, other: Territory, areas: Mapping[str, Area]) -> str:
    """What both claim, in words; empty: nothing."""
    if not _are_compatible(one.division, other.division, one.postal_prefix, other.postal_prefix):
        return ""
    if one.area and other.area:
        return _common(areas[one.area], areas[other.area])
    if one.area or other.area or _is_within(one, other) != _is_within(other, one):
        return ""
    if _is_within(one, other):
        return "the same division"
    return "places that are in both divisions"


def _are_compatible(one: Division, other: Division, postal: str, other_postal: str) -> bool:
    short, long = sorted((folded_postal(postal), folded_postal(other_postal)), key=len)
    return long.startswith(short) and all(
        not mine or not yours or mine == yours for mine, yours in zip(one, other, strict=True)
    )


def _is_within(inner: Territory, outer: Territory) -> bool:
    return folded_postal(inner.postal_prefix).startswith(folded_postal(outer.postal_prefix)) and all(
        not whole or part == whole for part, whole in zip(inner.division, outer.division, strict=True)
    )


def _common(one: Area, other: Area) -> str:
    """How much the areas have in common, by corners and by points of a grid."""
    corners, hits, looked, across, up = 0, 0, 0, 0.0, 0.0
    for part, opposite, box in _meetings(one, other):
        corners += _corners_inside(part, opposite) + _corners_inside(opposite, part)
        hits, looked = hits + _hits(part, opposite, box), looked + POINTS_PER_SIDE**2
        across, up = max(across, _steps(box)[0]), max(up, _steps(box)[1])
    if not hits and not corners:
        return ""
    grid = f"{across:.2g}° × {up:.2g}° apart"
    return f"polygons: {hits} of {looked} points of their common box ({grid}), {corners} corners"


def _meetings(one: Area, other: Area) -> Iterator[tuple[Part, Part, Box]]:
    """Parts whose boxes meet, and where."""
    if not any(_common_boxes(one.box, other.box)):
        return
    for part in one.parts:
        if any(_common_boxes(part.box, other.box)):
            for opposite in other.parts:
                for box in _common_boxes(part.box, opposite.box):
                    yield part, opposite, box


def _common_boxes(one: Box, other: Box) -> Iterator[Box]:
    """In the longitudes of the first; two where both lie around the whole earth."""
    south, north = max(one[1], other[1]), min(one[3], other[3])
    if south < north:
        for shift in (-360, 0, 360):
            west, east = max(one[0], other[0] + shift), min(one[2], other[2] + shift)
            if west < east:
                yield west, south, east, north


def _corners_inside(one: Part, other: Part) -> int:
    """Corners of one that lie inside the other."""
    return sum(other.side(Wgs84(*corner)) > 0 for ring in one.polygon.rings for corner in ring[1:])


def _steps(box: Box) -> tuple[float, float]:
    """Degrees between points of the grid, across and up."""
    west, south, east, north = box
    return (east - west) / POINTS_PER_SIDE, (north - south) / POINTS_PER_SIDE


def _hits(one: Part, other: Part, box: Box) -> int:
    """Points of the grid inside both."""
    across, up = _steps(box)
    found = 0
    for row in range(POINTS_PER_SIDE):
        for column in range(POINTS_PER_SIDE):
            point = Wgs84(box[0] + (column + 0.5) * across, box[1] + (row + 0.5) * up)
            found += one.side(point) > 0 and other.side(point) > 0
    return found
