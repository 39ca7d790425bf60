"""Stock news, back-orders, sweeps, listings, housekeeping: what nobody has to wait for."""

from datetime import timedelta

import msgspec

from connectors.kit import Delivery, OutcomeUnknown, Page, Rejected
from connectors.kit.messages import Topic
from hub.jobs.housekeeping import housekeeping
from hub.jobs.listings import pull_listings
from hub.jobs.outbox import work_outbox
from hub.jobs.stock import reaudit, resume, tell_stock
from hub.jobs.sweep import due_work
from hub.jobs.table import JOBS
from hub.storage import stores
from hub.storage.database import Wake
from hub.storage.stock import Count
from mappings.canonical import Listing, StockRefusal
from tests.hub.samples import line, location, sales

RED = Listing(listing_id="listing-RED", sku="RED")


def list_red(house):
    house.run(lambda uow: stores.save_listings(uow, [("store", RED)], house.now))


def count(house, units, sku="RED"):
    counts = [Count(sku=sku, location_id="wh", on_hand=units)]
    house.run(lambda uow: house.books.stock.count(uow, counts, house.now, actor="test"))


def told(desk):
    return [levels for verb, levels in desk.calls if verb == "push_stock"]


class TestStockNews:
    async def test_store_is_told_what_is_available_and_only_when_it_changed(self, hub, house, desk):
        list_red(house)
        house.take(sales(line(quantity=3)))

        for _ in range(3):
            await tell_stock(hub)
            await work_outbox(hub, "store")

        assert told(desk) == ["RED=7"]

    async def test_refused_level_is_told_again_with_the_next_change(self, hub, house, desk):
        list_red(house)
        desk.will("push_stock", (StockRefusal(listing_id="listing-RED", reason="locked"),))
        await tell_stock(hub)
        await work_outbox(hub, "store")
        assert house.value("SELECT told FROM listings") is None

        count(house, 9)
        count(house, 10)
        await tell_stock(hub)
        await work_outbox(hub, "store")

        assert told(desk) == ["RED=10", "RED=10"]

    async def test_refused_message_forgets_what_it_wanted_to_tell(self, hub, house, desk):
        list_red(house)
        desk.will("push_stock", Rejected("no"))
        await tell_stock(hub)

        await work_outbox(hub, "store")

        assert house.value("SELECT told FROM listings") is None

    async def test_levels_without_an_answer_are_sent_again_and_give_way_to_newer_ones(self, hub, house, desk):
        """They are absolute: nothing is read back, nothing given up while the schedule lasts."""
        list_red(house)
        desk.will("push_stock", OutcomeUnknown("no answer"), OutcomeUnknown("no answer"))
        await tell_stock(hub)
        await work_outbox(hub, "store")
        house.clock.advance(hub.settings.retry_schedule[0])
        await work_outbox(hub, "store")
        count(house, 9)
        await tell_stock(hub)

        house.clock.advance(hub.settings.retry_schedule[1])
        await work_outbox(hub, "store")

        assert told(desk) == ["RED=10", "RED=10", "RED=9"]
        assert house.rows("SELECT state FROM outbox WHERE verb = 'push_stock'") == [("done",)]

    async def test_place_that_closes_and_opens_takes_its_units_from_sale_and_puts_them_back(
        self, hub, house, desk
    ):
        list_red(house)
        for is_active in (True, False, True):
            house.run(lambda uow: stores.add_location(uow, location(is_active=is_active), house.now))  # noqa: B023 - runs at once
            await tell_stock(hub)
            await work_outbox(hub, "store")

        assert told(desk) == ["RED=10", "RED=0", "RED=10"]

    async def test_what_was_never_counted_is_not_told(self, hub, house, desk):
        list_red(house)
        house.run(lambda uow: stores.link(uow, "store", "listing-RED", "GREEN", house.now))

        await tell_stock(hub)

        assert house.value("SELECT count(*) FROM outbox") == 0


async def test_back_orders_go_when_their_place_opens(hub, house):
    house.run(lambda uow: stores.add_location(uow, location(is_active=False), house.now))
    house.take(sales())
    await resume(hub)
    assert house.stages() == {"4711": "backordered"}

    house.clock.advance(timedelta(seconds=1))
    house.run(lambda uow: stores.add_location(uow, location(), house.now))
    assert Wake("resume") in await due_work(hub)
    await resume(hub)

    assert house.stages() == {"4711": "released"}


async def test_back_orders_go_when_stock_arrives(hub, house):
    house.take(sales(line(quantity=12)))
    count(house, 12)

    await resume(hub)

    assert house.stages() == {"4711": "released"}
    assert house.run(lambda uow: hub.books.stock.news(uow, "arrived", 5)) == []


async def test_held_orders_go_when_their_listing_is_linked(hub, house):
    house.take(sales(line(sku="THEIRS")))
    theirs = Listing(listing_id="listing-THEIRS")
    house.run(lambda uow: stores.save_listings(uow, [("store", theirs)], house.now))
    house.run(lambda uow: stores.link(uow, "store", "listing-THEIRS", "RED", house.now))

    await reaudit(hub)

    assert house.stages() == {"4711": "released"}


class TestSweep:
    async def jobs(self, hub):
        return {(wake.job, wake.key) for wake in await due_work(hub)}

    async def test_finds_what_every_lost_wake_up_left_behind(self, hub, house):
        list_red(house)
        house.take(sales())
        house.receive(sales(external_id="2"))
        house.receive(sales(external_id="3"), lane="bulk")

        assert await self.jobs(hub) >= {
            ("work_inbox", "live"),
            ("work_inbox", "bulk"),
            ("pull", "store"),
            ("work_outbox", "carrier"),
            ("tell_stock", ""),
            ("resume", ""),
        }

    async def test_finds_nothing_where_nothing_is_due(self, hub, house):
        for _ in range(5):
            for wake in await due_work(hub):
                await JOBS[wake.job](hub, wake.key)

        assert await self.jobs(hub) == set()

    async def test_every_job_that_is_woken_exists(self, hub, house):
        list_red(house)
        house.take(sales())

        assert {wake.job for wake in await due_work(hub)} | set(house.woken) <= set(JOBS)


async def test_listings_go_through_the_inbox_and_link_themselves(hub, house, desk):
    document = Delivery(topic=Topic.LISTING, external_id=RED.listing_id, document=msgspec.json.encode(RED))
    desk.pages = [Page(deliveries=(document,))]

    assert await pull_listings(hub, "store") == 1
    assert await pull_listings(hub, "store") == 0
    assert house.rows("SELECT listing_id, sku FROM listings") == [("listing-RED", "RED")]


async def test_documents_are_thrown_away_after_their_time_and_no_sooner(hub, house):
    house.take(sales())
    house.clock.advance(hub.settings.keep_documents)
    await housekeeping(hub)
    assert house.value("SELECT count(*) FROM inbox WHERE document IS NULL") == 0

    house.clock.advance(timedelta(microseconds=1))
    await housekeeping(hub)
    assert house.value("SELECT count(*) FROM inbox WHERE document IS NULL") == 1
