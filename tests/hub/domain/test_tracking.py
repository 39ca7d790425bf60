"""How far a parcel got, from what the carrier says, whatever order it arrives in."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.effects import CaseKind, Consume, OpenCase, Send, Verb
from hub.domain.order import Parcel, Stage
from hub.domain.tracking import MOVING, progress, tracked
from mappings.canonical import TrackingStatus
from tests.hub.samples import NOW, consignment, event, order, shipped, snapshot

T = TrackingStatus


def booked(**more):
    return shipped(order(), Stage.RELEASED, consignment(1, Parcel.BOOKED, tracking_number="T-1", **more))


def gone(**more):
    return shipped(
        order(), Stage.DISPATCHED, consignment(1, Parcel.DISPATCHED, tracking_number="T-1", **more)
    )


def applied(given_order, *events, known=()):
    return tracked(given_order, "o1-1", events, tuple(known), snapshot())


def of_kind(outcome, kind):
    return [effect for effect in outcome.effects if isinstance(effect, kind)]


class TestProgress:
    @pytest.mark.parametrize(
        "journey, status",
        [
            ([(T.PICKED_UP, 1), (T.IN_TRANSIT, 2), (T.DELIVERED, 3)], T.DELIVERED),
            ([(T.DELIVERED, 3), (T.IN_TRANSIT, 4)], T.DELIVERED),
            ([(T.DELIVERED, 3), (T.DELIVERY_ATTEMPTED, 5)], T.DELIVERED),
            ([(T.DELIVERED, 3), (T.RETURNING, 4)], T.RETURNING),
            ([(T.DELIVERED, 3), (T.RETURNING, 4), (T.RETURNED, 5)], T.RETURNED),
            ([(T.RETURNED, 3), (T.DELIVERED, 4)], T.RETURNED),
            ([(T.LOST, 3), (T.IN_TRANSIT, 4)], T.IN_TRANSIT),
            ([(T.LOST, 3), (T.PRE_TRANSIT, 4)], T.LOST),
            ([(T.RETURNING, 2), (T.DELIVERED, 1)], T.RETURNING),
            ([(T.IN_TRANSIT, 1), (T.UNKNOWN, 2)], T.IN_TRANSIT),
            ([(T.IN_TRANSIT, None)], T.IN_TRANSIT),
            ([(T.IN_TRANSIT, None), (T.DELIVERED, None)], T.DELIVERED),
            ([(T.PICKED_UP, 1), (T.DELIVERED, None)], T.PICKED_UP),
            ([(T.OUT_FOR_DELIVERY, 1), (T.DELIVERED, 1)], T.DELIVERED),
            ([], T.PRE_TRANSIT),
        ],
    )
    def test_status_is_the_same_for_every_order_of_arrival(self, journey, status):
        for arrived in permutations([event(*each) for each in journey]):
            assert progress(arrived)[0] is status

    def test_instant_is_the_deciding_events_own(self):
        assert (
            progress([event(T.DELIVERED, 3), event(T.IN_TRANSIT, 9)])[1] == event(T.DELIVERED, 3).occurred_at
        )
        assert progress([event(T.DELIVERED, None)]) == (T.DELIVERED, None)

    @given(
        st.lists(st.tuples(st.sampled_from(T), st.none() | st.integers(0, 5)), max_size=6),
        st.randoms(),
    )
    def test_permutations_give_the_same_status(self, journey, random):
        events = [event(*each) for each in journey]

        assert progress(events) == progress(random.sample(events, len(events)))


statuses = st.sampled_from(sorted(set(T) - {T.CANCELLED}))


@given(
    st.lists(st.tuples(statuses, st.none() | st.integers(0, 5)), min_size=1, max_size=6, unique=True).flatmap(
        lambda journey: st.tuples(st.just(journey), st.permutations(journey))
    )
)
def test_parcel_ends_in_the_same_state_for_every_order_of_arrival(journeys):
    ends = []
    for journey in journeys:
        after, known = booked(), []
        for each in journey:
            after = applied(after, event(*each), known=known).order
            known.append(event(*each))
        ends.append((after.stage, after.consignments[0].stage, after.consignments[0].status))

    assert ends[0] == ends[1]


class TestHandOver:
    @pytest.mark.parametrize("status", sorted(MOVING))
    def test_first_movement_is_the_hand_over(self, status):
        outcome = applied(booked(), event(status, 5), event(status, 7, "later"))

        after = outcome.order.consignments[0]
        assert after.is_handed_over
        assert after.handed_over_at == event(status, 5).occurred_at
        assert of_kind(outcome, Consume) == [
            Consume(location_id="wh", sku="RED", quantity=1, consignment_id="o1-1")
        ]
        assert [effect.verb for effect in of_kind(outcome, Send)][:1] == [Verb.PUSH_FULFILMENT]

    @pytest.mark.parametrize("status", sorted(set(T) - MOVING))
    def test_other_news_are_none(self, status):
        outcome = applied(booked(), event(status, 5))

        assert not outcome.order.consignments[0].is_handed_over
        assert of_kind(outcome, Consume) == []

    def test_movement_without_known_time_happened_now(self):
        after = applied(booked(), event(T.IN_TRANSIT, None)).order

        assert after.consignments[0].handed_over_at == NOW

    def test_units_leave_once(self):
        outcome = applied(gone(), event(T.IN_TRANSIT, 5))

        assert of_kind(outcome, Consume) == []
        assert outcome.order.consignments[0].status is T.IN_TRANSIT


class TestEnds:
    @pytest.mark.parametrize(
        "status, stage",
        [(T.DELIVERED, Parcel.DELIVERED), (T.RETURNED, Parcel.RETURNED), (T.LOST, Parcel.LOST)],
    )
    def test_end_is_the_consignments_stage(self, status, stage):
        assert applied(gone(), event(status, 5)).order.consignments[0].stage is stage

    def test_delivery_is_told_to_a_store_that_knows_the_parcel(self):
        (send,) = of_kind(applied(gone(told=True), event(T.DELIVERED, 5)), Send)

        assert send.verb is Verb.PUSH_STATUS
        assert of_kind(applied(gone(told=False), event(T.DELIVERED, 5)), Send) == []

    @pytest.mark.parametrize("status, kind", [(T.RETURNED, CaseKind.RETURNED), (T.LOST, CaseKind.LOST)])
    def test_bad_end_opens_one_case(self, status, kind):
        outcome = applied(gone(), event(status, 5))

        assert [case.kind for case in of_kind(outcome, OpenCase)] == [kind]
        again = tracked(outcome.order, "o1-1", (event(status, 6),), (event(status, 5),), snapshot())
        assert of_kind(again, OpenCase) == []


class TestCancelled:
    def test_carrier_confirms_what_was_asked_for(self):
        taken_back = shipped(order(), Stage.RELEASED, consignment(1, Parcel.CANCELLING))

        after = tracked(taken_back, "o1-1", (event(T.CANCELLED, 1),), (), snapshot()).order

        assert after.consignments[0].stage is Parcel.CANCELLED

    def test_carrier_that_cancels_by_itself_opens_a_case(self):
        outcome = applied(booked(), event(T.CANCELLED, 1))

        assert [case.kind for case in of_kind(outcome, OpenCase)] == [CaseKind.CANCELLED_BY_CARRIER]
        assert outcome.order.consignments[0].stage is Parcel.BOOKED

    def test_parcel_that_moves_after_its_cancellation_opens_a_case(self):
        cancelled = shipped(order(), Stage.RELEASED, consignment(1, Parcel.CANCELLED))

        outcome = applied(cancelled, event(T.IN_TRANSIT, 1))

        assert [case.kind for case in of_kind(outcome, OpenCase)] == [CaseKind.MOVED_AFTER_CANCELLATION]
        assert outcome.order.consignments[0].stage is Parcel.CANCELLED

    def test_parcel_that_leaves_while_it_is_being_taken_back_opens_a_case(self):
        taken_back = shipped(order(), Stage.RELEASED, consignment(1, Parcel.CANCELLING))

        outcome = applied(taken_back, event(T.PICKED_UP, 1))

        assert [case.kind for case in of_kind(outcome, OpenCase)] == [CaseKind.CANCELLED_TOO_LATE]
        assert outcome.order.consignments[0].stage is Parcel.DISPATCHED
        assert of_kind(outcome, Consume) != []
