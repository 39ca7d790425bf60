"""Addresses to territories: 400 polygons of some 500 corners each, and divisions alone. The preparation of a
fresh map is part of what is measured; names are those of all districts of China, no point comes twice."""

import statistics
from collections.abc import Callable, Sequence
from random import Random

from hub.domain.territories import Area, Polygon, Territory, TerritoryMap, Wgs84
from hub.domain.territories.register import register
from mappings.canonical import PostalAddress
from tests.bench.figures import Figure, at_least, stated
from tests.bench.meter import measured

SIDE = 20
CORNERS_PER_EDGE = 128
WEST, SOUTH, WIDTH, HEIGHT = 75.0, 18.0, 3.0, 1.75
"""Of the grid's first field, in degrees: 400 fields over an area like China's."""

Position = tuple[float, float]
Asked = Sequence[tuple[PostalAddress, Wgs84 | None]]


def measure(quick: bool) -> list[Figure]:
    addresses, repetitions = (20_000, 3) if quick else (100_000, 5)
    random = Random(11)
    areas = _areas(random)
    drawn = [Territory(territory_id=each, store_id=f"store-{each}", area=each) for each in areas]
    divided = _divisions()
    asked = _asked(random, addresses)
    named = [(address, None) for address, _ in asked]
    drawn_speed = _speed(lambda: TerritoryMap(drawn, _fresh(areas)), asked, repetitions)
    both_speed = _speed(lambda: TerritoryMap([*drawn, *divided], _fresh(areas)), asked, repetitions)
    named_speed = _speed(lambda: TerritoryMap(divided), named, repetitions)
    corners = sum(len(part.polygon.rings[0]) - 1 for area in areas.values() for part in area.parts)
    return [
        at_least("territory.addresses_per_second", drawn_speed, 10_000, "addresses/s of CPU"),
        stated("territory.with_divisions_per_second", both_speed, "addresses/s of CPU"),
        stated("territory.divisions_alone_per_second", named_speed, "addresses/s of CPU"),
        stated("territory.polygons", len(areas), "polygons"),
        stated("territory.corners_per_polygon", corners / len(areas), "corners"),
    ]


def _speed(make: Callable[[], TerritoryMap], asked: Asked, repetitions: int) -> float:
    seconds = []
    for _ in range(repetitions):
        with measured() as spent:
            owner = make().owner
            found = sum(owner(address, point) is not None for address, point in asked)
        assert found == len(asked), "an address of a map without gaps fell into one"
        seconds.append(spent.cpu)
    return len(asked) / statistics.median(seconds)


def _fresh(areas: dict[str, Area]) -> dict[str, Area]:
    """The same polygons, not prepared yet."""
    return {name: Area([part.polygon for part in area.parts]) for name, area in areas.items()}


def _areas(random: Random) -> dict[str, Area]:
    """Fields that share their ragged borders, so that they have neither gaps nor overlaps."""
    across = {(i, j): _border(random, (i, j), (i + 1, j)) for i in range(SIDE) for j in range(SIDE + 1)}
    upward = {(i, j): _border(random, (i, j), (i, j + 1)) for i in range(SIDE + 1) for j in range(SIDE)}
    return {
        f"{i:02}-{j:02}": _field(across[i, j], upward[i + 1, j], across[i, j + 1][::-1], upward[i, j][::-1])
        for i in range(SIDE)
        for j in range(SIDE)
    }


def _field(*borders: Sequence[Position]) -> Area:
    ring = [position for border in borders for position in border[:-1]]
    return Area([Polygon(rings=((*ring, ring[0]),))])


def _border(random: Random, start: tuple[int, int], end: tuple[int, int]) -> list[Position]:
    """From corner to corner of the grid, a little beside the straight line; straight at the grid's edge."""
    (ax, ay), (bx, by) = start, end
    is_outer = (ax == bx and ax in (0, SIDE)) or (ay == by and ay in (0, SIDE))
    found = []
    for step in range(CORNERS_PER_EDGE + 1):
        share = step / CORNERS_PER_EDGE
        aside = 0.0 if is_outer or share in (0, 1) else random.uniform(-0.1, 0.1) * min(share, 1 - share)
        x, y = ax + (bx - ax) * share, ay + (by - ay) * share
        x, y = (x + aside, y) if ax == bx else (x, y + aside)
        found.append((WEST + x * WIDTH, SOUTH + y * HEIGHT))
    return found


def _divisions() -> list[Territory]:
    """Every city of China for itself."""
    names = register().names
    cities = [(names[code[:2]], names[code]) for code in register().cities()]
    return [
        Territory(territory_id=f"c{number}", store_id="s", country="CN", province=province, city=city)
        for number, (province, city) in enumerate(cities)
    ] + [Territory(territory_id="rest", store_id="s", country="CN")]


def _asked(random: Random, number: int) -> list[tuple[PostalAddress, Wgs84 | None]]:
    """Points all over the grid; each district of the register in turn."""
    names = register().names
    districts = [code for code in names if len(code) == 6]
    return [
        (
            PostalAddress(
                country="CN",
                province=names[code[:2]],
                city=names.get(code[:4], names[code[:2]]),
                district=names[code],
                postal_code=f"{position % 1_000_000:06}",
            ),
            Wgs84(
                WEST + random.random() * SIDE * WIDTH,
                SOUTH + random.random() * SIDE * HEIGHT,
            ),
        )
        for position, code in ((position, random.choice(districts)) for position in range(number))
    ]
