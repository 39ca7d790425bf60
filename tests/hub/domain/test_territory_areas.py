"""Points in polygons: the fast way equals the exact one, in fractions."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.territories import Area, Polygon, Territory, TerritoryMap, Wgs84
from hub.domain.territories.points import turn
from tests.hub.samples import address

SQUARE = ((0, 0), (10, 0), (10, 10), (0, 10), (0, 0))
HOLE = ((2, 2), (4, 2), (4, 4), (2, 4), (2, 2))


def area(*rings):
    return Area([Polygon(rings=rings)])


@pytest.mark.parametrize(
    "point, is_inside",
    [
        ((5, 5), True),
        ((0, 0), True),
        ((10, 5), True),
        ((5, 10), True),
        ((10.000001, 5), False),
        ((-1, 0), False),
        ((11, 10), False),
        ((3, 3), False),
        ((2, 3), True),
        ((4, 4), True),
        ((3, 4.5), True),
    ],
)
def test_boundary_is_inside_also_that_of_a_hole(point, is_inside):
    assert area(SQUARE, HOLE).contains(Wgs84(*point)) is is_inside


@pytest.mark.parametrize("ring", [((170, 0), (190, 0), (190, 10), (170, 10), (170, 0))])
@pytest.mark.parametrize(
    "longitude, is_inside",
    [
        (175, True),
        (180, True),
        (-180, True),
        (-175, True),
        (-170, True),
        (-169, False),
        (169, False),
        (0, False),
    ],
)
def test_polygon_goes_on_beyond_the_180th_meridian(ring, longitude, is_inside):
    pacific = Territory(territory_id="t", store_id="s", area="p")

    owner = TerritoryMap([pacific], {"p": area(ring)}).owner(address(), Wgs84(longitude, 5))

    assert (owner is not None) is is_inside


def test_points_of_the_180th_meridian_are_the_same_by_either_name():
    west = area(((170, 0), (180, 0), (180, 10), (170, 10), (170, 0)))
    east = area(((-180, 0), (-170, 0), (-170, 10), (-180, 10), (-180, 0)))

    assert all(each.contains(Wgs84(side, 5)) for each in (west, east) for side in (180, -180))


def exactly_inside(rings, point):
    """Slow: every edge, in fractions."""
    x, y = map(Fraction, point)
    is_inside = False
    for ring in rings:
        for (ax, ay), (bx, by) in pairwise([tuple(map(Fraction, each)) for each in ring]):
            cross = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
            if cross == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
                return True
            if (ay <= y) != (by <= y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
                is_inside = not is_inside
    return is_inside


whole = st.integers(-4, 4)
real = st.floats(-60, 60, allow_subnormal=False)


def rings(coordinate):
    corners = st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=9, unique=True)
    return corners.map(lambda found: (*found, found[0])).filter(is_no_line)


def is_no_line(ring):
    return any(turn(ring[0], ring[1], each) for each in ring) and len({y for _, y in ring}) > 1


@given(rings(whole), whole, whole)
def test_on_a_lattice_full_of_corners_and_edges_it_equals_the_exact_one(ring, x, y):
    assert area(ring).contains(Wgs84(x, y)) == exactly_inside([ring], (x, y))


@given(rings(real), st.data())
def test_near_edges_it_equals_the_exact_one(ring, data):
    start, end = data.draw(st.sampled_from(list(pairwise(ring))))
    share = data.draw(st.floats(0, 1))
    point = tuple(one + (other - one) * share for one, other in zip(start, end, strict=True))

    assert area(ring).contains(Wgs84(*point)) == exactly_inside([ring], point)


def test_a_line_is_told_apart_where_floats_cannot():
    start, end = (0.0, 0.0), (3.0, 1e-15 * 3)

    assert turn(start, end, (1.0, 1e-15)) == (Fraction(1e-15 * 3) < 3 * Fraction(1e-15)) - (
        Fraction(1e-15 * 3) > 3 * Fraction(1e-15)
    )
    assert turn((0.1, 0.1), (0.3, 0.3), (0.2, 0.2)) == 0
    assert turn((0.1, 0.1), (0.3, 0.3), (0.2, 0.2 + 2**-55)) == 1


def test_long_coasts_are_looked_up_in_few_edges():
    coast = [(number / 100, (number % 2) / 10) for number in range(1000)]
    ring = (*coast, (9.99, 9), (0, 9), coast[0])
    part = area(ring).parts[0]

    assert part.side(Wgs84(5, 5)) == 1
    bands, _ = part._bands
    assert sum(map(len, bands)) <= 5 * len(ring) + len(bands)
