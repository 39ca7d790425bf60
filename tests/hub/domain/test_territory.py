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


names = st.sampled_from(["", "A", "B"])


@given(
    st.lists(st.builds(dict, province=names, city=names, district=names, postal_prefix=names), max_size=8),
    st.builds(dict, province=names, city=names, district=names, postal_code=names),
    st.randoms(),
)
def test_owner_does_not_depend_on_the_order_of_entries(entries, place, random):
    territories = [territory(f"{number}", **fields) for number, fields in enumerate(entries)]
    shuffled = random.sample(territories, len(territories))

    owner = TerritoryMap(territories).owner(address(**place))

    assert owner == TerritoryMap(shuffled).owner(address(**place))
    if any(not any(fields.values()) for fields in entries):
        assert owner is not None, "the whole country has no gaps"
