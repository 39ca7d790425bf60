"""A location cannot send what it was asked for, and the next best does."""

import pytest

from hub.domain.dispatch import booked, booking_cancelled
from hub.domain.effects import Send, Unreserve, Verb, Withdraw
from hub.domain.order import Parcel, Stage
from hub.domain.refusal import readmit, reallocate, refuse
from tests.hub.samples import address, booking, line, location, order, replace, routed, snapshot

PLACES = (location("wh"), location("room", address=address(city="苏州市")))
BOTH = {("RED", "wh"): 5, ("RED", "room"): 5}


def shown(stock=None):
    return snapshot(stock or BOTH, locations=PLACES)


def test_the_next_best_location_sends_it_and_the_units_are_free_again():
    seen = shown()
    given = routed(order(line(quantity=2)), seen)
    outcome = refuse(given, "o1-1", "damaged", frozenset(), seen)
    assert list(outcome.effects) == [
        Withdraw(consignment_id="o1-1"),
        Unreserve(location_id="wh", sku="RED", quantity=2),
    ]
    assert [each.text for each in outcome.reasons] == ["wh cannot send it: damaged"]
    after = routed(outcome.order, seen)
    assert [(each.location_id, each.stage) for each in after.consignments] == [
        ("wh", Parcel.CANCELLED),
        ("room", Parcel.RELEASED),
    ]
    assert seen.stock.available("RED", "wh") == 5


def test_what_was_booked_is_taken_back_at_the_carrier_first():
    seen = shown()
    given = routed(order(), seen)
    given = booked(given, "o1-1", booking(given), seen).order
    outcome = refuse(given, "o1-1", "not found", frozenset({"o1-1"}), seen)
    assert [each.verb for each in outcome.effects if isinstance(each, Send)] == [Verb.CANCEL_BOOKING]
    after = routed(booking_cancelled(outcome.order, "o1-1", seen).order, seen)
    assert [each.location_id for each in after.consignments] == ["wh", "room"]


def test_without_another_location_it_waits_and_says_who_refused():
    seen = shown({("RED", "wh"): 5})
    refused = refuse(routed(order(), seen), "o1-1", "broken", frozenset(), seen).order
    after = routed(refused, seen)
    assert after.stage is Stage.BACKORDERED
    assert after.reasons[0].text.endswith("; wh refused it")
    again = routed(readmit(after, "wh").order, seen)
    assert (again.stage, again.refused_by) == (Stage.RELEASED, ())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stage": Parcel.DISPATCHED}, "parcel o1-1 is dispatched"),
        ({"stage": Parcel.BOOKED, "told": True}, "the store was told of parcel o1-1 already"),
    ],
)
def test_what_left_or_was_told_is_not_refused(changes, said):
    seen = shown()
    given = routed(order(), seen)
    given = given.with_consignment(replace(given.consignments[0], **changes))
    with pytest.raises(ValueError, match=said):
        refuse(given, "o1-1", "too late", frozenset(), seen)


def test_unknown_names_are_told():
    seen = shown()
    given = routed(order(), seen)
    with pytest.raises(ValueError, match="it has no parcel 'o1-9'"):
        refuse(given, "o1-9", "?", frozenset(), seen)
    with pytest.raises(ValueError, match="room did not refuse it"):
        readmit(given, "room")


def test_stock_that_came_before_the_booking_joins_what_was_split():
    seen = shown({("RED", "wh"): 1, ("RED", "room"): 1})
    given = routed(order(line(quantity=2)), seen)
    assert len(given.consignments) == 2
    seen.stock.give_back("RED", "wh", 1)

    after = routed(reallocate(given, "stock came", frozenset(), seen).order, seen)

    live = [(each.location_id, each.lines[0].quantity) for each in after.consignments if each.is_live]
    assert (after.stage, live) == (Stage.RELEASED, [("wh", 2)])
    assert [seen.stock.available("RED", at) for at in ("wh", "room")] == [0, 1]


def test_what_is_with_a_carrier_is_not_allocated_anew():
    seen = shown()
    given = routed(order(), seen)
    with pytest.raises(ValueError, match="parcel o1-1 is with its carrier"):
        reallocate(given, "?", frozenset({"o1-1"}), seen)
    with pytest.raises(ValueError, match="nothing of it waits"):
        reallocate(order(stage=Stage.ON_HOLD), "?", frozenset(), seen)
