"""From a reservation to a parcel that left and a store that knows it."""

import pytest

from hub.domain.dispatch import (
    booked,
    booking_cancelled,
    booking_failed,
    booking_stands,
    handed_over,
    not_told,
    release_step,
    settle,
    take_back,
    told,
)
from hub.domain.effects import CaseKind, Consume, OpenCase, Send, Unreserve, Verb, Withdraw
from hub.domain.order import HANDED_OVER, Order, Parcel, Reserved, Stage
from hub.domain.policies import StorePolicy, TellAt
from mappings.canonical import TrackingStatus
from tests.hub.samples import (
    CARRIER_CAPABILITIES,
    NOW,
    address,
    booking,
    consignment,
    facts,
    line,
    location,
    order,
    replace,
    sales,
    shipped,
    snapshot,
)

AT_BOOKING = StorePolicy(tell_at=TellAt.BOOKED)


def one(stage=Parcel.RELEASED, order_stage=Stage.RELEASED, **more) -> Order:
    return shipped(order(), order_stage, consignment(1, stage, **more))


def verbs(effects):
    return [effect.verb for effect in effects if isinstance(effect, Send)]


class TestRelease:
    def planned(self):
        return one(Parcel.PLANNED, Stage.ALLOCATED, carrier_connection_id="")

    def carrier(self, name, *tokens, **more):
        return facts(name, "carrier", CARRIER_CAPABILITIES, accepts_tokens_of=frozenset(tokens), **more)

    def chosen(self, given=None, **shown):
        return (
            release_step(given or self.planned(), snapshot(**shown))
            .order.consignments[0]
            .carrier_connection_id
        )

    def test_places_own_carriers_come_before_the_stores_before_all_by_id(self):
        carriers = [self.carrier("a"), self.carrier("b"), self.carrier("c")]
        place, policy = location(carriers=("c",)), StorePolicy(carriers=("b",))

        assert self.chosen(carriers=carriers, locations=[place], policy=policy) == "c"
        assert self.chosen(carriers=carriers, policy=policy) == "b"
        assert self.chosen(carriers=carriers) == "a"

    def test_active_carrier_is_preferred_to_one_that_only_observes(self):
        observing = self.carrier("a", is_active=False)

        assert self.chosen(carriers=[observing, self.carrier("b")]) == "b"
        assert self.chosen(carriers=[observing]) == "a"

    def test_masked_receiver_needs_a_carrier_that_reads_the_token(self):
        masked = address(masked=True, receiver_token="t", token_platform="taobao")
        given = replace(self.planned(), sales=sales(ship_to=masked))
        carriers = [self.carrier("a"), self.carrier("z", "taobao")]

        assert self.chosen(given, carriers=carriers, policy=StorePolicy(carriers=("a",))) == ""
        assert self.chosen(given, carriers=carriers) == "z"

    def test_connection_that_cannot_book_is_no_choice(self):
        assert self.chosen(carriers=[facts("t", "carrier", {"TracksParcels"})]) == ""


class TestTellingTheStore:
    def test_at_hand_over_by_default(self):
        shown = snapshot()
        after = booked(one(), "o1-1", booking(one()), shown)

        assert verbs(after.effects) == []
        assert verbs(handed_over(after.order, "o1-1", NOW, shown)[1]) == [Verb.PUSH_FULFILMENT]

    def test_at_booking_where_the_policy_says_so(self):
        shown = snapshot(policy=AT_BOOKING)
        after = booked(one(), "o1-1", booking(one()), shown)

        assert verbs(after.effects) == [Verb.PUSH_FULFILMENT]
        assert verbs(handed_over(after.order, "o1-1", NOW, shown)[1]) == []

    def test_never_where_the_store_cannot_be_told(self):
        shown = snapshot(store={"PullsOrders"})

        assert verbs(handed_over(one(Parcel.BOOKED), "o1-1", NOW, shown)[1]) == []

    def test_delivery_is_told_once_the_store_knows_the_parcel(self):
        delivered = one(Parcel.DELIVERED, Stage.DISPATCHED)

        assert verbs(told(delivered, "o1-1", None, snapshot()).effects) == [Verb.PUSH_STATUS]
        known = told(delivered, "o1-1", TrackingStatus.DELIVERED, snapshot())
        assert (verbs(known.effects), known.order.stage) == ([], Stage.CLOSED)

    def test_pushing_carrier_is_subscribed(self):
        carrier = facts("carrier", "carrier", {*CARRIER_CAPABILITIES, "SubscribesTracking"})

        outcome = booked(one(), "o1-1", booking(one()), snapshot(carriers=[carrier]))

        assert verbs(outcome.effects) == [Verb.SUBSCRIBE]


class TestBooking:
    def test_answer_is_kept_on_the_consignment(self):
        after = booked(one(), "o1-1", booking(one()), snapshot()).order.consignments[0]

        assert (after.stage, after.carrier, after.tracking_number) == (Parcel.BOOKED, "swift", "T-o1-1")
        assert after.booked_at == NOW

    @pytest.mark.parametrize("stage", [Parcel.CANCELLING, Parcel.DISPATCHED])
    def test_late_answer_gives_the_number_and_moves_nothing(self, stage):
        outcome = booked(one(stage), "o1-1", booking(one()), snapshot())

        assert outcome.order.consignments[0].stage is stage
        assert (outcome.order.consignments[0].tracking_number, outcome.effects) == ("T-o1-1", ())

    def test_refusal_while_it_is_taken_back_frees_the_units(self):
        outcome = booking_failed(one(Parcel.CANCELLING), "o1-1", snapshot())

        assert outcome.effects == (
            Withdraw(consignment_id="o1-1"),
            Unreserve(location_id="wh", sku="RED", quantity=1),
        )
        assert outcome.order.consignments[0].stage is Parcel.CANCELLED

    def test_refusal_of_a_wanted_booking_waits_for_a_person(self):
        assert booking_failed(one(Parcel.RELEASED), "o1-1", snapshot()) is None


class TestTakingBack:
    def test_agreed(self):
        outcome = booking_cancelled(one(Parcel.CANCELLING), "o1-1", snapshot())

        assert outcome.effects == (
            Withdraw(consignment_id="o1-1"),  # also what its store refused to hear of it
            Unreserve(location_id="wh", sku="RED", quantity=1),
        )
        assert outcome.order.stage is Stage.RECEIVED

    def test_refused_means_that_it_will_be_carried_and_a_person_looks(self):
        outcome = booking_stands(one(Parcel.CANCELLING), "o1-1", "too late", snapshot())

        assert outcome.order.consignments[0].stage is Parcel.BOOKED
        assert [effect.kind for effect in outcome.effects] == [CaseKind.CANCELLED_TOO_LATE]

    @pytest.mark.parametrize("answer", [booking_cancelled, lambda o, c, s: booking_stands(o, c, "no", s)])
    @pytest.mark.parametrize("stage", sorted(set(Parcel) - {Parcel.CANCELLING}))
    def test_answer_to_what_nobody_asks_any_more_changes_nothing(self, answer, stage):
        outcome = answer(one(stage), "o1-1", snapshot())

        assert (outcome.order, outcome.effects) == (one(stage), ())

    @pytest.mark.parametrize("is_sent", [True, False])
    def test_units_are_free_at_once_only_if_nothing_was_sent(self, is_sent):
        shown = snapshot({("RED", "wh"): 0})

        given = one()
        take_back(given, given.consignments[0], shown, is_sent=is_sent)

        assert shown.stock.available("RED", "wh") == (0 if is_sent else 1)


class TestHandOver:
    def test_units_leave_the_books_once(self):
        lines = (
            Reserved(line_id="l1", sku="RED", quantity=2),
            Reserved(line_id="l2", sku="BLUE", quantity=1),
        )
        after, effects = handed_over(one(Parcel.BOOKED, lines=lines), "o1-1", NOW, snapshot())

        assert [(each.sku, each.quantity) for each in effects if isinstance(each, Consume)] == [
            ("RED", 2),
            ("BLUE", 1),
        ]
        assert handed_over(after, "o1-1", NOW, snapshot()) == (after, ())

    @pytest.mark.parametrize("stage", sorted(HANDED_OVER))
    def test_of_a_parcel_that_left_changes_nothing(self, stage):
        assert handed_over(one(stage), "o1-1", NOW, snapshot()) == (one(stage), ())

    def test_during_cancellation_withdraws_it_and_opens_a_case(self):
        _, effects = handed_over(one(Parcel.CANCELLING), "o1-1", NOW, snapshot())

        assert Withdraw(consignment_id="o1-1") in effects
        assert [each.kind for each in effects if isinstance(each, OpenCase)] == [CaseKind.CANCELLED_TOO_LATE]


P = Parcel
OPEN = (P.PLANNED, P.RELEASED, P.BOOKED, P.CANCELLING)
TOLD = {"told": True}
DONE = {"told": True, "told_status": TrackingStatus.DELIVERED}

SETTLED = [
    # (stages of two consignments of one unit each, facts of both, wanted units) → stage of the order
    *[((stage, other), {}, 2, Stage.RELEASED) for stage in OPEN for other in Parcel],
    ((P.CANCELLED, P.CANCELLED), {}, 2, Stage.RECEIVED),
    ((P.CANCELLED, P.DISPATCHED), {}, 2, Stage.RECEIVED),
    ((P.CANCELLED, P.CANCELLED), {}, 0, Stage.CANCELLED),
    ((P.CANCELLED, P.DISPATCHED), {}, 1, Stage.DISPATCHED),
    ((P.CANCELLED, P.DELIVERED), DONE, 1, Stage.CLOSED),
    ((P.DISPATCHED, P.DISPATCHED), TOLD, 2, Stage.DISPATCHED),
    ((P.DISPATCHED, P.DELIVERED), DONE, 2, Stage.DISPATCHED),
    ((P.DISPATCHED, P.RETURNED), TOLD, 2, Stage.DISPATCHED),
    ((P.DISPATCHED, P.LOST), TOLD, 2, Stage.DISPATCHED),
    ((P.DELIVERED, P.DELIVERED), {}, 2, Stage.DISPATCHED),
    ((P.DELIVERED, P.DELIVERED), TOLD, 2, Stage.DISPATCHED),
    ((P.DELIVERED, P.DELIVERED), DONE, 2, Stage.CLOSED),
    ((P.DELIVERED, P.RETURNED), DONE, 2, Stage.CLOSED),
    ((P.DELIVERED, P.LOST), DONE, 2, Stage.CLOSED),
    ((P.RETURNED, P.RETURNED), TOLD, 2, Stage.CLOSED),
    ((P.RETURNED, P.LOST), TOLD, 2, Stage.CLOSED),
    ((P.RETURNED, P.LOST), {}, 2, Stage.DISPATCHED),
    ((P.LOST, P.LOST), TOLD, 2, Stage.CLOSED),
    ((P.CANCELLED, P.RETURNED), TOLD, 1, Stage.CLOSED),
    ((P.CANCELLED, P.LOST), TOLD, 1, Stage.CLOSED),
]


def two(stages, known, wanted) -> Order:
    parts = [consignment(number, stage, **known) for number, stage in enumerate(stages, start=1)]
    said = sales(line(quantity=2, quantity_cancelled=2 - wanted))
    return shipped(order(sales=said), Stage.DISPATCHED, *parts)


@pytest.mark.parametrize("stages, known, wanted, expected", SETTLED)
def test_least_advanced_consignment_decides_about_the_order(stages, known, wanted, expected):
    assert settle(two(stages, known, wanted), snapshot()).stage is expected
    assert settle(two(stages[::-1], known, wanted), snapshot()).stage is expected


def test_table_above_holds_every_combination_of_stages():
    every = {frozenset((a, b)) for a in Parcel for b in Parcel}

    assert {frozenset(stages) for stages, *_ in SETTLED} == every


@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.RELEASED, Stage.DISPATCHED}))
def test_other_stages_do_not_follow_from_consignments(stage):
    assert settle(one(order_stage=stage), snapshot()).stage is stage


def test_parcel_that_nobody_follows_is_finished_when_it_left():
    given = one(Parcel.DISPATCHED, Stage.DISPATCHED, carrier_connection_id="", told=True)

    assert settle(given, snapshot()).stage is Stage.CLOSED


def test_store_that_takes_no_status_is_told_only_of_the_parcel():
    given = one(Parcel.DELIVERED, Stage.DISPATCHED, told=True)

    assert settle(given, snapshot(store={"PushesFulfilments"})).stage is Stage.CLOSED
    assert settle(given, snapshot(store={"PullsOrders"})).stage is Stage.CLOSED


@pytest.mark.parametrize("told, pushes", [(False, [Verb.PUSH_FULFILMENT]), (True, [])])
def test_booking_that_stands_is_told_where_its_message_was_withdrawn(told, pushes):
    given = one(Parcel.CANCELLING, tracking_number="T-1", booked_at=NOW, told=told)

    outcome = booking_stands(given, "o1-1", "no", snapshot(policy=AT_BOOKING))

    assert verbs(outcome.effects) == pushes


def test_booking_that_stands_is_followed_as_if_it_had_never_been_taken_back():
    pushing = facts("carrier", "carrier", {"BooksShipments", "SubscribesTracking"})
    given = booked(one(Parcel.CANCELLING), "o1-1", booking(one()), snapshot(carriers=[pushing])).order

    outcome = booking_stands(given, "o1-1", "no", snapshot(carriers=[pushing]))

    assert verbs(outcome.effects) == [Verb.SUBSCRIBE]


def test_booking_that_stands_is_told_only_once_its_number_is_known():
    shown = snapshot(policy=AT_BOOKING)
    outcome = booking_stands(one(Parcel.CANCELLING), "o1-1", "no", shown)

    assert verbs(outcome.effects) == []
    assert verbs(booked(outcome.order, "o1-1", booking(outcome.order), shown).effects) == [
        Verb.PUSH_FULFILMENT
    ]


class TestParcelOfWhichTheStoreWantsNothingAnyMore:
    def parcel(self, stage=Parcel.DISPATCHED, units_refunded=1, **more):
        refunded = sales(line(quantity_cancelled=units_refunded))
        return replace(one(stage, Stage.DISPATCHED, **more), sales=refunded)

    def test_person_is_told_in_the_stores_stead(self):
        outcome = not_told(self.parcel(), "o1-1", snapshot())

        assert [case.kind for case in outcome.effects] == [CaseKind.NOT_TOLD]

    @pytest.mark.parametrize("changes", [{"units_refunded": 0}, {"told": True}, {"stage": Parcel.CANCELLING}])
    def test_other_messages_that_were_not_sent_are_no_news(self, changes):
        assert not_told(self.parcel(**changes), "o1-1", snapshot()) is None

    def test_it_keeps_no_order_open(self):
        assert settle(self.parcel(Parcel.DELIVERED), snapshot()).stage is Stage.CLOSED
        assert settle(self.parcel(Parcel.DELIVERED, units_refunded=0), snapshot()).stage is Stage.DISPATCHED


@pytest.mark.parametrize("told, pushes", [(False, [Verb.PUSH_FULFILMENT]), (True, [])])
def test_parcel_that_leaves_while_it_is_taken_back_is_told_once(told, pushes):
    shown = snapshot(policy=AT_BOOKING)

    _, effects = handed_over(one(Parcel.CANCELLING, told=told), "o1-1", NOW, shown)

    assert verbs(effects) == pushes
