"""One order through random histories: whatever happens in whatever order, the books stay right."""

from collections import Counter
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub.domain.by_hand import shipped_by_hand
from hub.domain.changes import amend, hold, release
from hub.domain.dispatch import booked, booking_cancelled, booking_failed, booking_stands, told
from hub.domain.effects import Consume, OpenCase, Reserve, Send, Unreserve, Verb, Withdraw
from hub.domain.order import FINAL, Order, Parcel, Stage, units_of
from hub.domain.outcome import Outcome
from hub.domain.policies import StorePolicy, TellAt
from hub.domain.route import advance
from hub.domain.tracking import tracked
from mappings.canonical import LineQuantity, PaymentStatus, TrackingStatus
from tests.hub.samples import NOW, address, booking, event, line, location, order, replace, snapshot

START = {("RED", "wh"): 3, ("RED", "room"): 2, ("BLUE", "wh"): 2, ("BLUE", "room"): 3}
PLACES = (location("wh"), location("room", address=address(city="苏州市")))
INSIDE = frozenset({Parcel.PLANNED, Parcel.RELEASED, Parcel.BOOKED, Parcel.CANCELLING})


class Message:
    """An outbox row as far as the domain can tell."""

    def __init__(self, send: Send) -> None:
        self.verb, self.subject = send.verb, send.consignment_id
        self.is_sent = False
        self.state = "open"


class LifeOfAnOrder(RuleBasedStateMachine):
    """The test plays platform, carrier, person and storage; only decisions are the hub's."""

    @initialize(
        red=st.integers(1, 4),
        blue=st.integers(0, 4),
        fulfilled=st.integers(0, 1),
        tell_at=st.sampled_from(TellAt),
    )
    def order_arrives(self, red, blue, fulfilled, tell_at):
        self.shown = snapshot(START, locations=PLACES, policy=StorePolicy(tell_at=tell_at))
        self.on_hand, self.reserved = Counter(START), Counter()
        self.outbox: list[Message] = []
        self.balance: Counter[str] = Counter()
        self.left: Counter[str] = Counter()
        self.has_case = False
        self.clock = 0
        self.known: dict[str, list] = {}
        self.elsewhere = {"l1": fulfilled, "l2": 0}
        lines = [line("l1", "RED", red, quantity_fulfilled=fulfilled), line("l2", "BLUE", blue)]
        self.order: Order = order(*(each for each in lines if each.quantity))
        self.wanted = {each.line_id: each.quantity_wanted for each in self.order.sales.lines}
        self.go_on(Outcome(step="arrive", order=self.order))

    # what storage and pipelines do

    def go_on(self, outcome: Outcome) -> None:
        self.apply(outcome)
        after, outcomes = advance(outcome.order, self.shown)
        for each in outcomes:
            self.apply(each)
        self.order = after

    def apply(self, outcome: Outcome) -> None:
        for effect in outcome.effects:
            match effect:
                case Reserve(location_id=at, sku=sku, quantity=units):
                    self.reserved[sku, at] += units
                    self.balance["promised"] += units
                case Unreserve(location_id=at, sku=sku, quantity=units):
                    self.reserved[sku, at] -= units
                    self.balance["given back"] += units
                case Consume(location_id=at, sku=sku, quantity=units):
                    self.reserved[sku, at] -= units
                    self.on_hand[sku, at] -= units
                    self.balance["left"] += units
                case Send():
                    self.outbox.append(Message(effect))
                case Withdraw(consignment_id=subject):
                    for message in self.outbox:
                        if message.subject == subject and message.state in ("open", "refused"):
                            message.state = "open" if message.is_sent else "withdrawn"
                case OpenCase():
                    self.has_case = True

    @property
    def sent(self) -> frozenset[str]:
        return frozenset(
            each.subject
            for each in self.outbox
            if each.verb is Verb.BOOK and each.is_sent and each.state != "refused"
        )

    def due(self, verb: Verb) -> list[Message]:
        """The oldest open message of each subject, if it is of this kind."""
        first: dict[str, Message] = {}
        for message in self.outbox:
            if message.state == "open":
                first.setdefault(message.subject, message)
        return [message for message in first.values() if message.verb is verb]

    def amended(self, **changes) -> None:
        self.clock += 1
        said = replace(self.order.sales, **changes)
        total = sum((each.total for each in said.lines), Decimal(0))
        self.wanted = {each.line_id: each.quantity_wanted for each in said.lines}
        if said.cancelled_at:
            self.wanted = dict.fromkeys(self.wanted, 0)
        self.go_on(amend(self.order, replace(said, total=total), self.sent, self.shown))

    # what the platform does

    @rule()
    def buyer_cancels(self):
        self.amended(cancelled_at=NOW)

    @rule()
    def cancellation_is_taken_back(self):
        self.amended(cancelled_at=None)

    @rule(street=st.sampled_from(["一", "二", "三"]))
    def address_changes(self, street):
        self.amended(ship_to=address(street=(street,)))

    @rule(position=st.integers(0, 1), units=st.integers(1, 5), cancelled=st.integers(0, 3))
    def quantities_change(self, position, units, cancelled):
        lines = list(self.order.sales.lines)
        if position < len(lines):
            kept = max(units, self.elsewhere[lines[position].line_id])
            lines[position] = line(
                lines[position].line_id,
                lines[position].sku,
                kept,
                quantity_cancelled=min(cancelled, kept - self.elsewhere[lines[position].line_id]),
                quantity_fulfilled=lines[position].quantity_fulfilled,
            )
            self.amended(lines=tuple(lines))

    @rule(status=st.sampled_from([PaymentStatus.PAID, PaymentStatus.VOIDED]))
    def payment_changes(self, status):
        self.amended(payment_status=status)

    @rule(hold=st.sampled_from(["", "fraud"]))
    def platform_holds(self, hold):
        self.amended(platform_hold=hold)

    @rule()
    def platform_shows_what_it_was_told(self):
        unheard = {each.subject for each in self.outbox if each.verb is Verb.PUSH_FULFILMENT and each.is_sent}
        told_of = (each for each in self.order.consignments if each.told or each.consignment_id in unheard)
        shown = Counter(self.elsewhere) + Counter(units_of(told_of))
        lines = [
            replace(each, quantity_fulfilled=min(shown[each.line_id], each.quantity))
            for each in self.order.sales.lines
        ]
        self.amended(lines=tuple(lines))

    # what the carrier does

    @precondition(lambda self: self.due(Verb.BOOK))
    @rule(answer=st.sampled_from(["lost", "done", "refused", "not found"]))
    def booking_is_sent(self, answer):
        (message, *_) = self.due(Verb.BOOK)
        was_sent, message.is_sent = message.is_sent, True
        consignment = self.order.consignment(message.subject)
        wanted = consignment.stage in (Parcel.RELEASED, Parcel.CANCELLING)
        if answer == "lost":
            return
        if answer == "done" and (wanted or was_sent):
            message.state = "done"
            position = self.order.consignments.index(consignment)
            self.go_on(booked(self.order, message.subject, booking(self.order, position), self.shown))
        elif answer == "refused" or (
            answer == "not found" and was_sent and consignment.stage is not Parcel.RELEASED
        ):
            message.state = "refused" if answer == "refused" else "withdrawn"
            message.is_sent = message.state == "withdrawn"
            if outcome := booking_failed(self.order, message.subject, self.shown):
                self.go_on(outcome)

    @precondition(lambda self: self.due(Verb.CANCEL_BOOKING))
    @rule(agrees=st.booleans())
    def cancellation_is_sent(self, agrees):
        (message, *_) = self.due(Verb.CANCEL_BOOKING)
        message.is_sent, message.state = True, "done"
        if self.order.consignment(message.subject).stage is not Parcel.CANCELLING:
            return
        if agrees:
            self.go_on(booking_cancelled(self.order, message.subject, self.shown))
        else:
            self.go_on(booking_stands(self.order, message.subject, "too late", self.shown))

    @precondition(lambda self: any(each.tracking_number for each in self.order.consignments))
    @rule(data=st.data(), status=st.sampled_from(TrackingStatus), late=st.integers(0, 3))
    def parcel_is_scanned(self, data, status, late):
        numbered = [each.consignment_id for each in self.order.consignments if each.tracking_number]
        which = data.draw(st.sampled_from(numbered))
        self.clock += 1
        scan = event(status, self.clock - late)
        known = self.known.setdefault(which, [])
        self.go_on(tracked(self.order, which, (scan,), tuple(known), self.shown))
        known.append(scan)

    @precondition(lambda self: self.due(Verb.PUSH_FULFILMENT) or self.due(Verb.PUSH_STATUS))
    @rule()
    def store_is_told(self):
        (message, *_) = self.due(Verb.PUSH_FULFILMENT) + self.due(Verb.PUSH_STATUS)
        message.is_sent, message.state = True, "done"
        status = None
        if message.verb is Verb.PUSH_STATUS:
            status = self.order.consignment(message.subject).status
        self.go_on(told(self.order, message.subject, status, self.shown))

    @precondition(lambda self: self.due(Verb.PUSH_FULFILMENT))
    @rule()
    def store_is_told_and_its_answer_is_lost(self):
        self.due(Verb.PUSH_FULFILMENT)[0].is_sent = True

    # what people do

    @rule()
    def person_holds(self):
        self.go_on(hold(self.order, "stop", self.sent, self.shown))

    @rule()
    def person_releases(self):
        self.go_on(release(self.order, "go"))

    @rule(units=st.none() | st.integers(1, 3))
    def person_ships_by_hand(self, units):
        lines = [] if units is None else [LineQuantity(line_id="l1", quantity=units)]
        try:
            outcome = shipped_by_hand(self.order, "swift", f"H-{self.clock}", lines, self.sent, self.shown)
        except ValueError:
            return
        self.go_on(outcome)

    @rule(sku=st.sampled_from(["RED", "BLUE"]), units=st.integers(1, 3))
    def stock_arrives(self, sku, units):
        self.on_hand[sku, "wh"] += units
        self.shown.stock.give_back(sku, "wh", units)
        if self.order.stage in (Stage.BACKORDERED, Stage.ON_HOLD):
            self.go_on(Outcome(step="again", order=replace(self.order, stage=Stage.RECEIVED)))

    # what must hold after every step

    @invariant()
    def promised_units_are_those_of_consignments_that_are_here(self):
        held = Counter()
        for consignment in self.order.consignments:
            if consignment.stage in INSIDE:
                for part in consignment.lines:
                    held[part.sku, consignment.location_id] += part.quantity
        assert {key: units for key, units in self.reserved.items() if units} == held

    @invariant()
    def nothing_is_below_zero_and_the_book_agrees(self):
        for key, units in self.on_hand.items():
            assert 0 <= self.reserved[key] <= units
            assert self.shown.stock.available(*key) == units - self.reserved[key]

    @invariant()
    def every_promise_is_kept_or_given_back_once(self):
        open_units = sum(self.reserved.values())
        assert self.balance["promised"] == self.balance["given back"] + self.balance["left"] + open_units

    @invariant()
    def no_unit_leaves_that_nobody_wanted(self):
        left: Counter[str] = Counter()
        for consignment in self.order.consignments:
            if consignment.is_handed_over:
                for part in consignment.lines:
                    left[part.line_id] += part.quantity
        for line_id, units in left.items():
            if units > self.left[line_id]:
                allowed = self.wanted.get(line_id, 0) - self.elsewhere[line_id]
                assert units <= allowed or self.has_case, f"{units} of {line_id} left, {allowed} wanted"
        self.left = left

    @invariant()
    def finished_orders_keep_nothing(self):
        if self.order.stage in FINAL:
            assert not any(each.stage in INSIDE for each in self.order.consignments)

    @invariant()
    def no_order_is_closed_while_its_buyer_waits(self):
        if self.order.stage is not Stage.CLOSED or self.has_case:
            return
        left = units_of(each for each in self.order.consignments if each.is_handed_over)
        for line_id, wanted in self.wanted.items():
            assert left.get(line_id, 0) + self.elsewhere[line_id] >= wanted, (
                f"{wanted} of {line_id} are wanted"
            )

    @invariant()
    def order_stands_where_only_the_world_can_move_it(self):
        assert self.order.stage not in (Stage.RECEIVED, Stage.APPROVED, Stage.ALLOCATED)


LifeOfAnOrder.TestCase.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)
TestLifeOfAnOrder = LifeOfAnOrder.TestCase
