"""A whole hub whose platforms do exactly what a test tells them."""

from collections.abc import AsyncIterator

import httpx
import pytest

from connectors.kit.plugin import CarrierPlugin, StorePlugin
from hub.bootstrap import World, open_hub
from hub.clock import CountedIds
from hub.context import HubContext
from hub.registry import Registry
from hub.settings import HubSettings
from hub.storage.database import Database
from hub.vault import new_master_key
from tests.hub.house import MAPPINGS, House, ManualClock, set_up
from tests.hub.jobs.platforms import Desk, PlainCarrier, PlainSettings, PlainStore


@pytest.fixture
def desk() -> Desk:
    """What the platforms were asked, and what they are to answer."""
    return Desk()


@pytest.fixture
async def hub(database: Database, clock: ManualClock, desk: Desk) -> AsyncIterator[HubContext]:
    """One store and one carrier, both armed, 10 RED and 10 BLUE in the warehouse."""
    store = type("Store", (PlainStore,), {"desk": desk})
    carrier = type("Carrier", (PlainCarrier,), {"desk": desk})
    shared = {"settings": PlainSettings, "limits": (), "twin": ""}
    registry = Registry(
        stores={
            "plain": StorePlugin(
                platform="plain",
                title="Plain",
                connector=store,
                mapping=MAPPINGS.stores["plain"],
                **shared,
            )
        },
        carriers={
            "plain-carrier": CarrierPlugin(
                platform="plain-carrier",
                title="Plain Carrier",
                connector=carrier,
                mapping=MAPPINGS.carriers["plain-carrier"],
                **shared,
            )
        },
        broken={"broken": "ImportError: no module"},
    )
    world = World(
        now=clock,
        sleep=clock.sleep,
        new_id=CountedIds(),
        jitter=lambda: 0.5,
        make_client=lambda connection: httpx.AsyncClient(transport=httpx.MockTransport(_nobody)),
        registry=registry,
        shares_clock=True,
    )
    hub = open_hub(HubSettings(master_keys=(new_master_key(),)), world=world, database=database)
    yield hub
    await hub.live.close()


def _nobody(request: httpx.Request) -> httpx.Response:
    raise AssertionError("these platforms need no network")


@pytest.fixture
def house(hub: HubContext, clock: ManualClock) -> House:
    """The same hub, for looking at its rows."""
    house = House(database=hub.database, clock=clock, books=hub.books)
    house.run(lambda uow: set_up(uow, house, {"RED": 10, "BLUE": 10}))
    return house
