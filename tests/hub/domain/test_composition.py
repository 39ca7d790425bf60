"""Whatever travels together, the money of its units adds up to the platform's own amounts."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.by_hand import shipped_by_hand
from hub.domain.changes import amend
from hub.domain.composition import apportion, share
from hub.domain.dispatch import booked
from hub.domain.effects import CaseKind, OpenCase
from hub.domain.order import Parcel
from hub.domain.outward import shipment_request
from mappings.canonical import LineQuantity, Money, PaymentStatus, minor_unit
from tests.hub.samples import NOW, address, booking, line, location, order, replace, routed, sales, snapshot

CURRENCIES = ("CNY", "JPY", "KWD")
amounts = st.integers(-(10**9), 10**9)
EAST, WEST = location("east"), location("west", address=address(province="四川", city="成都市"))
SPLIT = {("RED", "east"): 2, ("BLUE", "west"): 3}


@given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=8), st.sampled_from(CURRENCIES))
def test_an_amount_is_divided_to_the_last_smallest_unit(minor, weights, currency):
    amount = minor * minor_unit(currency)
    parts = apportion(amount, [Decimal(each) for each in weights], currency)
    assert sum(parts) == amount
    assert all(part % minor_unit(currency) == 0 for part in parts)
    if any(weights):
        off = [
            abs(part - amount * weight / sum(weights)) for part, weight in zip(parts, weights, strict=True)
        ]
        assert max(off) <= 2 * minor_unit(currency)


@given(amounts, st.integers(1, 60), st.data(), st.sampled_from(CURRENCIES))
def test_units_are_worth_the_same_however_they_are_grouped(minor, units, data, currency):
    amount = minor * minor_unit(currency)
    cuts = sorted(data.draw(st.sets(st.integers(0, units))) | {0, units})
    parts = [share(amount, start, stop, units, currency) for start, stop in pairwise(cuts)]
    singles = [share(amount, at, at + 1, units, currency) for at in range(units)]
    assert sum(parts) == sum(singles) == amount


def at_the_door(*lines, **more):
    said = sales(*lines, cash_on_delivery=True, payment_status=PaymentStatus.PENDING)
    return order(sales=replace(said, **more))


def collected(given):
    """What each parcel that is not taken back asks for at the door."""
    return [
        shipment_request(given, each, EAST, {}).collect_on_delivery
        for each in given.consignments
        if each.stage is not Parcel.CANCELLED
    ]


def test_a_parcel_collects_the_whole_order():
    given = routed(at_the_door(line(quantity=2)), snapshot())
    assert collected(given) == [Money(amount=Decimal("20.00"), currency="CNY")]


def test_two_parcels_of_one_order_do_not_collect_it_twice():
    lines = line(quantity=2, unit_price=Decimal("10.01")), line("l2", "BLUE", quantity=3)
    given = routed(
        at_the_door(*lines, shipping_charge=Decimal("7.77"), total=Decimal("57.79")),
        snapshot(SPLIT, locations=[EAST, WEST]),
    )
    assert len(given.consignments) == 2
    assert sum(each.amount for each in collected(given)) == Decimal("57.79")
    assert min(each.amount for each in collected(given)) > 23


def test_a_paid_order_collects_nothing():
    assert collected(routed(order(line()), snapshot())) == [None]


def test_what_ships_by_hand_leaves_the_rest_to_the_rest():
    given = routed(at_the_door(line(quantity=3, unit_price=Decimal("3.33"))), snapshot())
    shown = snapshot()
    asked = [LineQuantity(line_id="l1", quantity=1)]
    after = shipped_by_hand(given, "swift", "H-1", asked, frozenset(), shown).order
    by_hand, rest = after.consignments
    assert (by_hand.collect, rest.collect) == (Decimal("3.33"), Decimal("6.66"))


@pytest.mark.parametrize("sent", [False, True])
def test_another_amount_at_the_door_is_booked_anew(sent):
    shown = snapshot()
    given = routed(at_the_door(line(quantity=2)), shown)
    if sent:
        given = booked(given, "o1-1", booking(given), shown).order
    said = replace(given.sales, total=Decimal("15.00"), order_discount=Decimal("5.00"))
    outcome = amend(given, said, frozenset({"o1-1"} if sent else ()), shown)
    assert [reason.code for reason in outcome.reasons] == ["amount_changed"]
    assert outcome.order.consignments[0].stage is (Parcel.CANCELLING if sent else Parcel.CANCELLED)
    if not sent:
        assert [each.amount for each in collected(routed(outcome.order, shown))] == [Decimal("15.00")]


def test_another_amount_after_the_parcel_left_is_a_case():
    shown = snapshot()
    given = routed(at_the_door(line(quantity=2)), shown)
    left = replace(given.consignments[0], stage=Parcel.DISPATCHED, handed_over_at=NOW)
    given = given.with_consignment(left)
    said = replace(given.sales, total=Decimal("15.00"), order_discount=Decimal("5.00"))
    effects = amend(given, said, frozenset({"o1-1"}), shown).effects
    assert [each.kind for each in effects if isinstance(each, OpenCase)] == [CaseKind.CHANGED_TOO_LATE]


def test_what_is_on_its_way_already_is_not_collected_again():
    """The first parcel left with its share; the rest is allocated anew and collects what is outstanding."""
    lines = line(quantity=2), line("l2", "BLUE", quantity=3, unit_price=Decimal("3.33"))
    shown = snapshot(SPLIT, locations=[EAST, WEST])
    given = routed(at_the_door(*lines), shown)
    first, second = given.consignments
    given = given.with_consignment(replace(first, stage=Parcel.DISPATCHED, handed_over_at=NOW))
    moved = amend(given, replace(given.sales, ship_to=address(city="杭州市")), frozenset(), shown).order
    again = routed(moved, shown)
    assert again.consignment(second.consignment_id).stage is Parcel.CANCELLED
    assert sum(each.amount for each in collected(again)) == given.sales.total
