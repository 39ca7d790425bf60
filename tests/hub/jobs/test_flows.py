"""One flow of a connection is paused: the others go on, and what waited comes when it is on again."""

import pytest

from hub.jobs.fetch import fetch
from hub.jobs.outbox import work_outbox
from hub.jobs.poll import poll
from hub.jobs.pull import pull
from hub.jobs.stock import tell_stock
from hub.jobs.sweep import due_work
from hub.storage import notices, queries, stores
from hub.storage.flows import Flow, set_paused
from hub.storage.stock import Count
from mappings.canonical import Listing
from tests.hub.samples import sales


@pytest.fixture
def pause(house):
    def set_(connection_id, flow, is_paused=True):
        return house.run(lambda uow: set_paused(uow, connection_id, flow, is_paused=is_paused))

    return set_


async def stock_and_booking_wait(hub, house):
    """One message of each kind is due: a level for the store, a booking at the carrier."""
    house.run(
        lambda uow: stores.save_listings(uow, [("store", Listing(listing_id="l", sku="RED"))], house.now)
    )
    house.take(sales())
    await tell_stock(hub)


async def work_all(hub):
    for connection_id in ("store", "carrier"):
        await work_outbox(hub, connection_id)


def done(desk):
    return {verb for verb, _ in desk.calls}


def waits_for(house):
    found = house.run(lambda uow: queries.outbox(uow, house.now, state="open", limit=9))
    return {each.verb: each.waits_for for each in found}


async def woken(hub):
    return {(wake.job, wake.key) for wake in await due_work(hub)}


@pytest.mark.parametrize(
    ("connection_id", "flow", "verb", "other"),
    [("store", Flow.STOCK, "push_stock", "book"), ("carrier", Flow.PUSH, "book", "push_stock")],
)
async def test_paused_flow_waits_while_the_other_goes_on(
    hub, house, desk, pause, connection_id, flow, verb, other
):
    await stock_and_booking_wait(hub, house)
    pause(connection_id, flow)

    await work_all(hub)

    assert verb not in done(desk) and other in done(desk)
    assert waits_for(house) == {verb: f"the flow {flow} of {connection_id} is paused"}
    assert ("work_outbox", connection_id) not in await woken(hub)

    assert pause(connection_id, flow, is_paused=False)
    assert "work_outbox" in house.woken
    await work_all(hub)
    assert verb in done(desk)


async def test_store_is_told_only_the_newest_level_when_stock_is_on_again(hub, house, desk, pause):
    await stock_and_booking_wait(hub, house)
    pause("store", Flow.STOCK)
    counts = [Count(sku="RED", location_id="wh", on_hand=9)]
    house.run(lambda uow: house.books.stock.count(uow, counts, house.now, actor="test"))
    await tell_stock(hub)
    await work_all(hub)
    pause("store", Flow.STOCK, is_paused=False)
    await work_all(hub)

    assert [levels for verb, levels in desk.calls if verb == "push_stock"] == ["RED=8"]


async def test_store_whose_push_is_paused_is_told_levels_still(hub, house, desk, pause):
    await stock_and_booking_wait(hub, house)
    pause("store", Flow.PUSH)
    await work_all(hub)

    assert "push_stock" in done(desk)


async def test_store_whose_orders_are_paused_is_asked_for_nothing(hub, house, desk, pause):
    house.run(
        lambda uow: uow.change("UPDATE connections SET capabilities = 'PollsNotices' WHERE id = 'store'")
    )
    house.run(lambda uow: notices.note(uow, [("store", "order", "E-1")], house.now))
    asking = {("pull", "store"), ("poll", "store"), ("fetch", "store")}
    assert asking <= await woken(hub)
    pause("store", Flow.ORDERS)

    for job in (pull, poll, fetch):
        await job(hub, "store")
    assert desk.calls == []
    assert not asking & await woken(hub)

    house.woken.clear()
    pause("store", Flow.ORDERS, is_paused=False)
    assert house.woken == ["pull", "poll", "fetch"]
    await pull(hub, "store")
    assert desk.calls


async def test_what_a_store_posts_by_itself_is_taken(hub, house, pause):
    pause("store", Flow.ORDERS)
    house.take(sales())

    assert house.stages() == {"4711": "released"}


async def test_flow_that_is_paused_already_is_not_paused_again(house, pause):
    assert pause("store", Flow.STOCK) and pause("store", Flow.PUSH)
    assert not pause("store", Flow.STOCK)
    assert house.value("SELECT paused_flows FROM connections WHERE id = 'store'") == "push stock"
