"""How much stores sell outside their territories, and how cheaply."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.diversion import Diversion, Prices, Sale, Sold, sale_of
from hub.domain.territories import Territory, TerritoryMap
from tests.hub.samples import NOW, line, order, sales

WEST = TerritoryMap([Territory(territory_id="t", store_id="west", country="CN")])


def sale(number, store, owner, units, price, sku="RED", month="2026-03"):
    part = Sold(sku=sku, units=units, price=Decimal(price))
    return Sale(
        order_id=f"o{number}",
        number=str(number),
        store_id=store,
        owner_id=owner,
        month=month,
        currency="CNY",
        parts=(part,),
    )


def scores(*made, **options):
    prices = Prices()
    for each in made:
        prices.count(each)
    counted = Diversion(prices, **options)
    for each in made:
        counted.count(each)
    return {each.store_id: each for each in counted.found()}


def test_share_ratio_and_score():
    found = scores(
        sale(1, "west", "west", 10, "100"),
        sale(2, "east", "west", 2, "80"),
        sale(3, "east", "east", 6, "90"),
    )

    east = found["east"]
    assert (east.orders_outside, east.orders, east.units_outside, east.units) == (1, 2, 2, 8)
    assert (east.ratio, east.compared) == (Decimal("0.800"), 2)
    assert east.score == Decimal("30.0")  # (2 units + 2 x 0.2 under the price) of 8
    assert found["west"].score == 0 and found["west"].ratio is None


@pytest.mark.parametrize(
    "owners",
    [
        (),
        (sale(1, "west", "west", 9, "100", sku="BLUE"),),
        (sale(1, "west", "west", 9, "100", month="2026-02"),),
    ],
)
def test_price_that_the_owner_did_not_ask_is_unknown_and_not_equal(owners):
    east = scores(*owners, sale(2, "east", "west", 1, "80"), sale(3, "east", "east", 1, "80"))["east"]

    assert east.ratio is None and east.compared == 0
    assert east.score == Decimal("50.0")
    assert east.worst[0].ratio is None


def test_weight_says_how_much_cheapness_counts():
    made = (sale(1, "west", "west", 1, "100"), sale(2, "east", "west", 1, "50"), sale(3, "east", "", 3, "50"))

    assert [scores(*made, weight=Decimal(w))["east"].score for w in (0, 1, 9)] == [
        Decimal("25.0"),
        Decimal("37.5"),
        Decimal("100.0"),
    ]


def test_worst_orders_are_those_furthest_under_the_owners_price():
    cheap = [sale(n, "east", "west", 1, str(100 - n)) for n in range(1, 30)]

    east = scores(sale(0, "west", "west", 1, "100"), *cheap, worst=3)["east"]

    assert [each.number for each in east.worst] == ["29", "28", "27"]


def test_sale_is_net_of_discounts_and_leaves_out_gifts_and_tests():
    lines = (
        line(quantity=2, discount=Decimal(4), total=Decimal(16)),
        line("l2", "BLUE", is_gift=True, unit_price=Decimal(0)),
        line("l3", "GREEN"),
    )
    given_order = order(sales=sales(*lines, order_discount=Decimal(13)), skus={"l1": "RED", "l2": "BLUE"})

    found = sale_of(given_order, WEST)

    assert found and found.owner_id == "west" and found.is_outside
    assert found.parts == (Sold(sku="RED", units=2, price=Decimal("4.00")),)
    assert sale_of(order(sales=sales(is_test=True)), WEST) is None
    assert sale_of(order(sales=sales(cancelled_at=NOW)), WEST) is None


made = st.builds(
    sale,
    st.integers(0, 99),
    st.sampled_from(["east", "west", "north"]),
    st.sampled_from(["east", "west", "north", ""]),
    st.integers(0, 5),
    st.sampled_from(["0", "50", "99.90", "130"]),
)


@given(st.lists(made, max_size=20), st.randoms(use_true_random=False))
def test_order_of_reading_changes_no_sum_and_scores_stay_in_bounds(several, random):
    found = scores(*several, worst=0)

    assert scores(*random.sample(several, len(several)), worst=0) == found
    for each in found.values():
        assert 0 <= each.score <= 100 and each.compared <= each.units_outside <= each.units
