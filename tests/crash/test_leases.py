"""Two workers and one message: whoever is late does not send it."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr

from connectors.kit.conformance.rig import ManualClock
from hub.bootstrap import World, open_hub
from hub.clock import from_micros
from hub.context import HubContext
from hub.jobs import outbox
from hub.jobs.outbox import AT_ONCE, _within, work_outbox
from hub.settings import HubSettings
from hub.storage.all_tables import metadata
from hub.storage.database import InlineDatabase
from hub.vault import new_master_key
from mappings.canonical import Buyer
from tests.crash.lagging import REGISTRY, LaggingTwin
from tests.hub import house as houses
from tests.hub.house import House, migrated_house
from tests.hub.samples import address, sales

LEASE = timedelta(minutes=2)
CARRIER = "carrier"


class Line(httpx.AsyncBaseTransport):
    """The cable of one worker: `trouble` comes before the carrier does."""

    def __init__(self, twin: LaggingTwin, trouble: Callable[[], object] = lambda: None) -> None:
        self._inner = httpx.ASGITransport(twin.app)
        self._trouble = trouble

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        delay = self._trouble()
        if asyncio.iscoroutine(delay):
            await delay
        return await self._inner.handle_async_request(request)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def twin(clock: ManualClock) -> LaggingTwin:
    return LaggingTwin(clock, lag=timedelta(seconds=30))


@pytest.fixture
def master_key(monkeypatch: pytest.MonkeyPatch) -> str:
    key = new_master_key()
    monkeypatch.setattr(houses, "new_master_key", lambda: key)
    return key


@pytest.fixture
def house(clock: ManualClock, master_key: str) -> House:
    """Twelve orders whose bookings are due."""
    database = InlineDatabase("sqlite://", clock=clock)
    metadata.create_all(database.engine)
    house = migrated_house(database, clock, stock={"RED": 100})
    house.take(*(_order(number) for number in range(12)))
    due = from_micros(house.value("SELECT max(not_before) FROM outbox"))
    clock.advance(max(due - clock(), timedelta(0)))
    return house


def _order(number: int):
    return sales(
        external_id=f"A-{number}",
        order_number=f"A-{number}",
        buyer=Buyer(reference=f"buyer-{number}", name="王小明"),
        ship_to=address(telephone=f"138{number:08d}"),
    )


@pytest.fixture
async def make_worker(
    house: House, clock: ManualClock, master_key: str
) -> AsyncIterator[Callable[[Line], HubContext]]:
    made: list[HubContext] = []

    def make(line: Line) -> HubContext:
        world = World(
            now=clock,
            sleep=clock.sleep,
            registry=REGISTRY,
            make_client=lambda _: httpx.AsyncClient(base_url="https://carrier.example", transport=line),
            shares_clock=True,
        )
        settings = HubSettings(master_keys=(SecretStr(master_key),), lease=LEASE)
        made.append(open_hub(settings, world=world, database=house.database))
        return made[-1]

    yield make
    for hub in made:
        await hub.live.close()
    house.database.close()


async def _finish(house: House, clock: ManualClock, hub: HubContext) -> None:
    while house.value("SELECT count(*) FROM outbox WHERE verb = 'book' AND state = 'open'"):
        clock.advance(LEASE)
        await work_outbox(hub, CARRIER)


async def test_nothing_is_sent_late_in_a_lease(house, clock, twin, make_worker) -> None:
    """A slow carrier: before the last messages have their turn, the lease is nearly over."""
    claimed_at = clock()
    worker = make_worker(Line(twin, lambda: clock.advance(timedelta(seconds=11))))
    await work_outbox(worker, CARRIER)
    first_batch = [at for at, _ in twin.ledger if at <= claimed_at + LEASE]
    assert len(first_batch) < 12
    await _finish(house, clock, worker)
    assert sorted(twin.bookings.values()) == [1] * 12
    assert house.value("SELECT max(lease_epoch) FROM outbox WHERE verb = 'book'") > 1
    assert house.value("SELECT max(attempts) FROM outbox WHERE verb = 'book'") == 1, "a turn is no attempt"


async def test_a_worker_that_was_overtaken_sends_nothing_more(house, clock, twin, make_worker) -> None:
    """It claimed, and slept beyond its lease; another one did the work meanwhile."""
    wakes, slept = asyncio.Event(), itertools.count(1)

    async def sleep() -> None:
        number = next(slept)
        await wakes.wait()
        if number <= AT_ONCE:  # what was on its way does not arrive; what waited for its turn would
            raise httpx.ConnectTimeout("nobody listens")

    late = asyncio.create_task(work_outbox(make_worker(Line(twin, sleep)), CARRIER))
    while house.value("SELECT count(*) FROM outbox WHERE lease_until > 0") < 12:  # noqa: ASYNC110 - rows
        await asyncio.sleep(0)
    clock.advance(LEASE + timedelta(seconds=1))
    await work_outbox(make_worker(Line(twin)), CARRIER)
    assert sorted(twin.bookings.values()) == [1] * 12
    wakes.set()
    await late
    assert sorted(twin.bookings.values()) == [1] * 12
    assert house.value("SELECT count(*) FROM consignments WHERE stage = 'booked'") == 12


async def test_a_call_does_not_outlive_its_lease(house, clock, twin, make_worker, monkeypatch) -> None:
    """A carrier that takes the request and never answers: the worker is free again, the outcome unknown."""

    async def silence() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(outbox, "_within", lambda left, call: _within(left / 6000, call))
    await work_outbox(make_worker(Line(twin, silence)), CARRIER)
    states = house.rows("SELECT DISTINCT state, lease_until, sent_at > 0 FROM outbox WHERE verb = 'book'")
    assert states == [("open", 0, 1)]
    await _finish(house, clock, make_worker(Line(twin)))
    assert sorted(twin.bookings.values()) == [1] * 12
