"""Messages leave, and what platforms say becomes of orders: done, refused, or unknown and read back."""

from datetime import timedelta

import pytest

from connectors.kit import (
    AuthenticationFailed,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
    Unsupported,
)
from hub.jobs.outbox import UNCONFIRMED_AGAIN, work_outbox
from hub.pipeline.resume import hold_orders, renumber
from hub.storage import labels, parcels
from mappings.canonical import Booking, Buyer, TrackingReport, TrackingStatus
from tests.hub.samples import event, line, sales


@pytest.fixture
def released(house):
    """One order whose booking waits to be sent."""
    house.take(sales())
    return house


def rows(house):
    return house.rows("SELECT verb, state, outcome FROM outbox ORDER BY id")


def consignment(house):
    ((stage, number),) = house.rows("SELECT stage, tracking_number FROM consignments")
    return stage, number


def error_of(house):
    return house.value("SELECT last_error FROM outbox ORDER BY id LIMIT 1")


def hold(house):
    order_id = house.value("SELECT id FROM orders")
    house.run(lambda uow: hold_orders(house.books, uow, [order_id], "stop", "test", house.now))


def number(house):
    return house.value("SELECT id FROM consignments")


class TestBooking:
    async def test_booked_parcel_has_its_number_and_is_followed(self, hub, released):
        await work_outbox(hub, "carrier")

        assert rows(released) == [("book", "done", "done")]
        assert consignment(released) == ("booked", f"T-{number(released)}")
        due = released.now + hub.settings.track_every
        assert [
            each.tracking_number for each in released.run(lambda uow: parcels.due(uow, "carrier", 5, due))
        ] == [f"T-{number(released)}"]

    async def test_the_label_is_kept_sealed(self, hub, released, desk):
        given = Booking(
            reference="r", carrier="c", tracking_number="T", label_url="data:image/png;base64,QUJD"
        )
        desk.will("book", given)

        await work_outbox(hub, "carrier")

        order_id = number(released).rpartition("-")[0]
        ((parcel, sealed),) = released.run(lambda uow: labels.of_order(uow, order_id)).items()
        assert b"QUJD" not in sealed
        key = released.books.connections.key("store")
        assert key.open(sealed, labels.purpose(parcel)).decode() == given.label_url

    async def test_refusal_is_parked_with_the_carriers_words(self, hub, released, desk):
        desk.will("book", Rejected("no such district"))

        await work_outbox(hub, "carrier")

        assert rows(released) == [("book", "parked", "refused")]
        assert (error_of(released), consignment(released)) == ("no such district", ("released", ""))

    async def test_what_the_platform_cannot_express_is_parked(self, hub, released, desk):
        desk.will("book", Unsupported("no cash on delivery"))

        await work_outbox(hub, "carrier")

        assert rows(released) == [("book", "parked", "refused")]

    async def test_passing_trouble_is_tried_again_by_the_schedule_and_then_parked(self, hub, released, desk):
        schedule = hub.settings.retry_schedule
        desk.will("book", *(Transient("no answer") for _ in range(len(schedule) + 1)))

        for pause in schedule:
            await work_outbox(hub, "carrier")
            released.clock.advance(pause - timedelta(seconds=1))
            await work_outbox(hub, "carrier")
            released.clock.advance(timedelta(seconds=1))
        await work_outbox(hub, "carrier")

        assert desk.count("book") == len(schedule) + 1
        assert desk.count("find_booking") == 0, "nothing was done, so nothing is to be looked for"
        assert rows(released) == [("book", "parked", "unknown")]

    async def test_rate_limit_waits_as_long_as_the_platform_asks(self, hub, released, desk):
        desk.will("book", RateLimited("slow down", retry_after=timedelta(minutes=10)))

        await work_outbox(hub, "carrier")
        released.clock.advance(timedelta(minutes=10) - timedelta(seconds=1))
        await work_outbox(hub, "carrier")
        assert desk.count("book") == 1
        released.clock.advance(timedelta(seconds=1))
        await work_outbox(hub, "carrier")
        assert desk.count("book") == 2

    async def test_unconfirmed_booking_is_asked_for_later(self, hub, released, desk):
        desk.will("book", Booking(reference="r", carrier="c", tracking_number="", confirmed=False))
        await work_outbox(hub, "carrier")
        assert consignment(released) == ("released", "")

        released.clock.advance(UNCONFIRMED_AGAIN)
        desk.will("find_booking", Booking(reference="r", carrier="c", tracking_number="T-9"))
        await work_outbox(hub, "carrier")

        assert (consignment(released), desk.count("book")) == (("booked", "T-9"), 1)


class TestUnknownOutcome:
    async def unanswered(self, hub, house, desk):
        desk.will("book", OutcomeUnknown("no answer"))
        await work_outbox(hub, "carrier")
        assert rows(house) == [("book", "open", "")]

    async def test_is_not_looked_for_before_the_platform_can_show_it(self, hub, released, desk):
        await self.unanswered(hub, released, desk)

        await work_outbox(hub, "carrier")

        assert [verb for verb, _ in desk.calls] == ["book"]

    async def test_an_outage_of_hours_is_outlasted_by_the_schedule(self, hub, released, desk):
        schedule = hub.settings.retry_schedule
        desk.will("book", *(OutcomeUnknown("no answer") for _ in schedule))
        for pause in schedule:
            await work_outbox(hub, "carrier")
            assert rows(released) == [("book", "open", "")]
            asked = len(desk.calls)
            released.clock.advance(max(pause, timedelta(seconds=30)) - timedelta(seconds=1))
            await work_outbox(hub, "carrier")
            assert len(desk.calls) == asked
            released.clock.advance(timedelta(seconds=1))
        await work_outbox(hub, "carrier")
        assert (desk.count("book"), consignment(released)[0]) == (len(schedule) + 1, "booked")
        assert sum(schedule, timedelta(0)) > timedelta(hours=10)

    async def test_is_found_and_not_booked_again(self, hub, released, desk):
        await self.unanswered(hub, released, desk)
        released.clock.advance(timedelta(seconds=30))
        desk.will("find_booking", Booking(reference="r", carrier="c", tracking_number="T-9"))

        await work_outbox(hub, "carrier")

        assert (consignment(released), desk.count("book")) == (("booked", "T-9"), 1)

    async def test_is_booked_again_only_when_it_is_not_there(self, hub, released, desk):
        await self.unanswered(hub, released, desk)
        released.clock.advance(timedelta(seconds=30))

        await work_outbox(hub, "carrier")

        assert [verb for verb, _ in desk.calls] == ["book", "find_booking", "book"]
        assert consignment(released)[0] == "booked"

    async def test_worker_that_died_leaves_the_same_doubt(self, hub, released, desk):
        released.run(
            lambda uow: hub.books.outbox.claim(uow, "carrier", 1, hub.now(), hub.database.lease_now(uow))
        )
        released.clock.advance(hub.settings.lease)

        await work_outbox(hub, "carrier")

        assert [verb for verb, _ in desk.calls] == ["find_booking", "book"]


class TestTrouble:
    @pytest.mark.parametrize(
        "error", [AuthenticationFailed("expired"), Misconfigured("no such host", setting="host")]
    )
    async def test_connection_is_paused_and_its_messages_wait_without_doubt(self, hub, released, desk, error):
        desk.will("book", error)

        await work_outbox(hub, "carrier")

        assert released.value("SELECT status FROM connections WHERE id = 'carrier'") == "paused"
        assert released.value("SELECT status FROM connections WHERE id = 'store'") == "active"
        assert rows(released) == [("book", "open", "")]
        released.run(lambda uow: hub.books.connections.resume(uow, "carrier"))
        await work_outbox(hub, "carrier")
        assert [verb for verb, _ in desk.calls] == ["book", "book"]

    async def test_connector_that_breaks_takes_no_other_message_with_it(self, hub, house, desk):
        house.take(sales(), sales(external_id="2", buyer=Buyer(reference="b2")))
        desk.will("book", KeyError("s3cret"))

        await work_outbox(hub, "carrier")

        assert sorted(rows(house)) == [("book", "done", "done"), ("book", "parked", "unknown")]
        errors = {row[0] for row in house.rows("SELECT last_error FROM outbox")}
        assert errors == {"", "the connector of plain-carrier failed: KeyError"}


class TestCancelling:
    async def booked(self, hub, house):
        await work_outbox(hub, "carrier")
        hold(house)
        assert consignment(house)[0] == "cancelling"

    async def test_agreed(self, hub, released, desk):
        await self.booked(hub, released)

        await work_outbox(hub, "carrier")

        assert desk.calls[-1] == ("cancel_booking", f"T-{number(released)}")
        assert (consignment(released)[0], released.stock("RED")) == ("cancelled", (10, 0))
        assert released.stages() == {"4711": "on_hold"}

    async def test_refused_is_an_answer_and_a_case(self, hub, released, desk):
        await self.booked(hub, released)
        desk.will("cancel_booking", Rejected("already picked up"))

        await work_outbox(hub, "carrier")

        assert rows(released)[-1] == ("cancel_booking", "done", "refused")
        assert (consignment(released)[0], released.stock("RED")) == ("booked", (10, 1))
        assert released.rows("SELECT kind, reason FROM cases") == [
            ("cancelled_too_late", "already picked up")
        ]

    async def test_already_cancelled_counts_as_done(self, hub, released, desk):
        await self.booked(hub, released)
        desk.will("cancel_booking", Rejected("is cancelled", already_done=True))

        await work_outbox(hub, "carrier")

        assert consignment(released)[0] == "cancelled"

    @pytest.mark.parametrize("later", ["not found", "refused"])
    async def test_booking_that_never_came_about_frees_the_units(self, hub, released, desk, later):
        desk.will("book", OutcomeUnknown("no answer"))
        await work_outbox(hub, "carrier")
        hold(released)
        released.clock.advance(timedelta(seconds=30))
        if later == "refused":
            desk.will("find_booking", Rejected("never heard of it"))

        await work_outbox(hub, "carrier")

        assert (consignment(released), released.stock("RED")) == (("cancelled", ""), (10, 0))
        assert released.stages() == {"4711": "on_hold"}
        assert desk.count("cancel_booking") == 0
        assert [state for _, state, _ in rows(released)] == ["withdrawn", "withdrawn"]

    async def test_booking_that_is_found_then_is_taken_back(self, hub, released, desk):
        desk.will("book", OutcomeUnknown("no answer"))
        await work_outbox(hub, "carrier")
        hold(released)
        released.clock.advance(timedelta(seconds=30))
        desk.will("find_booking", Booking(reference="r", carrier="c", tracking_number="T-9"))

        await work_outbox(hub, "carrier")
        await work_outbox(hub, "carrier")

        assert desk.calls[-1] == ("cancel_booking", "T-9")
        assert consignment(released)[0] == "cancelled"


class TestTellingTheStore:
    async def gone(self, hub, house, *statuses):
        await work_outbox(hub, "carrier")
        events = tuple(event(status, minutes) for minutes, status in enumerate(statuses, start=1))
        report = TrackingReport(carrier="plain-carrier", tracking_number=f"T-{number(house)}", events=events)
        house.report(report)
        house.work()

    async def test_parcel_and_its_delivery_are_told_in_turn_and_the_order_closes(self, hub, released, desk):
        await self.gone(hub, released, TrackingStatus.PICKED_UP, TrackingStatus.DELIVERED)
        assert (released.stock("RED"), released.stages()) == ((9, 0), {"4711": "dispatched"})

        await work_outbox(hub, "store")

        assert desk.calls[1:] == [
            ("push_fulfilment", f"T-{number(released)}"),
            ("push_status", TrackingStatus.DELIVERED),
        ]
        assert released.stages() == {"4711": "closed"}

    async def test_parcel_that_is_taken_back_is_not_told(self, hub, released, desk):
        released.run(
            lambda uow: uow.change("UPDATE stores SET policy = :policy", policy='{"tell_at": "booked"}')
        )
        await work_outbox(hub, "carrier")
        hold(released)

        await work_outbox(hub, "store")

        assert rows(released)[1:] == [("push_fulfilment", "withdrawn", ""), ("cancel_booking", "open", "")]
        assert desk.count("push_fulfilment") == 0

    async def test_units_refunded_after_booking_are_not_told(self, hub, house, desk):
        house.take(sales(line(quantity=3)))
        await self.gone(hub, house, TrackingStatus.PICKED_UP)
        house.take(sales(line(quantity=3, quantity_cancelled=1)))

        await work_outbox(hub, "store")

        ((told,),) = (shipment.lines for shipment in desk.shipments)
        assert told.quantity == 2

    async def test_of_a_parcel_refunded_whole_a_person_is_told_and_not_the_store(self, hub, released, desk):
        await self.gone(hub, released, TrackingStatus.PICKED_UP, TrackingStatus.DELIVERED)
        released.take(sales(line(quantity_cancelled=1)))

        await work_outbox(hub, "store")

        assert desk.count("push_fulfilment") == 0
        assert released.rows("SELECT kind FROM cases ORDER BY kind") == [
            ("cancelled_too_late",),
            ("not_told",),
        ]
        assert released.stages() == {"4711": "closed"}

    @pytest.mark.parametrize(
        "carrier, name",
        [("sf-express", "SF Express"), ("plain-carrier", "Plain Carrier"), ("acme", "")],
    )
    async def test_store_is_told_the_carriers_name(self, hub, released, desk, carrier, name):
        desk.will("book", Booking(reference="r", carrier=carrier, tracking_number=f"T-{number(released)}"))
        await self.gone(hub, released, TrackingStatus.PICKED_UP)

        await work_outbox(hub, "store")

        assert [(each.carrier, each.carrier_name) for each in desk.shipments] == [(carrier, name)]

    async def test_unknown_outcome_is_looked_for_and_not_told_twice(self, hub, released, desk):
        await self.gone(hub, released, TrackingStatus.PICKED_UP)
        desk.will("push_fulfilment", OutcomeUnknown("no answer"))
        await work_outbox(hub, "store")
        released.clock.advance(timedelta(seconds=30))
        desk.will("find_fulfilment", True)

        await work_outbox(hub, "store")

        assert (desk.count("push_fulfilment"), rows(released)[-1][1:]) == (1, ("done", "done"))

    @pytest.mark.parametrize("is_there, state", [(True, "done"), (False, "parked")])
    async def test_refusal_of_what_is_there_already_is_no_refusal(self, hub, released, desk, is_there, state):
        """A worker whose lease had run out was faster, between this one's look and its write."""
        await self.gone(hub, released, TrackingStatus.PICKED_UP)
        desk.will("push_fulfilment", OutcomeUnknown("no answer"), Rejected("no units are left to fulfil"))
        desk.will("find_fulfilment", False, is_there)
        await work_outbox(hub, "store")
        released.clock.advance(timedelta(seconds=30))

        await work_outbox(hub, "store")

        assert rows(released)[-1][:2] == ("push_fulfilment", state)

    async def test_number_that_is_corrected_while_it_is_being_told_is_told_again(self, hub, released, desk):
        await self.gone(hub, released, TrackingStatus.PICKED_UP)
        order_id, parcel = released.value("SELECT id FROM orders"), number(released)

        def correct():
            released.run(
                lambda uow: renumber(released.books, uow, order_id, parcel, "", "RIGHT", "test", released.now)
            )

        desk.meanwhile["push_fulfilment"] = correct
        await work_outbox(hub, "store")

        told = [(each.tracking_number, each.former_numbers) for each in desk.shipments]
        assert told == [(f"T-{parcel}", ()), ("RIGHT", (f"T-{parcel}",))]
        assert released.rows("SELECT told FROM consignments") == [(True,)]

    async def test_report_before_the_number_is_known_waits_for_it(self, hub, released):
        early = TrackingReport(
            carrier="plain-carrier",
            tracking_number=f"T-{number(released)}",
            events=(event(TrackingStatus.PICKED_UP, 1),),
        )
        released.report(early)
        released.work()
        assert released.rows("SELECT state FROM inbox WHERE topic = 'tracking'") == [("unmatched",)]

        await work_outbox(hub, "carrier")
        released.work()

        assert consignment(released)[0] == "dispatched"


async def test_nothing_is_sent_while_the_store_observes(hub, released, desk):
    released.run(
        lambda uow: uow.change(
            "UPDATE connections SET status = 'observing', armed_from = NULL WHERE id = 'store'"
        )
    )

    await work_outbox(hub, "carrier")
    assert desk.calls == []

    released.run(lambda uow: hub.books.connections.arm(uow, "store", sales().placed_at))
    await work_outbox(hub, "carrier")
    assert desk.count("book") == 1


async def test_booking_of_a_consignment_that_nobody_wants_any_more_is_not_sent(hub, released, desk):
    released.run(lambda uow: uow.change("UPDATE consignments SET stage = 'cancelled'"))

    await work_outbox(hub, "carrier")

    assert (desk.calls, rows(released)) == ([], [("book", "withdrawn", "")])


async def test_many_messages_leave_in_one_go(hub, house, desk):
    house.take(
        *(sales(line(), external_id=f"{n}", buyer=Buyer(reference=f"{n}")) for n in range(10)),
    )

    await work_outbox(hub, "carrier")

    assert desk.count("book") == 10
    assert {state for _, state, _ in rows(house)} == {"done"}
