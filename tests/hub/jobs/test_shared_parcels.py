"""Orders of one buyer to one address share a parcel: booked once, and each store is told its own lines."""

import pytest

from connectors.kit import OutcomeUnknown, Rejected
from hub.jobs.outbox import work_outbox
from hub.pipeline.resume import hold_orders, merge_orders, mergeable, part_order, renumber
from hub.storage.parcels import due as parcels_due
from mappings.canonical import TrackingReport, TrackingStatus
from tests.hub.jobs.platforms import Desk
from tests.hub.samples import NOW, address, event, line, sales

RED, BLUE = ("RED", 2), ("BLUE", 1)
IN_TRANSIT = (event(TrackingStatus.IN_TRANSIT, 5),)


@pytest.fixture
def two(house):
    """Two orders for one address, released: 2 RED of the one, 1 BLUE of the other."""
    house.take(said("1", line("a", "RED", 2)), said("2", line("b", "BLUE", 1)))
    return house


def said(external_id, *lines, **more):
    return sales(*lines, external_id=external_id, order_number=f"N-{external_id}", **more)


def ids(house):
    return [each for (each,) in house.rows("SELECT id FROM orders ORDER BY external_id")]


def merge(house, *which):
    named = [ids(house)[each] for each in which or range(len(ids(house)))]
    return house.run(lambda uow: merge_orders(house.books, uow, named, "test", house.now))


def part(house, which):
    named = ids(house)[which]
    house.run(lambda uow: part_order(house.books, uow, named, "test", house.now))


def parcels(house):
    """(stage, tracking number, travels with another) in the order of their orders."""
    return house.rows(
        "SELECT c.stage, c.tracking_number, c.shared_as NOT IN ('', c.id) FROM consignments c"
        " JOIN orders o ON o.id = c.order_id ORDER BY o.external_id, c.id"
    )


def cargo(desk: Desk):
    return [[(item.sku, item.quantity) for item in each.cargo] for each in desk.requests]


async def leave(hub, house):
    number = house.value("SELECT DISTINCT tracking_number FROM consignments WHERE stage = 'booked'")
    house.report(TrackingReport(carrier="plain-carrier", tracking_number=number, events=IN_TRANSIT))
    house.work()
    for _ in ids(house):
        await work_outbox(hub, "store")


def hold(house, which):
    named = [ids(house)[which]]
    house.run(lambda uow: hold_orders(house.books, uow, named, "stop", "test", house.now))


class TestMerged:
    async def test_one_booking_carries_both(self, hub, two, desk):
        merge(two)
        await work_outbox(hub, "carrier")
        assert cargo(desk) == [[RED, BLUE]]
        number = f"T-{desk.requests[0].reference}"
        assert parcels(two) == [("booked", number, 0), ("booked", number, 1)]

    async def test_each_store_is_told_its_own_lines(self, hub, two, desk):
        merge(two)
        await work_outbox(hub, "carrier")
        await leave(hub, two)
        told = [
            (each.order_external_id, {part.line_id: part.quantity for part in each.lines})
            for each in desk.shipments
        ]
        assert told == [("1", {"a": 2}), ("2", {"b": 1})]
        assert len({each.tracking_number for each in desk.shipments}) == 1
        assert [two.stock(sku) for sku in ("RED", "BLUE")] == [(8, 0), (9, 0)]

    async def test_a_report_under_our_reference_moves_both(self, hub, two, desk):
        merge(two)
        desk.will("book", OutcomeUnknown("no answer"))
        await work_outbox(hub, "carrier")
        reference = desk.requests[0].reference
        two.report(
            TrackingReport(
                carrier="plain-carrier", tracking_number="T-9", reference=reference, events=IN_TRANSIT
            )
        )
        two.work()
        assert parcels(two) == [("dispatched", "T-9", 0), ("dispatched", "T-9", 1)]

    async def test_the_carrier_is_asked_for_it_once(self, hub, two):
        merge(two)
        await work_outbox(hub, "carrier")
        later = two.now + hub.settings.track_every
        assert len(two.run(lambda uow: parcels_due(uow, "carrier", 5, later))) == 1

    async def test_a_corrected_number_is_corrected_for_all(self, hub, two, desk):
        merge(two)
        await work_outbox(hub, "carrier")
        passenger = two.value("SELECT id FROM consignments WHERE shared_as NOT IN ('', id)")
        named = ids(two)[1]
        two.run(lambda uow: renumber(two.books, uow, named, passenger, "", "T-8", "test", two.now))
        assert [number for _, number, _ in parcels(two)] == ["T-8", "T-8"]


class TestRefused:
    @pytest.mark.parametrize(
        ("more", "said_so"),
        [
            ({"ship_to": address(street=("北京路 1号",))}, "different receivers or addresses"),
            ({"ship_to": address(name="李雷")}, "different receivers"),
            ({"ship_to": address(masked=True, receiver_token="t")}, "tokens differ"),
            ({"cash_on_delivery": True}, "collects at the door"),
            ({"currency": "USD"}, "paid in"),
        ],
    )
    def test_what_may_not_travel_together(self, house, more, said_so):
        house.take(said("1", line("a", "RED", 2)), said("2", line("b", "BLUE"), **more))
        with pytest.raises(ValueError, match=said_so):
            merge(house)
        assert house.run(lambda uow: mergeable(house.books, uow, 10)) == []

    async def test_a_booking_that_may_have_reached_the_carrier(self, hub, two, desk):
        desk.will("book", OutcomeUnknown("no answer"), OutcomeUnknown("no answer"))
        await work_outbox(hub, "carrier")
        with pytest.raises(ValueError, match="no two of them wait"):
            merge(two)


class TestParted:
    async def test_the_order_that_parts_is_booked_itself(self, hub, two, desk):
        merge(two)
        part(two, 1)
        await work_outbox(hub, "carrier")
        assert cargo(desk) == [[RED], [BLUE]]

    async def test_when_the_first_parts_the_others_are_booked_together(self, hub, two, desk):
        two.take(said("3", line("c", "BLUE", 3)))
        merge(two)
        part(two, 0)
        await work_outbox(hub, "carrier")
        assert cargo(desk) == [[RED], [BLUE, ("BLUE", 3)]]

    @pytest.mark.parametrize("stopped", [0, 1])
    async def test_an_order_that_is_stopped_leaves_before_the_booking(self, hub, two, desk, stopped):
        merge(two)
        hold(two, stopped)
        await work_outbox(hub, "carrier")
        assert cargo(desk) == [[[BLUE], [RED]][stopped]]

    @pytest.mark.parametrize("stopped", [0, 1])
    async def test_a_booked_parcel_is_taken_back_and_the_other_is_booked_anew(self, hub, two, desk, stopped):
        merge(two)
        await work_outbox(hub, "carrier")
        hold(two, stopped)
        assert [stage for stage, _, _ in parcels(two)] == ["cancelling", "cancelling"]
        await work_outbox(hub, "carrier")
        await work_outbox(hub, "carrier")
        assert desk.count("cancel_booking") == 1
        assert cargo(desk) == [[RED, BLUE], [[BLUE], [RED]][stopped]]

    async def test_a_refused_booking_is_taken_over(self, hub, two, desk):
        merge(two)
        desk.will("book", Rejected("no such district"))
        await work_outbox(hub, "carrier")
        hold(two, 0)
        await work_outbox(hub, "carrier")
        assert cargo(desk) == [[RED, BLUE], [BLUE]]


def test_the_waiting_orders_are_offered(two):
    (group,) = two.run(lambda uow: mergeable(two.books, uow, 10))
    assert [each.sales.order_number for each in group] == ["N-1", "N-2"]
    assert all(each.sales.placed_at < NOW for each in group)
