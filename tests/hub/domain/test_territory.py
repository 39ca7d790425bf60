"""Whose area an address lies in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.territory import Territory, TerritoryMap
from tests.hub.samples import address


def territory(territory_id, **fields):
    return Territory(territory_id=territory_id, store_id=f"store-{territory_id}", country="CN", **fields)


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


names = st.sampled_from(["", "A", "B"])


@given(
    st.lists(st.builds(dict, province=names, city=names, district=names, postal_prefix=names), max_size=8),
    st.builds(dict, province=names, city=names, district=names, postal_code=names),
    st.randoms(),
)
def test_most_exact_of_those_that_hold_owns_in_whatever_order_they_are_given(entries, place, random):
    territories = [territory(f"{number}", **fields) for number, fields in enumerate(entries)]
    shuffled = random.sample(territories, len(territories))

    owner = TerritoryMap(territories).owner(address(**place))

    assert owner == TerritoryMap(shuffled).owner(address(**place))
    held = [each for each in territories if holds(each, place)]
    assert owner == max(held, key=exactness, default=None)


def holds(entry, place):
    """The meaning of a territory, spelled out."""
    divisions = all(getattr(entry, name) in ("", place[name]) for name in ("province", "city", "district"))
    return divisions and place["postal_code"].startswith(entry.postal_prefix)


def exactness(entry):
    filled = (bool(entry.district), bool(entry.city), bool(entry.province), len(entry.postal_prefix))
    return (*filled, -int(entry.territory_id))
