"""Escrow end to end: quotas follow sales, platforms are closed, heard and opened, nothing is sold twice."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from connectors.kit import OutcomeUnknown, Page, Rejected
from hub.domain.policies import StorePolicy
from hub.domain.quotas import HEARD_AFTER, Move
from hub.jobs.outbox import work_outbox
from hub.jobs.pull import pull
from hub.jobs.quotas import adjust_quotas, close_quotas, open_quotas
from hub.jobs.stock import tell_stock
from hub.pipeline.resume import hold_orders
from hub.storage import quotas, stores
from hub.storage.stock import Count
from mappings.canonical import Listing
from tests.hub.house import add_connection
from tests.hub.jobs.platforms import delivery
from tests.hub.samples import STORE_CAPABILITIES, line, sales

STORES = {"store": "brand-store", "other": "other-store"}


@pytest.fixture
def escrow(house):
    """RED is sold by two stores and in escrow; nothing is decided yet."""

    def prepare(uow):
        stores.add_store(uow, stores.Store(store_id="other-store", name="Other", policy=StorePolicy()))
        add_connection(uow, house, "other", "store", "plain", STORE_CAPABILITIES)
        uow.change("UPDATE connections SET store_id = 'other-store' WHERE id = 'other'")
        listing = Listing(listing_id="listing-RED", sku="RED", title="Red")
        stores.save_listings(uow, [(connection, listing) for connection in STORES], house.now)
        quotas.put_in_escrow(uow, ["RED"], "test", house.now)

    house.run(prepare)
    return house


def held(house):
    return dict(house.rows("SELECT store_id, sum(units) FROM quotas GROUP BY store_id"))


def phases(house):
    return dict(house.rows("SELECT connection_id, phase FROM quota_tellings"))


def told(desk):
    return [subject for verb, subject in desk.calls if verb == "push_stock"]


async def send(hub):
    for connection in STORES:
        await work_outbox(hub, connection)


async def hear(hub, clock, *connections):
    clock.advance(HEARD_AFTER + timedelta(seconds=1))
    for connection in connections or STORES:
        await pull(hub, connection)


async def settle(hub, clock):
    """Until every platform shows its quota."""
    await adjust_quotas(hub)
    for _ in range(4):
        await close_quotas(hub)
        await send(hub)
        await hear(hub, clock)
        await open_quotas(hub)
        await send(hub)


def ordered(house, units, connection="store", number="1"):
    said = sales(line(quantity=units), external_id=number, order_number=number)
    house.receive(said)
    if connection != "store":
        house.run(
            lambda uow: uow.change("UPDATE inbox SET connection_id = :c WHERE state = 'new'", c=connection)
        )
    house.work()


class TestReserving:
    async def test_order_takes_from_its_stores_quota_and_a_cancel_gives_back_to_it(
        self, hub, escrow, desk, clock
    ):
        await settle(hub, clock)
        ordered(escrow, 3)

        assert held(escrow) == {"brand-store": 2, "other-store": 5}
        escrow.run(
            lambda uow: hold_orders(
                escrow.books, uow, [uow.one("SELECT id FROM orders")[0]], "stop", "test", escrow.now
            )
        )
        assert held(escrow) == {"brand-store": 5, "other-store": 5}
        assert escrow.rows("SELECT on_hand, reserved, escrowed FROM stock WHERE sku = 'RED'") == [(10, 0, 10)]

    async def test_order_beyond_the_quota_waits_although_others_have_units(self, hub, escrow, clock):
        await settle(hub, clock)

        ordered(escrow, 6)

        assert escrow.stages() == {"1": "backordered"}
        assert "6 wanted, 5 in the quota of this store" in escrow.value("SELECT reasons FROM orders")

    async def test_quota_of_units_that_are_not_there_is_refused_by_the_database(self, hub, escrow, clock):
        await settle(hub, clock)

        for statement in (
            "UPDATE quotas SET units = units + 1",
            "UPDATE stock SET on_hand = on_hand - 1 WHERE sku = 'RED'",
            "UPDATE stock SET reserved = reserved + 1 WHERE sku = 'RED'",
            "UPDATE quotas SET units = units - 6",
        ):
            with pytest.raises(IntegrityError):
                escrow.run(lambda uow, statement=statement: uow.change(statement))

    async def test_count_below_what_is_in_quotas_cuts_them_and_closes_their_stores(self, hub, escrow, clock):
        await settle(hub, clock)

        counted = [Count(sku="RED", location_id="wh", on_hand=7)]
        assert escrow.run(lambda u: escrow.books.stock.count(u, counted, escrow.now, actor="test")) == []

        assert held(escrow) == {"brand-store": 4, "other-store": 3}
        await close_quotas(hub)
        assert phases(escrow) == {"store": "closing", "other": "closing"}

    async def test_leaving_escrow_gives_all_units_back_to_everybody(self, hub, escrow, clock):
        await settle(hub, clock)
        escrow.run(lambda uow: quotas.take_from_escrow(uow, ["RED"]))

        ordered(escrow, 6)

        assert escrow.stages() == {"1": "released"}
        assert escrow.rows("SELECT reserved, escrowed FROM stock WHERE sku = 'RED'") == [(6, 0)]


class TestTelling:
    async def test_platform_is_closed_heard_and_only_then_shown_its_quota(self, hub, escrow, desk, clock):
        await adjust_quotas(hub)
        await close_quotas(hub)
        await send(hub)
        assert (told(desk), phases(escrow)) == (["RED=0"] * 2, {"store": "closed", "other": "closed"})

        await pull(hub, "store")
        await open_quotas(hub)
        await send(hub)
        assert told(desk) == ["RED=0"] * 2, "a pull so soon may miss an order"

        await hear(hub, clock, "store")
        await open_quotas(hub)
        await send(hub)
        assert (told(desk), phases(escrow)) == (["RED=0"] * 2 + ["RED=5"], {"other": "closed"})

    async def test_order_that_is_not_decided_yet_keeps_it_closed(self, hub, escrow, desk, clock):
        await adjust_quotas(hub)
        await close_quotas(hub)
        await send(hub)
        desk.pages = [Page(deliveries=(delivery(sales(line(quantity=2))),), bookmark="1")]
        await hear(hub, clock, "store")

        await open_quotas(hub)
        assert phases(escrow)["store"] == "closed"

        escrow.work()
        await open_quotas(hub)
        await send(hub)
        assert told(desk)[-1] == "RED=3"

    async def test_units_of_held_orders_are_not_shown_again(self, hub, escrow, desk, clock):
        ordered(escrow, 2)
        escrow.run(lambda uow: uow.change("UPDATE orders SET stage = 'on_hold'"))
        escrow.run(lambda uow: uow.change("UPDATE stock SET reserved = 0"))

        await settle(hub, clock)

        owed = 2
        assert f"RED={held(escrow)['brand-store'] - owed}" in told(desk)

    async def test_orders_alone_tell_nothing(self, hub, escrow, desk, clock):
        await settle(hub, clock)
        before = told(desk)

        ordered(escrow, 1)
        await tell_stock(hub)
        await close_quotas(hub)
        await send(hub)

        assert told(desk) == before

    @pytest.mark.parametrize("trouble", [OutcomeUnknown("timeout"), Rejected("busy")])
    async def test_quota_that_may_have_been_taken_is_closed_and_not_repeated(
        self, hub, escrow, desk, clock, trouble
    ):
        await adjust_quotas(hub)
        await close_quotas(hub)
        await send(hub)
        await hear(hub, clock, "store")
        await open_quotas(hub)
        desk.will("push_stock", trouble)
        await work_outbox(hub, "store")

        clock.advance(timedelta(hours=1))
        await work_outbox(hub, "store")

        assert told(desk)[2:] == ["RED=5", "RED=0"]
        assert phases(escrow)["store"] == "closed"

    async def test_worker_that_died_while_opening_does_not_open_twice(self, hub, escrow, desk, clock):
        await adjust_quotas(hub)
        await close_quotas(hub)
        await send(hub)
        await hear(hub, clock, "store")
        await open_quotas(hub)
        claimed = escrow.run(
            lambda uow: hub.books.outbox.claim(uow, "store", 9, escrow.now, hub.database.lease_now(uow))
        )
        assert len(claimed) == 1

        clock.advance(timedelta(hours=1))
        await work_outbox(hub, "store")

        assert told(desk)[2:] == ["RED=0"]

    async def test_listings_of_one_store_share_its_quota(self, hub, escrow, desk, clock):
        twin = Listing(listing_id="second", sku="RED", title="Red again")
        escrow.run(lambda uow: stores.save_listings(uow, [("store", twin)], escrow.now))

        await settle(hub, clock)

        assert "RED=3,RED=2" in told(desk)


class TestMoving:
    @pytest.fixture
    async def moving(self, hub, escrow, clock):
        """Two units of the first store are to go to the second."""
        await settle(hub, clock)
        move = Move(
            sku="RED",
            location_id="wh",
            from_store_id="brand-store",
            to_store_id="other-store",
            units=2,
        )
        escrow.run(lambda uow: quotas.decide(uow, ["RED"], [move], escrow.now))
        escrow.run(lambda uow: uow.change("UPDATE listings SET told = NULL WHERE connection_id = 'store'"))
        await close_quotas(hub)
        return escrow

    async def test_units_stay_with_the_giver_until_its_platform_shows_none(self, hub, moving, desk, clock):
        await hear(hub, clock)
        await open_quotas(hub)
        assert held(moving) == {"brand-store": 5, "other-store": 5}, "nothing was told yet"

        await send(hub)
        await open_quotas(hub)
        assert held(moving) == {"brand-store": 5, "other-store": 5}, "orders may be on their way"

        await hear(hub, clock)
        await open_quotas(hub)
        assert held(moving) == {"brand-store": 3, "other-store": 7}

    async def test_order_that_arrives_between_is_served_and_less_is_moved(self, hub, moving, desk, clock):
        await send(hub)
        ordered(moving, 4)
        await hear(hub, clock)
        await open_quotas(hub)

        assert moving.stages() == {"1": "released"}
        assert held(moving) == {"brand-store": 0, "other-store": 6}

    async def test_taker_shows_more_only_after_it_was_closed_too(self, hub, moving, desk, clock):
        await send(hub)
        await hear(hub, clock)
        await open_quotas(hub)
        await close_quotas(hub)

        assert phases(moving) == {"store": "opening", "other": "closing"}
        await send(hub)
        await hear(hub, clock)
        await open_quotas(hub)
        await send(hub)
        assert told(desk)[-1] == "RED=7"


async def test_quotas_follow_sales(hub, escrow, desk, clock):
    await settle(hub, clock)
    ordered(escrow, 3)
    clock.advance(timedelta(days=1))

    await settle(hub, clock)

    assert held(escrow) == {"brand-store": 6, "other-store": 1}
