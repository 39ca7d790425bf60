"""The demo from opening the stores to the closing table."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import httpx
import uvloop
from rich.console import Console

from connectors.kit.conformance.rig import load_twin
from connectors.kit.twin import Twin
from hub import registry
from hub.bootstrap import World as HubWorld
from hub.bootstrap import open_hub
from hub.context import HubContext
from hub.demo.clock import SharedClock
from hub.demo.display import Progress, closing_table, console, count, holds, problems
from hub.demo.place import CLOCK_FILE, Place, free_port
from hub.demo.twins import TwinServers
from hub.settings import HubSettings
from hub.simulation.brand import Brand, make_brand
from hub.simulation.closing import StoreClosing, close_stores
from hub.simulation.due import open_work
from hub.simulation.opening import open_for_business, receive_goods
from hub.simulation.world import World
from hub.storage.migrate import migrate

START = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
ARRIVALS_DAYS = 2.0
SPEED = 14_400.0
SETTLES_WITHIN = timedelta(days=5)
"""How long after the last event the hub may need on the clock until everything closes."""
START_SECONDS = 30
END_SECONDS = 20
STEP_SECONDS = 0.005
LOOK_SECONDS = 0.25
MOST_WAITING, MOST_TO_POST, BRAKE = 120, 50, 10
"""With more to do than this, hub or platforms are behind: time passes more slowly until they caught up, or
hours would go by between cause and effect."""
INTERRUPTED = 130


class HubEnded(Exception):
    """The hub's process is gone although nobody ended it."""


@dataclass(frozen=True)
class Closing:
    """How a run ended: the rows, and what the hub still had to do."""

    rows: Sequence[StoreClosing]
    open_work: Sequence[str]

    @property
    def status(self) -> int:
        """0 only if every row closes and nothing is left to do."""
        return 0 if not self.open_work and all(row.closes for row in self.rows) else 1


def run(
    *,
    orders: int = 600,
    seed: int = 1,
    speed: float | None = None,
    exit_when_done: bool = False,
    data_dir: Path | None = None,
    port: int = 8321,
) -> int:
    """The whole demo; returns the exit status. `speed`: simulated seconds per real second."""
    out, place = console(), Place(data_dir)
    if place.is_taken:
        out.print(f"The folder {place.dir} is not empty: name another one, or none.")
        return 1
    demo = Demo(
        out, place, orders=orders, seed=seed, speed=speed or SPEED, port=port, stay=not exit_when_done
    )
    status = INTERRUPTED
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            status = runner.run(demo.run())
    except (KeyboardInterrupt, asyncio.CancelledError):
        status = demo.closing.status if demo.closing else INTERRUPTED
    except HubEnded as error:
        status = 1
        out.print(str(error))
    if place.is_ours and status in (0, INTERRUPTED):
        place.remove()
    elif status:
        out.print(f"The database and the hub's log are in {place.dir}")
    return status


class Demo:
    """One run."""

    def __init__(
        self, out: Console, place: Place, *, orders: int, seed: int, speed: float, port: int, stay: bool
    ) -> None:
        self._out, self._place = out, place
        self._orders, self._seed, self._speed, self._stay = orders, seed, speed, stay
        self._settings = place.settings(free_port(port))
        self._clock = SharedClock.make(place.dir / CLOCK_FILE, START)
        self._brand = make_brand(self._stream("brand"), orders)
        self._twins = self._make_twins(self._brand)
        self._servers = TwinServers(self._twins, self._settings.port)
        self._world = World(self._brand, self._twins, self._stream("world"))
        self.closing: Closing | None = None

    def _stream(self, name: str) -> Random:
        """Independent sources of chance: one more draw in one place moves no other."""
        return Random(f"{self._seed}/{name}")

    def _make_twins(self, brand: Brand) -> Mapping[str, Twin]:
        found, twins = registry.load(), {}
        for connection_id, (kind, platform) in brand.platforms.items():
            plugin = found.plugin(kind, platform)
            assert plugin is not None, f"{platform}: {found.broken.get(platform, 'not installed')}"
            seed = self._stream(f"twin/{connection_id}").getrandbits(32)
            twins[connection_id] = load_twin(plugin, self._clock, seed)
        return twins

    async def run(self) -> int:
        """Open, let the world live, close; the hub's process and the twins end with it."""
        _log_to(self._place.dir / "demo.log")
        _end_on(signal.SIGTERM)
        began = time.monotonic()
        async with self._open_hub() as hub, self._servers.serving():
            await open_for_business(hub, self._brand, self._twins, self._servers.address)
            async with hub_process(self._place, self._settings) as process:
                self._world.plan(self._clock(), self._orders, ARRIVALS_DAYS)
                self._clock.set_speed(self._speed)
                background = asyncio.create_task(self._servers.post_webhooks())
                try:
                    self.closing = await self._live(hub, process, background)
                    self._report(self.closing, time.monotonic() - began)
                    if self._stay:
                        await self._stay_up(process)
                finally:
                    background.cancel()
                    await asyncio.wait([background])
        return self.closing.status

    @contextlib.asynccontextmanager
    async def _open_hub(self) -> AsyncIterator[HubContext]:
        """The hub's database, for entering the brand, booking goods in and looking; no workers."""
        migrate(self._settings.sqlalchemy_url)
        world = HubWorld(now=self._clock, sleep=self._move_clock, shares_clock=True)
        hub = open_hub(self._settings, world=world)
        try:
            yield hub
        finally:
            await hub.close()

    async def _move_clock(self, seconds: float) -> None:
        """Before the hub's process keeps the pace, waiting moves the clock."""
        self._clock.advance(timedelta(seconds=seconds))

    # ---------------------------------------------------------------------------- life

    async def _live(self, hub: HubContext, process: Process, background: asyncio.Task[None]) -> Closing:
        with Progress(self._out, self._clock, self._world, self._servers, self._orders) as progress:
            looks = asyncio.create_task(self._look(hub, progress))
            try:
                while not looks.done():
                    _still_runs(process, self._place)
                    if background.done():
                        background.result()
                    self._world.act(self._clock())
                    await self._restock(hub)
                    await asyncio.sleep(STEP_SECONDS)
                return looks.result()
            finally:
                looks.cancel()

    async def _restock(self, hub: HubContext) -> None:
        restocks = self._world.restocks
        while restocks and restocks[0].at <= self._clock():
            await hub.database.run(lambda uow: receive_goods(hub, uow, restocks[0], hub.now()))
            restocks.pop(0)

    async def _look(self, hub: HubContext, progress: Progress) -> Closing:
        """Show how far everything is; returns when all is done, or when it should be and is not."""
        quiet_since: datetime | None = None
        give_up_at = time.monotonic() + self._patience()
        while True:
            counts = await hub.database.read(lambda uow: count(uow, self._clock()))
            progress.show(counts)
            is_behind = counts.waiting > MOST_WAITING or self._servers.to_post > MOST_TO_POST
            self._clock.set_speed(self._speed / BRAKE if is_behind else self._speed)
            quiet_since = (quiet_since or self._clock()) if self._is_quiet() else None
            is_late = time.monotonic() > give_up_at
            if quiet_since or is_late:
                closing = Closing(await close_stores(hub, self._world), await hub.database.read(open_work))
                is_late = is_late or (quiet_since or START) + SETTLES_WITHIN < self._clock()
                if closing.status == 0 or is_late:
                    return closing
            await asyncio.sleep(LOOK_SECONDS)

    def _is_quiet(self) -> bool:
        """Nothing will happen outside of the hub any more."""
        is_over = self._world.next_act() is None and not self._world.restocks
        return is_over and self._servers.to_post == 0

    def _patience(self) -> float:
        """Real seconds after which a run is given up: generous, for machines that do other things too."""
        whole_run = timedelta(days=ARRIVALS_DAYS + 14).total_seconds() / self._speed
        return 60 + 3 * whole_run + 0.15 * self._orders

    def _report(self, closing: Closing, seconds: float) -> None:
        days = (self._clock() - START) / timedelta(days=1)
        self._out.print(closing_table(closing.rows, self._brand))
        for line in (*holds(closing.rows, self._brand), *problems(closing.rows, closing.open_work)):
            self._out.print(line)
        verdict = "Every row closes" if closing.status == 0 else "Not every row closes"
        self._out.print(
            f"{verdict}: {len(self._world.placed)} orders, {days:.1f} days in {seconds:.0f} s,"
            f" {self._servers.answered} requests, {self._servers.posted} webhooks."
        )

    async def _stay_up(self, process: Process) -> None:
        """At the pace of real time, until somebody interrupts."""
        self._clock.set_speed(1)
        self._out.print(f"The hub stays up: http://127.0.0.1:{self._settings.port}/ (Ctrl-C ends it)")
        self._out.print(f"Look closer: cd {self._place.dir} && {_orderhub()} orders list")
        while True:
            _still_runs(process, self._place)
            self._world.act(self._clock())
            await asyncio.sleep(LOOK_SECONDS)


@contextlib.asynccontextmanager
async def hub_process(place: Place, settings: HubSettings) -> AsyncIterator[Process]:
    """The hub at work in a process of its own, from when it is ready. It ends when its input is closed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    with place.log.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "hub.demo.hub_process"),
            cwd=place.dir,
            env=environment,
            stdin=PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        await _until_ready(process, place, settings)
        yield process
    finally:
        await _end(process)


async def _end(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), END_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _until_ready(process: Process, place: Place, settings: HubSettings) -> None:
    deadline = time.monotonic() + START_SECONDS
    address = f"http://127.0.0.1:{settings.port}/health/ready"
    async with httpx.AsyncClient(trust_env=False) as client:
        while time.monotonic() < deadline:
            _still_runs(process, place)
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(address)).is_success:
                    return
            await asyncio.sleep(STEP_SECONDS)
    raise HubEnded(f"The hub was not ready within {START_SECONDS} s; its log is {place.log}")


def _still_runs(process: Process, place: Place) -> None:
    if process.returncode is not None:
        raise HubEnded(f"The hub's process ended with status {process.returncode}; its log is {place.log}")


def _orderhub() -> str:
    return str(Path(sys.executable).with_name("orderhub"))


def _log_to(path: Path) -> None:
    """What libraries in this process have to say must not break the display."""
    logging.getLogger().handlers = [logging.FileHandler(path)]


def _end_on(signal_number: signal.Signals) -> None:
    """Treat a polite end like Ctrl-C, so that nothing is left behind."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal_number, task.cancel)
