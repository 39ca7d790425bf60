"""Units change parcels, and nothing else changes: not their number, not their money, not their lines."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.dispatch import booked
from hub.domain.effects import Send, Verb, Withdraw
from hub.domain.order import Parcel, Stage, units_of
from hub.domain.policies import ParcelLimits, StorePolicy
from hub.domain.repack import join, split
from mappings.canonical import LineQuantity, PaymentStatus
from tests.hub.samples import booking, line, order, replace, routed, sales, snapshot

STOCK = {("RED", "wh"): 50, ("BLUE", "wh"): 50}


def waiting(*lines, shown=None, **more):
    said = replace(sales(*(lines or (line(quantity=3), line("l2", "BLUE", quantity=2)))), **more)
    return routed(order(sales=said), shown or snapshot(STOCK))


def parcels(given_order):
    """Contents of the parcels that still travel."""
    return [
        {part.sku: part.quantity for part in each.lines}
        for each in given_order.consignments
        if each.stage is not Parcel.CANCELLED
    ]


def asked(**units):
    return [LineQuantity(line_id=line_id, quantity=quantity) for line_id, quantity in units.items()]


class TestSplit:
    def test_units_travel_in_a_parcel_of_their_own_that_is_booked(self):
        outcome = split(waiting(), [asked(l1=1, l2=1), asked(l1=1)], frozenset())
        assert parcels(outcome.order) == [{"RED": 1, "BLUE": 1}, {"RED": 1, "BLUE": 1}, {"RED": 1}]
        assert [(each.verb, each.consignment_id) for each in outcome.effects] == [
            (Verb.BOOK, "o1-2"),
            (Verb.BOOK, "o1-3"),
        ]
        assert [each.text for each in outcome.reasons][1] == "parcel o1-3 carries 1 × RED"

    @pytest.mark.parametrize(
        ("units", "said"),
        [
            ({"l1": 4}, "no parcel that waits for its booking holds 4 of line l1 and more"),
            ({"l1": 3, "l2": 2}, "and more"),
            ({"l9": 1}, "1 of line l9"),
            ({}, "holds nothing and more"),
        ],
    )
    def test_more_than_there_is_or_everything_is_refused(self, units, said):
        with pytest.raises(ValueError, match=said):
            split(waiting(), [asked(**units)], frozenset())

    def test_what_may_have_reached_a_carrier_is_left_alone(self):
        with pytest.raises(ValueError, match="no parcel"):
            split(waiting(), [asked(l1=1)], frozenset({"o1-1"}))

    def test_a_line_that_the_store_records_only_whole_is_not_divided(self):
        given_order = waiting(whole_lines=True)
        with pytest.raises(ValueError, match="cannot record a part of line l1"):
            split(given_order, [asked(l1=1)], frozenset())
        assert parcels(split(given_order, [asked(l1=3)], frozenset()).order) == [{"BLUE": 2}, {"RED": 3}]

    def test_an_order_that_the_store_records_as_one_parcel_is_not_divided(self):
        with pytest.raises(ValueError, match="one parcel for all of it"):
            split(waiting(one_parcel=True), [asked(l1=1)], frozenset())


class TestJoin:
    def test_what_waits_at_one_place_travels_together_and_is_booked_once(self):
        apart = split(waiting(), [asked(l1=1), asked(l1=1, l2=1)], frozenset()).order
        outcome = join(apart, frozenset())
        assert parcels(outcome.order) == [{"RED": 3, "BLUE": 2}]
        assert list(outcome.effects) == [Withdraw(consignment_id="o1-2"), Withdraw(consignment_id="o1-3")]

    def test_one_parcel_cannot_be_joined(self):
        with pytest.raises(ValueError, match="no two parcels"):
            join(waiting(), frozenset())

    def test_a_booked_parcel_stays_as_it_is(self):
        shown = snapshot(STOCK)
        apart = split(waiting(shown=shown), [asked(l1=1), asked(l2=1)], frozenset()).order
        apart = booked(apart, "o1-1", booking(apart), shown).order
        after = join(apart, frozenset({"o1-1"})).order
        assert parcels(after) == [{"RED": 2, "BLUE": 1}, {"RED": 1, "BLUE": 1}]


class TestLimits:
    def limited(self, *lines, door=False, **limits):
        shown = snapshot(STOCK, policy=StorePolicy(parcel_limits=ParcelLimits(**limits)))
        more = {"cash_on_delivery": True, "payment_status": PaymentStatus.PENDING} if door else {}
        return waiting(*lines, shown=shown, **more)

    def test_no_parcel_holds_more_units_than_the_store_wants(self):
        given_order = self.limited(line(quantity=5), line("l2", "BLUE", quantity=2), most_units=3)
        assert parcels(given_order) == [{"RED": 3}, {"RED": 2, "BLUE": 1}, {"BLUE": 1}]
        assert given_order.stage is Stage.RELEASED

    def test_what_must_travel_together_does(self):
        shown = snapshot(STOCK, policy=StorePolicy(parcel_limits=ParcelLimits(most_units=1)))
        assert parcels(waiting(shown=shown, one_parcel=True)) == [{"RED": 3, "BLUE": 2}]

    def test_nor_is_worth_more(self):
        lines = line(quantity=2, unit_price=Decimal(40)), line("l2", "BLUE", unit_price=Decimal(500))
        given_order = self.limited(*lines, most_worth=Decimal(100))
        assert parcels(given_order) == [{"RED": 2}, {"BLUE": 1}]

    def test_each_is_booked_and_collects_its_share(self):
        given_order = self.limited(line(quantity=3, unit_price=Decimal("3.35")), door=True, most_units=1)
        assert [each.collect for each in given_order.consignments] == [Decimal("3.35")] * 3


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_units_lines_and_money_survive_any_repacking(data):
    lines = line(quantity=4, unit_price=Decimal("3.33")), line("l2", "BLUE", quantity=3)
    before = now = waiting(*lines, cash_on_delivery=True, payment_status=PaymentStatus.PENDING)
    bookings = Counter(each.consignment_id for each in before.consignments)
    for _ in range(data.draw(st.integers(1, 8))):
        units = {name: data.draw(st.integers(0, 3)) for name in ("l1", "l2")}
        try:
            if data.draw(st.booleans()):
                outcome = split(now, [asked(**{name: n for name, n in units.items() if n})], frozenset())
            else:
                outcome = join(now, frozenset())
        except ValueError:
            continue
        now = outcome.order
        bookings.update(each.consignment_id for each in outcome.effects if isinstance(each, Send))
        bookings.subtract(each.consignment_id for each in outcome.effects if isinstance(each, Withdraw))
        live = [each for each in now.consignments if each.stage is not Parcel.CANCELLED]
        assert units_of(live) == units_of(before.consignments)
        assert sum(each.collect for each in live) == before.sales.total
        assert +bookings == Counter({each.consignment_id: 1 for each in live})
        assert now.units_open() == {} and now.sales == before.sales
