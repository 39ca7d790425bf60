"""The outbox job dies at each of its steps in turn; the carrier books whatever it is asked to book.

The measured facts behind it: without reading back, half of all points of death book twice; with a read-back
that comes before the carrier shows its bookings, some still do.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn

from hub.clock import from_micros
from hub.jobs.outbox import work_outbox
from hub.settings import HubSettings
from hub.storage.database import InlineDatabase
from hub.vault import new_master_key
from mappings.canonical import Buyer, SalesOrder
from tests.crash.clock import SteppedClock
from tests.crash.lagging import LaggingTwin
from tests.crash.step_process import CARRIER, Steps, open_carrier_hub
from tests.hub import house as houses
from tests.hub.house import House, migrated_house
from tests.hub.samples import address, sales

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[2]
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)
MOST_STEPS = 200


@pytest.fixture
def clock(tmp_path: Path) -> SteppedClock:
    return SteppedClock.make(tmp_path / "clock", START)


@pytest.fixture
def master_key(monkeypatch: pytest.MonkeyPatch) -> str:
    key = new_master_key()
    monkeypatch.setattr(houses, "new_master_key", lambda: key)
    return key


@pytest.fixture
def house(empty_postgres: str, clock: SteppedClock, master_key: str) -> Iterator[House]:
    database = InlineDatabase(empty_postgres, clock=clock)
    yield migrated_house(database, clock, stock={"RED": 1000, "BLUE": 1000})  # type: ignore[arg-type]
    database.close()


@asynccontextmanager
async def served(twin: LaggingTwin) -> AsyncIterator[str]:
    config = uvicorn.Config(twin.app, port=0, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110 - uvicorn offers no event
            await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


Deliver = Callable[[int], Awaitable[str]]
"""Fatal step, 0 for none → «killed» or «lived»."""


@asynccontextmanager
async def delivering(url: str, settings: HubSettings, clock: Path) -> AsyncIterator[Deliver]:
    """Those who die do so in processes of their own, who survives is here."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.crash.step_process", str(clock), "1", url),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin and process.stdout
    stdin, stdout = process.stdin, process.stdout

    survivor = open_carrier_hub(settings, SteppedClock(clock, 2), url, Steps(0))

    async def deliver(fatal: int) -> str:
        if not fatal:
            await work_outbox(survivor, CARRIER)
            return "lived"
        stdin.write(f"{fatal}\n".encode())
        said = await asyncio.wait_for(stdout.readline(), 60)
        return said.decode().split()[0]

    yield deliver
    await survivor.close()
    stdin.close()
    await process.wait()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, empty_postgres: str, master_key: str) -> HubSettings:
    """As the environment says it, for the processes that are started here too."""
    url = empty_postgres.replace("postgresql+psycopg://", "postgresql://")
    monkeypatch.setenv("HUB_DATABASE_URL", url)
    monkeypatch.setenv("HUB_MASTER_KEYS", f'["{master_key}"]')
    return HubSettings()


async def kill_at_each(
    house: House, clock: SteppedClock, deliver: Deliver, steps: Iterable[int] = range(1, MOST_STEPS)
) -> int:
    """One order per step: deliver and die there, then deliver and live, until nothing is open. Returns the
    number of deaths."""
    deaths = 0
    for step in steps:
        house.take(_order(step))
        clock.advance_to(from_micros(house.value("SELECT max(not_before) FROM outbox")))
        outcome = await deliver(step)
        clock.forget(1)
        while house.value("SELECT count(*) FROM outbox WHERE verb = 'book' AND state = 'open'"):
            clock.advance_to(clock() + LEASE + timedelta(seconds=1))
            await deliver(0)
        if outcome == "lived":
            break
        assert outcome == "killed"
        deaths += 1
    return deaths


def _order(number: int) -> SalesOrder:
    """Everybody orders once: nothing looks like a duplicate."""
    return sales(
        external_id=f"A-{number}",
        order_number=f"A-{number}",
        buyer=Buyer(reference=f"buyer-{number}", name="王小明"),
        ship_to=address(telephone=f"138{number:08d}"),
    )


def _booked(house: House) -> dict[str, str]:
    """Consignment → tracking number, as the hub knows it."""
    return dict(house.rows("SELECT id, tracking_number FROM consignments WHERE stage = 'booked'"))


async def test_no_death_books_twice_or_loses_a_booking(house, clock, settings, tmp_path) -> None:
    twin = LaggingTwin(clock, lag=timedelta(seconds=45))
    async with served(twin) as url, delivering(url, settings, tmp_path / "clock") as deliver:
        deaths = await kill_at_each(house, clock, deliver)
    orders = house.value("SELECT count(*) FROM orders")
    assert deaths >= 20
    assert set(twin.bookings.values()) == {1}, "booked twice"
    assert len(_booked(house)) == len(twin.bookings) == orders == deaths + 1, "lost"
    assert sorted(_booked(house).values()) == [f"L{n:06d}" for n in range(1, orders + 1)]
    assert house.value("SELECT count(*) FROM outbox WHERE state = 'open' AND lease_until > 0") == 0
    print(f"{deaths} deaths, {twin.requests['book']} bookings, {twin.requests['find']} read back")  # noqa: T201


async def test_a_carrier_that_lags_longer_than_we_wait_is_booked_twice(
    house, clock, settings, tmp_path
) -> None:
    """The test above can fail: what saves us is waiting long enough, and the plug-in says how long."""
    twin = LaggingTwin(clock, lag=timedelta(days=1))
    async with served(twin) as url, delivering(url, settings, tmp_path / "clock") as deliver:
        for step in range(1, MOST_STEPS, 3):
            await kill_at_each(house, clock, deliver, [step])
            if max(twin.bookings.values()) > 1:
                return
    raise AssertionError("nobody booked twice: this test sees nothing")
