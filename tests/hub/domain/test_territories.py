"""Whose area an address lies in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.territories import Area, Polygon, Territory, TerritoryMap, Wgs84
from tests.hub.samples import address


def territory(territory_id, **fields):
    return Territory(territory_id=territory_id, store_id=f"store-{territory_id}", country="CN", **fields)


def square(west, south, east, north):
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return Area([Polygon(rings=(ring,))])


DIVISIONS = TerritoryMap(
    [
        territory("country"),
        territory("province", province="上海"),
        territory("city", province="上海", city="上海市"),
        territory("district", province="上海", city="上海市", district="静安区"),
        territory("postal", postal_prefix="20"),
        territory("postal-exact", postal_prefix="2000"),
    ]
)


@pytest.mark.parametrize(
    "changes, owner",
    [
        ({}, "district"),
        ({"district": "浦东新区"}, "city"),
        ({"city": "崇明"}, "province"),
        ({"province": "江苏"}, "postal-exact"),
        ({"province": "江苏", "postal_code": "201100"}, "postal"),
        ({"province": "江苏", "postal_code": "300000"}, "country"),
        ({"province": "江苏", "postal_code": ""}, "country"),
        ({"province": " 上海 ", "district": "", "city": ""}, "province"),
    ],
)
def test_most_exact_entry_wins(changes, owner):
    assert DIVISIONS.owner(address(**changes)).territory_id == owner


def test_address_in_no_territory_is_a_gap():
    assert DIVISIONS.owner(address(country="US", postal_code="2000")) is None


def test_among_equals_the_first_by_id():
    both = TerritoryMap([territory("b", province="上海"), territory("a", province="上海")])

    assert both.owner(address()).territory_id == "a"


def test_case_and_blanks_make_no_other_place():
    ohio = TerritoryMap([Territory(territory_id="t", store_id="s", country="US", province="Ohio")])

    assert ohio.owner(address(country="us", province=" OHIO ")).territory_id == "t"


def test_more_exact_entry_wins_under_either_name_of_the_province():
    mixed = TerritoryMap(
        [
            Territory(territory_id="by-name", store_id="s", country="US", province="Ohio"),
            Territory(territory_id="by-code", store_id="s", country="US", province="OH", city="Akron"),
        ]
    )

    owner = mixed.owner(address(country="US", province="Ohio", province_code="OH", city="Akron"))

    assert owner.territory_id == "by-code"


@pytest.mark.parametrize(
    "changes, owner",
    [
        ({}, "south"),
        ({"postal_code": "300000"}, "rest"),
        ({"province": "江苏"}, "rest"),
        ({"province": "浙江", "postal_code": "310000"}, "south"),
    ],
)
def test_all_that_a_row_says_must_hold_and_several_rows_are_alternatives(changes, owner):
    rows = TerritoryMap(
        [
            Territory(territory_id="a", store_id="south", country="CN", province="上海", postal_prefix="20"),
            Territory(territory_id="b", store_id="south", country="CN", province="浙江", postal_prefix="31"),
            Territory(territory_id="c", store_id="rest", country="CN"),
        ]
    )

    assert rows.owner(address(**changes)).store_id == owner


def test_city_needs_no_province():
    cities = TerritoryMap([territory("city", city="上海市"), territory("country")])

    assert cities.owner(address()).territory_id == "city"
    assert cities.owner(address(city="杭州市")).territory_id == "country"


class TestPrecedence:
    def test_higher_number_goes_before_the_more_exact(self):
        both = TerritoryMap(
            [territory("exact", province="上海", city="上海市"), territory("wide", precedence=1)]
        )

        assert both.owner(address()).territory_id == "wide"

    def test_division_goes_before_polygon_and_polygon_before_the_rest_of_the_country(self):
        drawn = territory("drawn", area="square")
        province, country = territory("province", province="上海"), territory("country")
        here = Wgs84(121.4, 31.2)

        assert owner([drawn, province, country], here) == "province"
        assert owner([drawn, country], here) == "drawn"

    def test_without_a_point_no_polygon_holds(self):
        assert owner([territory("drawn", area="square"), territory("country")], None) == "country"

    def test_division_and_polygon_of_one_territory_must_both_hold(self):
        part = territory("part", province="上海", area="square")

        assert owner([part, territory("rest", province="上海")], Wgs84(121.4, 31.2)) == "part"
        assert owner([part, territory("rest", province="上海")], Wgs84(100, 31.2)) == "rest"
        assert owner([part], Wgs84(121.4, 31.2), province="江苏") is None

    def test_postal_prefix_and_polygon_of_one_territory_must_both_hold(self):
        part = territory("part", area="square", postal_prefix="30")

        assert owner([part, territory("rest")], Wgs84(121.4, 31.2), postal_code="300000") == "part"
        assert owner([part, territory("rest")], Wgs84(121.4, 31.2), postal_code="200040") == "rest"

    def test_urgent_polygon_elsewhere_lets_no_other_polygon_go_first(self):
        drawn = [territory("elsewhere", area="left", precedence=1), territory("here", area="square")]

        assert owner([*drawn, territory("province", province="上海")], Wgs84(121.4, 31.2)) == "province"


SQUARES = {
    "square": square(121, 31, 122, 32),
    "left": square(0, 0, 4, 4),
    "right": square(4, 0, 8, 4),
    "middle": square(2, 2, 6, 6),
}


def owner(territories, point, **changes):
    found = TerritoryMap(territories, SQUARES).owner(address(**changes), point)
    return found and found.territory_id


names = st.sampled_from(["", "A", "B"])
areas = st.sampled_from(["", "", "left", "right", "middle"])
lattice = st.integers(-1, 9)


@given(
    st.lists(
        st.builds(
            dict,
            country=st.sampled_from(["CN", "CN", "US"]),
            province=names,
            city=names,
            district=names,
            postal_prefix=names,
            area=areas,
            precedence=st.integers(0, 1),
        ),
        max_size=8,
    ),
    st.builds(
        dict,
        country=st.sampled_from(["CN", "US"]),
        province=names,
        province_code=names,
        city=names,
        district=names,
        postal_code=names,
    ),
    st.one_of(st.none(), st.builds(Wgs84, lattice, lattice)),
    st.randoms(),
)
def test_first_of_those_that_hold_owns_in_whatever_order_they_are_given(entries, place, point, random):
    territories = [
        Territory(territory_id=f"{number}", store_id="s", **fields) for number, fields in enumerate(entries)
    ]
    shuffled = random.sample(territories, len(territories))
    at = address(**place)

    owner = TerritoryMap(territories, SQUARES).owner(at, point)

    assert owner == TerritoryMap(shuffled, SQUARES).owner(at, point)
    held = [each for each in territories if holds(each, place, point)]
    assert owner == max(held, key=exactness, default=None)


def holds(entry, place, point):
    """The meaning of a territory, spelled out."""
    return (
        entry.country == place["country"]
        and entry.province in ("", place["province"], place["province_code"])
        and all(getattr(entry, name) in ("", place[name]) for name in ("city", "district"))
        and place["postal_code"].startswith(entry.postal_prefix)
        and (not entry.area or (point is not None and SQUARES[entry.area].contains(point)))
    )


def exactness(entry):
    filled = (bool(entry.district), bool(entry.city), bool(entry.province), len(entry.postal_prefix))
    return (entry.precedence, *filled, bool(entry.area), -int(entry.territory_id))


@given(st.integers(1, 7), st.integers(1, 7), st.builds(Wgs84, st.floats(0, 8), st.floats(0, 4)))
def test_moving_a_boundary_changes_only_what_lies_between(before, after, point):
    def at(border):
        two = [
            Territory(territory_id="a", store_id="a", area="west"),
            Territory(territory_id="b", store_id="b", area="east"),
        ]
        areas = {"west": square(0, 0, border, 4), "east": square(border, 0, 8, 4)}
        return TerritoryMap(two, areas).owner(address(), point).store_id

    if not min(before, after) <= point.longitude <= max(before, after):
        assert at(before) == at(after)
    elif min(before, after) < point.longitude < max(before, after):
        assert at(before) != at(after)
