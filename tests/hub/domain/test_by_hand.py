"""Parcels that a person booked elsewhere."""

import pytest

from hub.domain.by_hand import renumbered, shipped_by_hand
from hub.domain.effects import Consume, Send, Verb, Withdraw
from hub.domain.order import Parcel, Reserved, Stage
from hub.domain.policies import StorePolicy, TellAt
from mappings.canonical import LineQuantity
from tests.hub.samples import (
    CARRIER_CAPABILITIES,
    NOW,
    consignment,
    facts,
    line,
    order,
    replace,
    shipped,
    snapshot,
)

RED3 = (Reserved(line_id="l1", sku="RED", quantity=3),)
BLUE1 = (Reserved(line_id="l2", sku="BLUE", quantity=1),)


def waiting(*parts):
    parts = parts or (consignment(1, lines=RED3), consignment(2, lines=BLUE1))
    return shipped(order(line(quantity=3), line("l2", "BLUE")), Stage.RELEASED, *parts)


def ship(given, *lines, sent=frozenset(), shown=None):
    asked = [LineQuantity(line_id=line_id, quantity=units) for line_id, units in lines]
    return shipped_by_hand(given, "swift", "H-1", asked, sent, shown or snapshot())


def units(outcome):
    return {
        each.consignment_id: (each.stage, {part.sku: part.quantity for part in each.lines})
        for each in outcome.order.consignments
    }


def test_without_lines_all_that_waits_has_left():
    outcome = ship(waiting())

    assert units(outcome) == {
        "o1-1": (Parcel.DISPATCHED, {"RED": 3}),
        "o1-2": (Parcel.DISPATCHED, {"BLUE": 1}),
    }
    assert [each.tracking_number for each in outcome.order.consignments] == ["H-1", "H-1"]
    assert outcome.order.consignments[0].handed_over_at == NOW
    assert outcome.order.stage is Stage.DISPATCHED


def test_planned_booking_is_withdrawn_the_units_leave_and_the_store_is_told():
    outcome = ship(waiting(consignment(1, lines=RED3)))

    assert [effect for effect in outcome.effects if not isinstance(effect, Send)] == [
        Withdraw(consignment_id="o1-1"),
        Consume(location_id="wh", sku="RED", quantity=3, consignment_id="o1-1"),
    ]
    assert [effect.verb for effect in outcome.effects if isinstance(effect, Send)] == [Verb.PUSH_FULFILMENT]


def test_store_that_is_told_at_booking_is_told_too():
    shown = snapshot(policy=StorePolicy(tell_at=TellAt.BOOKED))

    outcome = ship(waiting(consignment(1, lines=RED3)), shown=shown)

    assert [effect.verb for effect in outcome.effects if isinstance(effect, Send)] == [Verb.PUSH_FULFILMENT]


def test_part_of_a_consignment_leaves_the_rest_waiting():
    outcome = ship(waiting(), ("l1", 1))

    assert units(outcome) == {
        "o1-1": (Parcel.DISPATCHED, {"RED": 1}),
        "o1-2": (Parcel.RELEASED, {"BLUE": 1}),
        "o1-3": (Parcel.RELEASED, {"RED": 2}),
    }
    assert outcome.order.stage is Stage.RELEASED


def test_rest_of_a_consignment_is_booked_for_itself():
    outcome = ship(waiting(), ("l1", 1))

    rest = outcome.order.consignment("o1-3")
    (booking,) = (each for each in outcome.effects if isinstance(each, Send) and each.verb is Verb.BOOK)
    assert (booking.consignment_id, booking.connection_id) == ("o1-3", rest.carrier_connection_id)
    assert rest.carrier_connection_id == "carrier"


def test_rest_of_a_consignment_without_carrier_waits_for_a_person_too():
    outcome = ship(waiting(consignment(1, lines=RED3, carrier_connection_id="")), ("l1", 1))

    assert not any(isinstance(each, Send) and each.verb is Verb.BOOK for each in outcome.effects)


def test_units_may_come_from_several_consignments():
    twice = waiting(consignment(1, lines=RED3), consignment(2, lines=RED3, location_id="room"))

    outcome = ship(twice, ("l1", 5))

    assert units(outcome) == {
        "o1-1": (Parcel.DISPATCHED, {"RED": 3}),
        "o1-2": (Parcel.DISPATCHED, {"RED": 2}),
        "o1-3": (Parcel.RELEASED, {"RED": 1}),
    }
    assert outcome.order.consignments[2].location_id == "room"


@pytest.mark.parametrize("lines", [[("l1", 4)], [("l1", 1), ("l2", 2)], [("l9", 1)]])
def test_more_than_waits_is_refused(lines):
    with pytest.raises(ValueError, match="not waiting"):
        ship(waiting(), *lines)


@pytest.mark.parametrize("stage", sorted(set(Parcel) - {Parcel.RELEASED}))
def test_only_waiting_consignments_count(stage):
    with pytest.raises(ValueError, match="not waiting"):
        ship(waiting(consignment(1, stage, lines=RED3)))


def test_consignment_whose_booking_may_exist_is_not_touched():
    with pytest.raises(ValueError, match="not waiting"):
        ship(waiting(consignment(1, lines=RED3)), sent=frozenset({"o1-1"}))


def test_parcel_is_followed_by_a_connection_of_that_carrier_if_there_is_one():
    carriers = [
        facts("books-only", "carrier", {"BooksShipments"}, platform="swift"),
        facts("follows", "carrier", CARRIER_CAPABILITIES, platform="swift"),
    ]

    followed = ship(waiting(), shown=snapshot(carriers=carriers)).order.consignments[0]

    assert followed.carrier_connection_id == "follows"
    assert ship(waiting()).order.consignments[0].carrier_connection_id == ""


class TestCorrectedNumber:
    PARCEL = consignment(
        1,
        Parcel.DISPATCHED,
        lines=RED3,
        carrier="swift",
        carrier_connection_id="carrier",
        tracking_number="OLD",
        told=True,
        booked_at=NOW,
        handed_over_at=NOW,
    )

    def corrected(self, parcel=PARCEL, number="NEW", carrier=""):
        given = shipped(order(line(quantity=3)), Stage.DISPATCHED, parcel)
        return renumbered(given, "o1-1", carrier, number, snapshot())

    def test_store_that_was_told_is_told_and_the_former_number_is_remembered(self):
        outcome = self.corrected()

        (parcel,) = outcome.order.consignments
        assert (parcel.tracking_number, parcel.former_numbers, parcel.told) == ("NEW", ("OLD",), False)
        assert [each.verb for each in outcome.effects if isinstance(each, Send)] == [Verb.PUSH_FULFILMENT]

    def test_parcel_of_another_carrier_is_followed_there(self):
        (parcel,) = self.corrected(carrier="elsewhere").order.consignments

        assert (parcel.carrier, parcel.carrier_connection_id) == ("elsewhere", "")

    def test_store_that_knows_nothing_yet_hears_only_the_right_number(self):
        booked = replace(self.PARCEL, stage=Parcel.BOOKED, told=False, handed_over_at=None)

        assert self.corrected(booked).effects == ()

    @pytest.mark.parametrize(
        "wrong",
        [{"tracking_number": ""}, {"tracking_number": "NEW"}, {"stage": Parcel.DELIVERED}],
    )
    def test_there_must_be_a_number_to_correct(self, wrong):
        with pytest.raises(ValueError, match="o1-1"):
            self.corrected(replace(self.PARCEL, **wrong))


def test_of_an_order_that_the_store_records_as_one_parcel_only_everything_is_shipped():
    given = waiting()
    given = replace(given, sales=replace(given.sales, one_parcel=True))

    with pytest.raises(ValueError, match="one parcel for all of it"):
        ship(given, ("l1", 3))
    assert ship(given).order.stage is Stage.DISPATCHED
    assert ship(given, ("l1", 3), ("l2", 1)).order.stage is Stage.DISPATCHED
