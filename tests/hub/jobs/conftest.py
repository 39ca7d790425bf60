"""A whole hub whose platforms do exactly what a test tells them."""

from collections.abc import AsyncIterator

import pytest

from hub.context import HubContext
from hub.storage.database import Database
from tests.hub.house import House, ManualClock, set_up
from tests.hub.jobs.platforms import Desk, opened


@pytest.fixture
def desk() -> Desk:
    """What the platforms were asked, and what they are to answer."""
    return Desk()


@pytest.fixture
async def hub(database: Database, clock: ManualClock, desk: Desk) -> AsyncIterator[HubContext]:
    """One store and one carrier, both armed, 10 RED and 10 BLUE in the warehouse."""
    hub = opened(database, clock, desk)
    yield hub
    await hub.live.close()


@pytest.fixture
def house(hub: HubContext, clock: ManualClock) -> House:
    """The same hub, for looking at its rows."""
    house = House(database=hub.database, clock=clock, books=hub.books)
    house.run(lambda uow: set_up(uow, house, {"RED": 10, "BLUE": 10}))
    return house
