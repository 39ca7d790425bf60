"""Which location sends what."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.allocation import Wanted, allocate_step, fill, rank
from hub.domain.crossing import precedence
from hub.domain.order import Stage
from hub.domain.territories import Territory
from tests.hub.samples import address, line, location, order, replace, sales, snapshot, stock_book

HERE, PROVINCE, COUNTRY, ABROAD = (
    location("c-here"),
    location("b-province", address=address(city="昆山市")),
    location("a-country", address=address(province="广东", city="广州市")),
    location("0-abroad", address=address(country="US", province="California", city="上海市")),
)
ROOM = location("z-room", address=address(country="US"), store_id="brand-store")


def allocated(given_order, **shown):
    skus = {each.line_id: each.sku for each in given_order.sales.lines}
    ready = order(sales=given_order.sales, stage=Stage.APPROVED, skus=skus)
    return allocate_step(ready, snapshot(**shown))


def shares(outcome):
    return {
        each.location_id: {(part.line_id, part.sku): part.quantity for part in each.lines}
        for each in outcome.order.consignments
    }


class TestRanking:
    def ranked(self, *places, territories=(), first="", to=None):
        shown = snapshot(
            {("RED", each.location_id): 1 for each in places}, locations=places, territories=territories
        )
        given_order = order(sales=sales(ship_to=to or address()))
        first = first or precedence(given_order, shown).first
        return [each.location_id for each in rank(given_order.sales.ship_to, shown, first).locations]

    def test_same_city_then_province_then_country_then_abroad(self):
        assert self.ranked(ABROAD, COUNTRY, PROVINCE, HERE) == [
            "c-here",
            "b-province",
            "a-country",
            "0-abroad",
        ]

    def test_room_of_the_store_whose_territory_it_is_comes_first(self):
        territory = Territory(territory_id="t", store_id="brand-store", country="CN", province="上海")
        both = {("RED", "z-room"): 1, ("RED", "c-here"): 1}

        def served(*territories):
            outcome = allocated(order(), stock=both, locations=[HERE, ROOM], territories=territories)
            return list(shares(outcome))

        assert served(territory) == ["z-room"]
        assert served() == ["c-here"]

    def test_equal_places_are_ranked_by_id(self):
        assert self.ranked(location("w2"), location("w1")) == ["w1", "w2"]

    def test_province_is_known_by_name_or_code(self):
        ohio = location("ohio", address=address(country="US", province="Ohio", city="Dayton"))
        texas = location("a-texas", address=address(country="US", province="Texas", city="Austin"))
        to = address(country="US", province="Ohio State", province_code="Ohio", city="Akron")

        assert self.ranked(texas, ohio, to=to) == ["ohio", "a-texas"]

    def test_closed_places_do_not_count(self):
        assert self.ranked(location("closed", is_active=False), location("open")) == ["open"]

    def test_places_without_the_goods_would_not_have_been_next(self):
        outcome = allocated(
            order(line()),
            stock={("RED", "w1"): 5, ("RED", "w2"): 5, ("BLUE", "w3"): 5},
            locations=[location("w1"), location("w2"), location("w3")],
        )

        assert [each.text for each in outcome.reasons] == ["from W1; next would have been W2"]


class TestFilling:
    def test_best_place_that_can_serve_everything_alone(self):
        outcome = allocated(
            order(line(quantity=3)),
            stock={("RED", "c-here"): 2, ("RED", "b-province"): 3},
            locations=[HERE, PROVINCE],
        )

        assert shares(outcome) == {"b-province": {("l1", "RED"): 3}}
        assert outcome.reasons[0].code == "one_location"

    def test_split_only_where_no_place_can_serve_it_alone(self):
        outcome = allocated(
            order(line(quantity=4)),
            stock={("RED", "c-here"): 2, ("RED", "b-province"): 3},
            locations=[HERE, PROVINCE],
        )

        assert shares(outcome) == {"b-province": {("l1", "RED"): 3}, "c-here": {("l1", "RED"): 1}}
        assert outcome.reasons[0].code == "split"
        assert [each.consignment_id for each in outcome.order.consignments] == ["o1-1", "o1-2"]

    def test_line_that_the_platform_records_only_whole_is_not_divided(self):
        given = order(line(quantity=4), line("l2", "BLUE", 2))
        given = replace(given, sales=replace(given.sales, whole_lines=True))

        outcome = allocated(
            given,
            stock={("RED", "c-here"): 3, ("BLUE", "c-here"): 2, ("RED", "b-province"): 4},
            locations=[HERE, PROVINCE],
        )

        assert shares(outcome) == {"b-province": {("l1", "RED"): 4}, "c-here": {("l2", "BLUE"): 2}}

    def test_line_that_no_place_has_whole_is_back_ordered_where_it_may_not_be_divided(self):
        given = order(line(quantity=4))
        given = replace(given, sales=replace(given.sales, whole_lines=True))

        outcome = allocated(
            given, stock={("RED", "c-here"): 3, ("RED", "b-province"): 3}, locations=[HERE, PROVINCE]
        )

        assert outcome.order.stage is Stage.BACKORDERED
        assert "a whole line" in outcome.reasons[0].text

    def test_order_that_the_store_records_as_one_parcel_leaves_from_one_place_or_waits(self):
        given = order(line(), line("l2", "BLUE"))
        given = replace(given, sales=replace(given.sales, one_parcel=True))
        apart = {("RED", "c-here"): 1, ("BLUE", "b-province"): 1}

        outcome = allocated(given, stock=apart, locations=[HERE, PROVINCE])
        assert outcome.order.stage is Stage.BACKORDERED
        assert "not of everything at one of them" in outcome.reasons[0].text

        outcome = allocated(given, stock=apart | {("RED", "b-province"): 1}, locations=[HERE, PROVINCE])
        assert shares(outcome) == {"b-province": {("l1", "RED"): 1, ("l2", "BLUE"): 1}}

    def test_back_order_is_whole_and_names_what_is_short(self):
        outcome = allocated(
            order(line(quantity=2), line("l2", "BLUE", 9)),
            stock={("RED", "wh"): 10, ("BLUE", "wh"): 8},
        )

        assert (outcome.order.stage, outcome.effects) == (Stage.BACKORDERED, ())
        assert outcome.reasons[0].text == "not enough of BLUE (9 wanted, 8 available)"

    def test_two_lines_of_one_sku_share_its_units(self):
        two = order(line(quantity=6), line("l2", "RED", 5))

        assert allocated(two, stock={("RED", "wh"): 10}).order.stage is Stage.BACKORDERED
        outcome = allocated(two, stock={("RED", "wh"): 11})
        assert shares(outcome) == {"wh": {("l1", "RED"): 6, ("l2", "RED"): 5}}

    def test_next_choices_are_named(self):
        outcome = allocated(
            order(), stock={("RED", "c-here"): 1, ("RED", "b-province"): 1}, locations=[HERE, PROVINCE]
        )

        assert outcome.reasons[0].text == "from C-Here; next would have been B-Province"

    def test_next_order_of_the_batch_finds_the_units_gone(self):
        shown = snapshot({("RED", "wh"): 3})
        ready = order(line(quantity=2), stage=Stage.APPROVED, skus={"l1": "RED"})

        assert allocate_step(ready, shown).order.stage is Stage.ALLOCATED
        assert allocate_step(ready, shown).order.stage is Stage.BACKORDERED

    def test_consignments_are_numbered_on(self):
        first = allocated(order(line(quantity=1)))
        more = order(line(quantity=3), stage=Stage.APPROVED, skus={"l1": "RED"})

        again = allocate_step(
            order(sales=more.sales, skus=more.skus, consignments=first.order.consignments), snapshot()
        )

        assert [each.consignment_id for each in again.order.consignments] == ["o1-1", "o1-2"]
        assert again.order.units_in_hand("l1") == 3


PLACES = (HERE, PROVINCE, COUNTRY)
skus = st.sampled_from(["RED", "BLUE", "GREEN"])
stocks = st.dictionaries(
    st.tuples(skus, st.sampled_from([each.location_id for each in PLACES])), st.integers(0, 8), max_size=9
)
baskets = st.lists(st.tuples(skus, st.integers(1, 6)), min_size=1, max_size=5)


def wanted_of(basket):
    return [
        Wanted(line_id=f"l{number}", sku=sku, quantity=units)
        for number, (sku, units) in enumerate(basket, start=1)
    ]


@given(stocks, baskets)
def test_units_are_conserved_and_never_more_than_available(stock, basket):
    wanted = wanted_of(basket)

    found = fill(wanted, PLACES, stock_book(stock))

    taken, served = Counter(), Counter()
    for share in found:
        for part in share.lines:
            taken[part.sku, share.location.location_id] += part.quantity
            served[part.line_id] += part.quantity
    assert all(units <= stock[key] for key, units in taken.items())
    assert not found or served == {each.line_id: each.quantity for each in wanted}


@given(stocks, baskets)
def test_nothing_is_found_exactly_where_a_sku_is_short(stock, basket):
    asked, there = Counter(), Counter()
    for sku, units in basket:
        asked[sku] += units
    for (sku, _), units in stock.items():
        there[sku] += units

    found = fill(wanted_of(basket), PLACES, stock_book(stock))

    assert bool(found) is all(there[sku] >= units for sku, units in asked.items())


@given(stocks, baskets)
def test_one_parcel_wherever_one_place_can_serve_all(stock, basket):
    asked = Counter()
    for sku, units in basket:
        asked[sku] += units
    alone = [
        place
        for place in PLACES
        if all(stock.get((sku, place.location_id), 0) >= units for sku, units in asked.items())
    ]

    found = fill(wanted_of(basket), PLACES, stock_book(stock))

    if alone:
        assert [share.location for share in found] == alone[:1]
    elif found:
        assert len(found) > 1


@given(stocks, baskets)
def test_same_input_gives_same_output(stock, basket):
    wanted = wanted_of(basket)

    assert fill(wanted, PLACES, stock_book(stock)) == fill(
        wanted, PLACES, stock_book(dict(reversed(stock.items())))
    )


@pytest.mark.parametrize("units", [1, 10])
def test_promised_units_are_taken_from_the_book(units):
    shown = snapshot({("RED", "wh"): 10})

    allocate_step(order(line(quantity=units), stage=Stage.APPROVED, skus={"l1": "RED"}), shown)

    assert shown.stock.available("RED", "wh") == 10 - units
