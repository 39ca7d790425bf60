"""The running hub at a real Vendure: what buyers order is shipped, and Vendure shows exactly that."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from itertools import count

import pytest

from connectors.stores.vendure import connector
from hub.domain.order import Stage
from mappings.canonical import CARRIER_NAMES
from tests.interop.vendure_hub import CARRIER, IN_SHANGHAI, HubOnVendure
from tests.interop.vendure_server import VendureServer
from tests.interop.vendure_shop import BUYER, PlacedOrder, VendureShop
from tests.interop.vendure_worlds import RealServer

OpenHub = Callable[..., Awaitable[HubOnVendure]]

_CUSTOMERS = count(1)


@pytest.fixture
async def opened() -> AsyncIterator[OpenHub]:
    """`opened(server, location={SKU: units}, …)` opens a new hub with that stock."""
    hubs: list[HubOnVendure] = []

    async def make(server: RealServer, **counted: Mapping[str, int]) -> HubOnVendure:
        hubs.append(HubOnVendure(server))
        await hubs[-1].set_up(counted)
        return hubs[-1]

    yield make
    for hub in hubs:
        await hub.close()


@pytest.fixture
async def hub(sqljs: RealServer, opened: OpenHub) -> HubOnVendure:
    """One warehouse with twenty of each."""
    return await opened(sqljs, harbour={"CLEAT-S": 20, "CLEAT-L": 20})


def buy(shop: VendureShop, *items: tuple[str, int], settled: bool = True) -> PlacedOrder:
    """Somebody new orders: the same things again would be a suspected duplicate."""
    customer = {**BUYER, "emailAddress": f"{next(_CUSTOMERS)}@buyer.example"}
    return shop.place_order(items, settled=settled, customer=customer, address=IN_SHANGHAI)


async def test_an_order_is_shipped_and_vendure_shows_it_to_the_end(hub: HubOnVendure) -> None:
    order = buy(hub.shop, ("CLEAT-S", 2), ("CLEAT-L", 1))

    await hub.wait()
    await hub.next_scan()

    assert await told(hub, order) == [("Shipped", {"CLEAT-S": 2, "CLEAT-L": 1})]
    assert hub.shop.order(order.id)["state"] == "Shipped"
    await hub.until_delivered()
    assert await told(hub, order) == [("Delivered", {"CLEAT-S": 2, "CLEAT-L": 1})]
    assert hub.shop.order(order.id)["state"] == "Delivered"
    assert await hub.stage(order.id) is Stage.CLOSED


async def test_nothing_is_told_before_the_carrier_has_the_parcel(hub: HubOnVendure) -> None:
    order = buy(hub.shop, ("CLEAT-S", 1))

    await hub.wait()

    assert len(await hub.carried(order.id)) == 1
    assert (await told(hub, order), hub.shop.order(order.id)["state"]) == ([], "PaymentSettled")


async def test_vendure_sells_what_the_hub_has_left(hub: HubOnVendure) -> None:
    assert hub.shop.stock("CLEAT-S").saleable == 20
    buy(hub.shop, ("CLEAT-S", 3))

    await hub.wait()
    assert await shown_and_available(hub, "CLEAT-S") == (17, 17)
    await hub.count({"harbour": {"CLEAT-S": 50}})
    await hub.wait()
    assert await shown_and_available(hub, "CLEAT-S") == (47, 47)
    await hub.next_scan()
    assert await shown_and_available(hub, "CLEAT-S") == (47, 47)


async def test_what_is_cancelled_in_time_is_given_back(hub: HubOnVendure) -> None:
    order = buy(hub.shop, ("CLEAT-S", 3))
    await hub.wait()
    assert await hub.reserved("CLEAT-S") == 3

    hub.shop.cancel_order(order.id)
    await hub.wait()

    assert await hub.stage(order.id) is Stage.CANCELLED
    assert (await hub.reserved("CLEAT-S"), await hub.carried(order.id)) == (0, [])
    assert await shown_and_available(hub, "CLEAT-S") == (20, 20)
    await hub.until_delivered()
    assert (hub.shop.fulfilments(order.id), await hub.cases()) == ([], [])


async def test_what_is_cancelled_too_late_becomes_a_case(hub: HubOnVendure) -> None:
    order = buy(hub.shop, ("CLEAT-S", 3))
    await hub.wait()
    await hub.next_scan()

    hub.shop.cancel_order(order.id)
    await hub.wait()

    assert await hub.cases() == [(order.id, "cancelled_too_late")]
    assert await shown_and_available(hub, "CLEAT-S") == (17, 17)


async def test_units_cancelled_in_time_stay_here_and_the_rest_ships(hub: HubOnVendure) -> None:
    order = buy(hub.shop, ("CLEAT-S", 3), ("CLEAT-L", 1))
    await hub.wait()

    hub.shop.cancel_units(order, "CLEAT-S", 2)
    await hub.wait()
    await hub.until_delivered()

    assert await told(hub, order) == [("Delivered", {"CLEAT-S": 1, "CLEAT-L": 1})]
    assert hub.shop.order(order.id)["state"] == "Delivered"
    assert await shown_and_available(hub, "CLEAT-S") == (19, 19)


async def test_two_locations_make_two_fulfilments(sqljs: RealServer, opened: OpenHub) -> None:
    hub = await opened(sqljs, harbour={"CLEAT-S": 2}, island={"CLEAT-S": 1, "CLEAT-L": 4})
    order = buy(hub.shop, ("CLEAT-S", 3), ("CLEAT-L", 1))

    await hub.wait()
    await hub.next_scan()

    assert hub.shop.order(order.id)["state"] == "PartiallyShipped"
    await hub.until_delivered()
    fulfilments = sorted(await told(hub, order), key=lambda each: len(each[1]))
    assert fulfilments == [("Delivered", {"CLEAT-S": 2}), ("Delivered", {"CLEAT-S": 1, "CLEAT-L": 1})]
    assert hub.shop.order(order.id)["state"] == "Delivered"


async def test_an_unmapped_sku_waits_until_a_person_links_it(sqljs: RealServer, opened: OpenHub) -> None:
    hub = await opened(sqljs, harbour={"JACKET-1": 5})
    order = buy(hub.shop, ("HARBOUR-S", 2))
    await hub.wait()
    assert await hub.held_for(order.id) == ["unmapped_sku"]

    await hub.link("HARBOUR-S", "JACKET-1")
    await hub.wait()
    await hub.next_scan()

    assert await told(hub, order) == [("Shipped", {"HARBOUR-S": 2})]
    assert hub.shop.stock("HARBOUR-S").saleable == await hub.available("JACKET-1") == 3


async def test_an_authorised_order_waits_until_its_money_is_collected(
    hub: HubOnVendure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connector, "OVERLAP", timedelta(0))  # it would bring so young an order anyway
    order = buy(hub.shop, ("CLEAT-L", 2), settled=False)
    await hub.wait()
    assert await hub.held_for(order.id) == ["unpaid"]

    hub.shop.settle_payment(order.id)
    await hub.wait()
    await hub.next_scan()

    assert await told(hub, order) == [("Shipped", {"CLEAT-L": 2})]


@pytest.mark.parametrize(
    ("database", "end"),
    [("sqljs", VendureServer.stop), ("postgres", VendureServer.kill)],
    indirect=["database"],
)
async def test_an_end_of_vendure_in_the_middle_loses_nothing(
    database: tuple[VendureServer, RealServer], end: Callable[[VendureServer], None], opened: OpenHub
) -> None:
    """One parcel was told without an answer, one leaves meanwhile, one order was never pulled."""
    server, people = database
    hub = await opened(people, harbour={"CLEAT-L": 20})
    orders = [buy(hub.shop, ("CLEAT-L", 1)), buy(hub.shop, ("CLEAT-L", 2))]
    await hub.wait()
    hub.transport.lose("AddFulfilment", arrives=True)
    await hub.next_scan()
    assert sorted(state for order in orders for state, *_ in hub.shop.fulfilments(order.id)) == ["Pending"]
    orders.append(buy(hub.shop, ("CLEAT-L", 3)))

    end(server)
    await hub.wait(timedelta(hours=12))
    server.start()
    orders.append(buy(hub.shop, ("CLEAT-L", 4)))
    await hub.wait()
    await hub.until_delivered()

    for order in orders:
        assert await told(hub, order) == [("Delivered", order.quantities)]
        assert await hub.stage(order.id) is Stage.CLOSED
    assert await shown_and_available(hub, "CLEAT-L") == (10, 10)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> tuple[VendureServer, RealServer]:
    """The server over this database, and the people there."""
    servers = {"sqljs": "vendure", "postgres": "vendure_on_postgres"}
    return request.getfixturevalue(servers[request.param]), request.getfixturevalue(request.param)


async def told(hub: HubOnVendure, order: PlacedOrder) -> list[tuple[str, Mapping[str, int]]]:
    """(state, units by SKU) of the order's fulfilments; their tracking codes are the carrier's numbers."""
    skus = {line_id: sku for sku, line_id in order.lines.items()}
    fulfilments = hub.shop.fulfilments(order.id)
    if fulfilments:
        assert sorted(code for _, _, code, _ in fulfilments) == sorted(await hub.carried(order.id))
    assert {method for _, method, _, _ in fulfilments} <= {CARRIER_NAMES[CARRIER]}
    return [
        (state, {skus[line]: units for line, units in lines.items()}) for state, _, _, lines in fulfilments
    ]


async def shown_and_available(hub: HubOnVendure, sku: str) -> tuple[int, int]:
    """What Vendure sells and what the hub has left."""
    return hub.shop.stock(sku).saleable, await hub.available(sku)
