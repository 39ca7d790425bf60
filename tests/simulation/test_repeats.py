"""The same documents, delivered once to five times in any order, come to the same final state."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.kit import Delivery, FetchesOrders
from connectors.kit.twin import Purchase, StoreTwin
from hub.context import HubContext
from hub.jobs.inbox import work_inbox
from hub.jobs.pull import arrival
from hub.simulation import people
from hub.simulation.brand import Brand, make_brand
from hub.simulation.machine import Machine, address, stream
from hub.simulation.opening import open_for_business
from hub.storage.all_tables import metadata
from hub.storage.database import UnitOfWork
from hub.storage.stock import Count

PLATFORMS = {"north": "shopify", "east": "taobao"}


def _brand(store_id: str) -> Brand:
    """One store, one warehouse, enough of everything: who comes first must not matter."""
    brand = make_brand(stream(1, "brand"), 400)
    return msgspec.structs.replace(
        brand,
        storefronts=tuple(each for each in brand.storefronts if each.store.store_id == store_id),
        locations=brand.locations[:1],
        territories=(),
        counts=tuple(Count(sku=each.sku, location_id="wh-east", on_hand=50) for each in brand.products),
    )


async def _opened(store_id: str) -> Machine:
    brand = _brand(store_id)
    machine = Machine(1, brand.platforms, None)
    metadata.create_all(machine.database.engine)
    machine.start()
    await open_for_business(machine.hub, brand, machine.twins, address)
    return machine


async def _documents(store_id: str) -> list[Delivery]:
    """Every version of three orders: changed, refunded in part, paid late, cancelled."""
    machine = await _opened(store_id)
    twin, random = machine.twins[store_id], stream(1, "buyers")
    live = await machine.hub.live.open(store_id)
    assert isinstance(twin, StoreTwin) and live and isinstance(live.connector, FetchesOrders)
    connector, found = live.connector, []

    async def keep(order_id: str) -> None:
        found.extend(await connector.fetch_orders([order_id]))
        machine.clock.advance_to(machine.clock.true + timedelta(minutes=7))

    def purchase(number: int, *, paid: bool = True) -> Purchase:
        return Purchase(
            buyer_reference=f"b{number}",
            ship_to=people.address(random, "north"),
            items=[("BAG-01", 2), ("BAG-02", 1)],
            email=f"b{number}@example.com",
            paid=paid,
        )

    moved, refunded, late = (twin.place_order(purchase(n, paid=n < 3)) for n in (1, 2, 3))
    for order_id in (moved, refunded, late):
        await keep(order_id)
    assert twin.change_address(moved, people.address(random, "north"))
    await keep(moved)
    assert twin.refund_line(refunded, 1, 1)
    await keep(refunded)
    twin.pay_order(late)
    await keep(late)
    assert twin.cancel_order(moved)
    await keep(moved)
    return found


def _receive(hub: HubContext, uow: UnitOfWork, store_id: str, batch: Sequence[Delivery]) -> None:
    hub.books.receive(uow, [arrival(store_id, delivery) for delivery in batch], hub.now())


async def _final_state(store_id: str, batches: Sequence[Sequence[Delivery]]) -> object:
    machine = await _opened(store_id)
    hub = machine.hub
    for batch in batches:
        hub.database.transact(lambda uow: _receive(hub, uow, store_id, batch))  # noqa: B023 - runs at once
        await work_inbox(hub, "live")

    def look(uow: UnitOfWork) -> object:
        ids = [row.id for row in uow.all("SELECT id FROM orders")]
        orders = {
            each.order.sales.external_id: each.order for each in hub.books.orders.by_ids(uow, ids).values()
        }
        to_book = uow.all(
            "SELECT r.external_id FROM outbox o JOIN orders r ON r.id = o.order_id"
            " WHERE o.state = 'open' ORDER BY r.external_id"
        )
        return (
            {key: (order.stage, order.sales) for key, order in sorted(orders.items())},
            [tuple(row) for row in uow.all("SELECT sku, on_hand, reserved FROM stock ORDER BY sku")],
            [row.external_id for row in to_book],
        )

    state, _ = hub.database.transact(look, reading=True)
    machine.database.end()
    return state


@pytest.fixture(scope="module", params=sorted(PLATFORMS))
def documents(request: pytest.FixtureRequest) -> tuple[str, list[Delivery], object]:
    store_id = request.param
    found = asyncio.run(_documents(store_id))
    return store_id, found, asyncio.run(_final_state(store_id, [found]))


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_repeats_in_any_order_come_to_the_same_state(documents, data: st.DataObject):
    store_id, found, expected = documents
    times = data.draw(st.lists(st.integers(1, 5), min_size=len(found), max_size=len(found)))
    every = [one for one, n in zip(found, times, strict=True) for _ in range(n)]
    shuffled = data.draw(st.permutations(every))
    size = data.draw(st.integers(1, len(shuffled)))

    batches = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]

    assert asyncio.run(_final_state(store_id, batches)) == expected
