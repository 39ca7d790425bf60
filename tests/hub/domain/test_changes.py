"""What the platform says anew about an order, at every stage."""

from datetime import timedelta

import pytest

from hub.domain.changes import amend, hold, is_older, make_history, release
from hub.domain.dispatch import booked, booking_cancelled, handed_over, settle, told
from hub.domain.effects import CaseKind, OpenCase, Send, Unreserve, Verb, Withdraw
from hub.domain.order import Parcel, Reserved, Stage
from hub.domain.outward import store_shipment
from hub.domain.policies import StorePolicy, TellAt
from hub.domain.route import advance
from mappings.canonical import PaymentStatus
from tests.hub.samples import (
    NOW,
    address,
    booking,
    consignment,
    line,
    order,
    replace,
    routed,
    sales,
    shipped,
    snapshot,
)

NOBODY = frozenset()
SENT = frozenset({"o1-1"})

CANCELLED = sales(cancelled_at=NOW)
MOVED = sales(ship_to=address(street=("淮海中路 1号",)))
MORE = sales(line(quantity=5))
UNPAID = sales(payment_status=PaymentStatus.VOIDED)
FORBIDDEN = sales(platform_hold="ON_HOLD")
REFUND = sales(line(refund_requested=True))
ELSEWHERE = sales(line(quantity_fulfilled=1))

STOPPING = {
    "cancelled": (CANCELLED, Stage.CANCELLED),
    "payment_withdrawn": (UNPAID, Stage.ON_HOLD),
    "platform_hold": (FORBIDDEN, Stage.ON_HOLD),
    "refund_requested": (REFUND, Stage.ON_HOLD),
    "shipped_elsewhere": (ELSEWHERE, Stage.CLOSED),
    "address_changed": (MOVED, Stage.RELEASED),
    "quantities_changed": (MORE, Stage.RELEASED),
}


def released(shown=None):
    return routed(order(), shown or snapshot())


def amended(given, said, sent=NOBODY, shown=None):
    """The change and where the route then takes the order."""
    shown = shown or snapshot()
    outcome = amend(given, said, sent, shown)
    after, _ = advance(outcome.order, shown)
    return outcome, after


def codes(outcome):
    return [reason.code for reason in outcome.reasons]


def cases(outcome):
    return [effect.kind for effect in outcome.effects if isinstance(effect, OpenCase)]


def verbs(outcome):
    return [effect.verb for effect in outcome.effects if isinstance(effect, Send)]


class TestNothingSentYet:
    @pytest.mark.parametrize("code", STOPPING)
    def test_consignment_is_withdrawn_and_its_units_given_back(self, code):
        said, stage = STOPPING[code]

        outcome, after = amended(released(), said)

        assert code in codes(outcome)
        assert outcome.effects == (
            Withdraw(consignment_id="o1-1"),
            Unreserve(location_id="wh", sku="RED", quantity=1),
        )
        assert (after.stage, after.consignments[0].stage) == (stage, Parcel.CANCELLED)

    def test_given_back_units_are_there_for_the_next_order(self):
        shown = snapshot({("RED", "wh"): 1})
        given = released(shown)

        amended(given, CANCELLED, shown=shown)

        assert shown.stock.available("RED", "wh") == 1

    def test_changed_quantity_is_promised_anew(self):
        shown = snapshot({("RED", "wh"): 10})

        _, after = amended(released(shown), MORE, shown=shown)

        assert [(each.stage, each.lines[0].quantity) for each in after.consignments] == [
            (Parcel.CANCELLED, 1),
            (Parcel.RELEASED, 5),
        ]
        assert shown.stock.available("RED", "wh") == 5


class TestBookingMayHaveReachedTheCarrier:
    @pytest.mark.parametrize("code", STOPPING)
    def test_carrier_is_asked_to_take_it_back_and_the_order_waits(self, code):
        said, _ = STOPPING[code]

        outcome, after = amended(released(), said, SENT)

        assert verbs(outcome) == [Verb.CANCEL_BOOKING]
        assert not any(isinstance(effect, Unreserve) for effect in outcome.effects)
        assert (after.stage, after.consignments[0].stage) == (Stage.RELEASED, Parcel.CANCELLING)

    @pytest.mark.parametrize("code", STOPPING)
    def test_it_goes_on_when_the_carrier_agreed(self, code):
        said, stage = STOPPING[code]
        shown = snapshot()
        _, waiting = amended(released(shown), said, SENT, shown)

        after = routed(booking_cancelled(waiting, "o1-1", shown).order, shown)

        assert (after.stage, after.consignments[0].stage) == (stage, Parcel.CANCELLED)

    def test_asking_twice_is_not_needed(self):
        _, waiting = amended(released(), MOVED, SENT)

        outcome, after = amended(waiting, CANCELLED, SENT)

        assert outcome.effects == ()
        assert after.consignments[0].stage is Parcel.CANCELLING

    def test_booked_consignment_is_taken_back_too(self):
        shown = snapshot()
        given = released(shown)
        given = booked(given, "o1-1", booking(given), shown).order

        outcome, after = amended(given, CANCELLED, SENT)

        assert verbs(outcome) == [Verb.CANCEL_BOOKING]
        assert after.consignments[0].stage is Parcel.CANCELLING


class TestTooLate:
    def gone(self, stage=Stage.DISPATCHED, quantity=1):
        return shipped(order(line(quantity=quantity)), stage, consignment(1, Parcel.DISPATCHED))

    @pytest.mark.parametrize(
        "said, kind",
        [
            (CANCELLED, CaseKind.CANCELLED_TOO_LATE),
            (MOVED, CaseKind.CHANGED_TOO_LATE),
            (sales(line(quantity_cancelled=1)), CaseKind.CANCELLED_TOO_LATE),
            (sales(line("another", "BLUE")), CaseKind.CANCELLED_TOO_LATE),
            (replace(MOVED, cancelled_at=NOW), CaseKind.CANCELLED_TOO_LATE),
        ],
    )
    def test_person_gets_one_case_per_parcel(self, said, kind):
        outcome, after = amended(self.gone(), said)

        assert cases(outcome) == [kind]
        assert after.consignments[0].stage is Parcel.DISPATCHED

    @pytest.mark.parametrize("said", [UNPAID, FORBIDDEN, sales()])
    def test_what_cannot_be_changed_any_more_opens_none(self, said):
        assert cases(amended(self.gone(), said)[0]) == []

    def test_same_news_again_opens_none(self):
        _, after = amended(self.gone(), CANCELLED)

        assert cases(amended(after, replace(CANCELLED, note="again"))[0]) == []

    @pytest.mark.parametrize("stage", [Stage.ON_HOLD, Stage.BACKORDERED])
    def test_parcel_that_left_counts_also_while_the_rest_waits(self, stage):
        outcome, _ = amended(self.gone(stage, quantity=99), replace(CANCELLED, lines=(line(quantity=99),)))

        assert cases(outcome) == [CaseKind.CANCELLED_TOO_LATE]

    def test_only_what_is_still_here_is_taken_back(self):
        given = shipped(
            order(line(quantity=2)), Stage.RELEASED, consignment(1, Parcel.DISPATCHED), consignment(2)
        )

        outcome, after = amended(given, sales(line(quantity=2), cancelled_at=NOW))

        assert [each.stage for each in after.consignments] == [Parcel.DISPATCHED, Parcel.CANCELLED]
        assert cases(outcome) == [CaseKind.CANCELLED_TOO_LATE]

    def test_more_units_than_left_are_shipped_in_another_parcel(self):
        _, after = amended(self.gone(), sales(line(quantity=3)))

        assert [each.lines[0].quantity for each in after.consignments] == [1, 2]
        assert after.stage is Stage.RELEASED


class TestNothingThatMatters:
    @pytest.mark.parametrize(
        "said",
        [
            sales(note="please ring"),
            sales(line(), line("l2", "EBOOK", requires_shipping=False)),
            sales(payment_status=PaymentStatus.PARTIALLY_REFUNDED),
        ],
    )
    def test_consignments_stay_and_the_document_is_kept(self, said):
        outcome, after = amended(released(), said)

        assert (outcome.effects, outcome.reasons) == ((), ())
        assert after.consignments == released().consignments
        assert after.sales == said

    def test_our_own_fulfilment_seen_on_the_platform_is_no_change(self):
        given = shipped(order(), Stage.DISPATCHED, consignment(1, Parcel.DISPATCHED, told=True))

        outcome, _ = amended(given, ELSEWHERE)

        assert (outcome.effects, outcome.reasons) == ((), ())


class TestPayment:
    AUTHORISED = sales(payment_status=PaymentStatus.AUTHORIZED)
    POLICY = StorePolicy(ship_authorized=True)

    def test_voided_authorisation_stops_an_order_that_ships_on_it(self):
        shown = snapshot(policy=self.POLICY)
        given = routed(order(sales=self.AUTHORISED), shown)
        assert given.stage is Stage.RELEASED

        outcome, after = amended(given, UNPAID, shown=shown)

        assert codes(outcome) == ["payment_withdrawn"]
        assert after.stage is Stage.ON_HOLD

    def test_captured_authorisation_changes_nothing(self):
        shown = snapshot(policy=self.POLICY)
        given = routed(order(sales=self.AUTHORISED), shown)

        assert amended(given, sales(), shown=shown)[0].reasons == ()

    def test_money_that_arrives_lets_a_held_order_go(self):
        held = routed(order(sales=UNPAID), snapshot())

        assert (held.stage, amended(held, sales())[1].stage) == (Stage.ON_HOLD, Stage.RELEASED)


class TestFinalOrders:
    def test_closed_order_keeps_what_is_said_and_stays_closed(self):
        given = order(stage=Stage.CLOSED)

        outcome, after = amended(given, MOVED)

        assert (after.stage, after.sales, outcome.effects) == (Stage.CLOSED, MOVED, ())

    def test_units_added_to_a_closed_order_are_shipped(self):
        given = shipped(order(), Stage.CLOSED, consignment(1, Parcel.DELIVERED, told=True))

        outcome, after = amended(given, sales(line(quantity=3, quantity_fulfilled=1)))

        assert codes(outcome) == ["wanted_more"]
        assert [sum(part.quantity for part in each.lines) for each in after.consignments] == [1, 2]

    def test_units_fewer_than_before_do_not_open_a_closed_order_again(self):
        given = shipped(order(line(quantity=3)), Stage.CLOSED, consignment(1, Parcel.DELIVERED, told=True))

        assert amended(given, sales(line(quantity=2)))[1].stage is Stage.CLOSED

    def test_cancelled_order_that_is_wanted_again_is_taken_up(self):
        _, cancelled = amended(released(), CANCELLED)

        outcome, after = amended(cancelled, sales())

        assert codes(outcome) == ["wanted_again"]
        assert (after.stage, len(after.consignments)) == (Stage.RELEASED, 2)

    def test_not_if_a_parcel_left_before(self):
        given = shipped(order(sales=CANCELLED), Stage.CANCELLED, consignment(1, Parcel.DISPATCHED))

        assert amended(given, sales())[1].stage is Stage.CANCELLED


class TestAnnounced:
    """The store was told at booking, and the parcel still waits for the carrier."""

    def announced(self):
        return shipped(order(), Stage.RELEASED, consignment(1, Parcel.BOOKED, told=True))

    def test_new_address_is_too_late_and_a_person_knows(self):
        outcome, after = amended(self.announced(), MOVED, SENT)

        assert cases(outcome) == [CaseKind.CHANGED_TOO_LATE]
        assert [each.stage for each in after.consignments] == [Parcel.BOOKED]

    @pytest.mark.parametrize("said", [CANCELLED, UNPAID, FORBIDDEN])
    def test_what_stops_the_order_takes_the_booking_back(self, said):
        outcome, after = amended(self.announced(), said, SENT)

        assert (cases(outcome), verbs(outcome)) == ([], [Verb.CANCEL_BOOKING])
        assert after.consignments[0].stage is Parcel.CANCELLING


class TestPersons:
    def test_hold_takes_back_what_has_not_left(self):
        shown = snapshot()

        outcome = hold(released(shown), "the buyer called", NOBODY, shown)

        after = routed(outcome.order, shown)
        assert (after.stage, codes(after)) == (Stage.ON_HOLD, ["person"])
        assert after.consignments[0].stage is Parcel.CANCELLED

    def test_hold_after_sending_waits_for_the_carrier_and_then_holds(self):
        shown = snapshot()
        waiting = hold(released(shown), "stop", SENT, shown).order

        after = routed(booking_cancelled(waiting, "o1-1", shown).order, shown)

        assert (waiting.stage, after.stage) == (Stage.RELEASED, Stage.ON_HOLD)

    @pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.CANCELLED])
    def test_hold_of_a_finished_order_does_nothing(self, stage):
        outcome = hold(order(stage=stage), "stop", NOBODY, snapshot())

        assert (outcome.order, outcome.reasons) == (order(stage=stage), ())

    def test_release_overrules_the_reasons_for_good(self):
        held = routed(order(sales=FORBIDDEN), snapshot())

        outcome = release(held, "")
        after = routed(outcome.order, snapshot())

        assert codes(outcome) == ["overruled"]
        assert (after.stage, after.waived) == (Stage.RELEASED, ("platform_hold",))

    def test_release_ends_a_persons_own_hold_without_waiving_the_next_one(self):
        held = routed(order(person_hold="stop"), snapshot())

        released_order = release(held, "go").order

        assert (released_order.person_hold, released_order.waived) == ("", ())

    def test_order_without_address_cannot_be_released(self):
        held, _ = advance(order(sales=sales(ship_to=None)), snapshot())

        with pytest.raises(ValueError, match=r"N-4711 has no delivery address .* enter it"):
            release(held, "go")

    def test_incomplete_address_can_be_released(self):
        held, _ = advance(order(sales=sales(ship_to=address(street=()))), snapshot())

        assert routed(release(held, "go").order, snapshot()).stage is Stage.RELEASED

    def test_lines_without_sku_are_left_out_and_the_rest_goes(self):
        shown = snapshot()
        held, _ = advance(order(line(), line("l2", "GREEN")), shown)

        outcome = release(held, "go")
        gone = routed(outcome.order, shown)

        assert [reason.code for reason in outcome.reasons] == ["overruled", "left_out"]
        assert [each.lines for each in gone.consignments] == [
            (Reserved(line_id="l1", sku="RED", quantity=1),)
        ]
        left, _ = handed_over(gone, "o1-1", NOW, shown)
        assert settle(left, shown).stage is Stage.DISPATCHED
        assert store_shipment(left, left.consignments[0]).completes_order is False

    def test_release_of_an_order_that_is_not_held_does_nothing(self):
        assert release(released(), "go").order == released()


def test_history_is_undone_and_closed():
    outcome = make_history(released(), NOBODY, snapshot())

    assert (outcome.order.stage, outcome.order.is_history) == (Stage.CLOSED, True)
    assert [type(effect) for effect in outcome.effects] == [Withdraw, Unreserve]


def said_at(minutes):
    return sales(updated_at=None if minutes is None else NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize("arrived", ["first", "last"])
@pytest.mark.parametrize("new, known, older", [(-1, 0, True), (1, 0, False)])
def test_platforms_own_clock_decides_what_is_older(new, known, older, arrived):
    assert is_older(said_at(new), arrived, order(sales=said_at(known), inbox_id="known")) is older


@pytest.mark.parametrize("new, known", [(0, 0), (None, 0), (0, None), (None, None)])
@pytest.mark.parametrize("arrived, older", [("1", True), ("2", False), ("3", False)])
def test_where_the_platforms_clock_tells_nothing_arrival_decides(new, known, arrived, older):
    assert is_older(said_at(new), arrived, order(sales=said_at(known), inbox_id="2")) is older


@pytest.mark.parametrize(
    "hears_first", [True, False], ids=["the document came first", "the answer came first"]
)
def test_a_parcel_told_while_it_was_taken_back_is_replaced_and_its_number_corrected(hears_first):
    """The store was told at booking, its answer was lost, then the address changed: nobody ships for us what
    the store calls fulfilled, and the next parcel's number takes the place of the first."""
    shown = snapshot(policy=StorePolicy(tell_at=TellAt.BOOKED))
    given = routed(order(line()), shown)
    given = booked(given, "o1-1", booking(given), shown).order
    moved = replace(given.sales, ship_to=address(street=("别处 1号",)))
    given = amend(given, moved, frozenset({"o1-1"}), shown).order
    fulfilled = replace(moved, lines=(replace(moved.lines[0], quantity_fulfilled=1),))
    if hears_first:
        given = amend(given, fulfilled, frozenset({"o1-1"}), shown).order
    given = told(given, "o1-1", None, shown, "T-o1-1").order
    if not hears_first:
        given = amend(given, fulfilled, frozenset({"o1-1"}), shown).order

    given = routed(booking_cancelled(given, "o1-1", shown).order, shown)

    assert [each.stage for each in given.consignments] == [Parcel.CANCELLED, Parcel.RELEASED]
    given = booked(given, "o1-2", booking(given, 1), shown).order
    shipment = store_shipment(given, given.consignment("o1-2"))
    assert (shipment.tracking_number, shipment.former_numbers) == ("T-o1-2", ("T-o1-1",))
    given, _ = handed_over(told(given, "o1-2", None, shown, "T-o1-2").order, "o1-2", NOW, shown)
    assert given.units_open() == {}
