"""Three orders for one address through random histories of merging, parting, changes and lost answers: every
unit that is wanted leaves once, in a parcel that the carrier knows, and each store is told what it sold."""

import asyncio
from collections import Counter
from datetime import timedelta

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from connectors.kit import OutcomeUnknown, Rejected
from hub.jobs.outbox import work_outbox
from hub.pipeline.resume import hold_orders, merge_orders, part_order, release_orders
from hub.storage.database import InlineDatabase
from hub.storage.migrate import migrate
from mappings.canonical import TrackingReport, TrackingStatus
from tests.hub.house import House, ManualClock, set_up
from tests.hub.jobs.platforms import Desk, opened
from tests.hub.samples import NOW, address, event, line, sales

ORDERS = {"1": ("RED", 2), "2": ("BLUE", 1), "3": ("RED", 1)}
WHICH = st.sampled_from(sorted(ORDERS))


class SharedLives(RuleBasedStateMachine):
    """The test plays buyers, a person and the carrier; orders, outbox and books are the hub's own."""

    @initialize()
    def orders_arrive(self):
        clock, self.desk = ManualClock(NOW), Desk()
        database = InlineDatabase("sqlite://", threads=1, clock=clock)
        migrate(database.engine)
        self.hub = opened(database, clock, self.desk)
        self.house = House(database=database, clock=clock, books=self.hub.books)
        self.house.run(lambda uow: set_up(uow, self.house, {"RED": 10, "BLUE": 10}))
        self.said = {
            each: sales(line(f"l{each}", sku, units), external_id=each, order_number=f"N-{each}")
            for each, (sku, units) in ORDERS.items()
        }
        self.house.take(*self.said.values())
        self.ids = dict(self.house.rows("SELECT external_id, id FROM orders"))

    def teardown(self):
        if hasattr(self, "hub"):
            self.everything_comes_to_rest()
            asyncio.run(self.hub.live.close())
            self.hub.database.close()

    def decide(self, decision, *arguments):
        try:
            self.house.run(lambda uow: decision(self.house.books, uow, *arguments, "test", self.house.now))
        except ValueError:
            return

    def says(self, which, **changes):
        self.said[which] = msgspec.structs.replace(self.said[which], **changes)
        self.house.clock.advance(timedelta(seconds=1))
        self.house.take(self.said[which])

    @rule(named=st.lists(WHICH, min_size=2, max_size=3, unique=True))
    def person_merges(self, named):
        self.decide(merge_orders, [self.ids[each] for each in named])

    @rule(which=WHICH)
    def person_parts(self, which):
        self.decide(part_order, self.ids[which])

    @rule(which=WHICH)
    def person_stops(self, which):
        self.decide(hold_orders, [self.ids[which]], "stop")

    @rule(which=WHICH)
    def person_releases(self, which):
        self.decide(release_orders, [self.ids[which]], "go")

    @rule(which=WHICH)
    def buyer_cancels(self, which):
        self.says(which, cancelled_at=NOW)

    @rule(which=WHICH, street=st.sampled_from(["一", "二"]))
    def buyer_moves(self, which, street):
        self.says(which, ship_to=address(street=(street,)))

    @rule(verb=st.sampled_from(["book", "cancel_booking"]), is_lost=st.booleans())
    def carrier_will_fail(self, verb, is_lost):
        self.desk.will(verb, OutcomeUnknown("no answer") if is_lost else Rejected("not today"))

    @rule()
    def messages_leave(self):
        for connection in ("carrier", "store"):
            asyncio.run(work_outbox(self.hub, connection))
        self.house.clock.advance(timedelta(minutes=5))

    @rule(status=st.sampled_from([TrackingStatus.IN_TRANSIT, TrackingStatus.DELIVERED]))
    def parcels_move(self, status):
        for (number,) in self.house.rows(
            "SELECT DISTINCT tracking_number FROM consignments WHERE stage IN ('booked', 'dispatched')"
        ):
            report = TrackingReport(
                carrier="plain-carrier",
                tracking_number=number,
                events=(event(status, 60 * (1 + (status is TrackingStatus.DELIVERED))),),
            )
            self.house.report(report)
        self.house.work()

    def everything_comes_to_rest(self):
        """The carrier answers again, and a person looks after what was refused."""
        self.desk.answers.clear()
        self.house.clock.advance(timedelta(days=1))
        for _ in range(4):
            self.person_looks_after_refusals()
            for _ in range(6):
                self.messages_leave()
            for status in (TrackingStatus.IN_TRANSIT, TrackingStatus.DELIVERED):
                self.parcels_move(status)
        self.check_the_end()

    def person_looks_after_refusals(self):
        parked = [each for (each,) in self.house.rows("SELECT id FROM outbox WHERE state = 'parked'")]
        self.house.run(lambda uow: self.house.books.outbox.replay(uow, parked, self.house.now))
        for which, stage in self.house.stages().items():
            if stage == "on_hold":
                self.person_releases(which)

    def check_the_end(self):
        left = Counter()
        for external_id, units in self.house.rows(
            "SELECT o.external_id, r.quantity FROM reservations r"
            " JOIN consignments c ON c.id = r.consignment_id JOIN orders o ON o.id = c.order_id"
            " WHERE c.stage IN ('dispatched', 'delivered')"
        ):
            left[external_id] += units
        for which, (_, units) in ORDERS.items():
            allowed = (units,) if self.said[which].cancelled_at is None else (0, units)
            assert left[which] in allowed, f"{left[which]} of {units} units of order {which} left"
        carried = Counter()
        for request in self.desk.carried.values():
            for item in request.cargo:
                carried[item.sku] += item.quantity
        for sku in ("RED", "BLUE"):
            units = sum(left[which] for which, (sold, _) in ORDERS.items() if sold == sku)
            assert carried[sku] == units, f"the carrier has {carried[sku]} {sku}, {units} left the books"

    @invariant()
    def promises_are_those_of_parcels_that_are_here(self):
        (held,) = self.house.rows(
            "SELECT coalesce(sum(r.quantity), 0) FROM reservations r JOIN consignments c"
            " ON c.id = r.consignment_id WHERE c.stage IN ('planned', 'released', 'booked', 'cancelling')"
        )
        (reserved,) = self.house.rows("SELECT sum(reserved) FROM stock")
        assert held == reserved

    @invariant()
    def who_travels_along_has_somebody_who_is_booked_for_it(self):
        lost = self.house.rows(
            "SELECT p.id FROM consignments p WHERE p.shared_as <> '' AND p.stage IN ('released', 'booked')"
            " AND NOT EXISTS (SELECT 1 FROM consignments l JOIN outbox b ON b.subject = l.id"
            " AND b.verb = 'book' AND b.state <> 'withdrawn' WHERE l.id = p.shared_as AND l.stage = p.stage)"
        )
        assert lost == []

    @invariant()
    def one_number_is_in_one_parcel(self):
        doubled = self.house.rows(
            "SELECT tracking_number FROM consignments WHERE tracking_number <> '' AND stage <> 'cancelled'"
            " GROUP BY tracking_number HAVING count(*) > 1 AND count(DISTINCT shared_as) > 1"
        )
        assert doubled == []


SharedLives.TestCase.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
TestSharedLives = SharedLives.TestCase
