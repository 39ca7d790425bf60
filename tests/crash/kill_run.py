"""Two hub processes on PostgreSQL, twins over real HTTP, and somebody who kills, wipes and cuts.

The driver (this process) is the outside: twins with their ledgers, buyers, carriers, time. The hub under
test are two other processes. They are killed with SIGKILL at random moments while they work, the queue server
loses everything, the database loses its connections, every platform misbehaves. Then all that stops, the hub
comes to rest, and the books are compared with what the platforms know.
"""

import asyncio
import contextlib
import logging
import socket
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import psycopg
from redis import Redis
from redis.exceptions import RedisError
from starlette.types import Receive, Scope, Send

from connectors.kit.conformance.rig import load_twin
from connectors.kit.twin import Fault, Twin
from hub.bootstrap import open_hub
from hub.clock import micros
from hub.context import HubContext
from hub.demo.twins import TwinServers
from hub.domain.order import Reason
from hub.embedded import EmbeddedQueue
from hub.settings import HubSettings
from hub.simulation.brand import make_brand
from hub.simulation.closing import close_stores
from hub.simulation.due import open_work
from hub.simulation.faults import ANSWERS, PAGES, SIGN_IN, WEBHOOKS, all_faults
from hub.simulation.invariants import Ledgers, Violated, check_books, patient_stores
from hub.simulation.keeper import Keeper
from hub.simulation.opening import open_for_business, receive_goods
from hub.simulation.world import World
from hub.storage import story
from hub.storage.database import UnitOfWork
from hub.vault import new_master_key
from tests.crash.clock import TICK_SECONDS, SteppedClock
from tests.crash.hub_process import PULL_EVERY, crash_world
from tests.crash.victims import Victim

START = datetime(2026, 2, 27, 6, 30, tzinfo=UTC)
STEP, SMALL_STEP, CRAWL = timedelta(minutes=5), timedelta(seconds=20), timedelta(seconds=1)
LEASE = timedelta(hours=3)
TRACK_EVERY = timedelta(hours=12)
QUIET_FOR = 2 * TRACK_EVERY + PULL_EVERY
MOST_WAITING = 150
"""Rows that are due before time all but stands still for the hub."""


@dataclass(frozen=True, kw_only=True)
class KillReport:
    """What was done to the hub and what came of it; no `problems` if nothing was lost or doubled."""

    seed: int
    orders: int
    strikes: Mapping[str, int]
    leased_at_kills: int
    signed_in_again: int
    requests: int
    effects: Mapping[str, int]
    repeated: int
    """Deliveries of outbox messages beyond the first of each."""
    faults: Mapping[str, int]
    seconds: float
    problems: list[str] = field(default_factory=list)
    stories: list[str] = field(default_factory=list)
    """What the hub knows of the orders that the problems name."""

    @property
    def holds(self) -> bool:
        return not self.problems

    def __str__(self) -> str:
        struck = ", ".join(f"{number} × {what}" for what, number in sorted(self.strikes.items()))
        return (
            f"seed {self.seed}, {self.orders} orders: {struck}, {self.leased_at_kills} messages leased then, "
            f"{self.signed_in_again} times signed in again; "
            f"{self.requests} requests, {self.repeated} deliveries repeated, "
            f"{sum(self.effects.values())} effects, twins' faults {sum(self.faults.values())}; "
            f"{self.seconds:.0f} s; " + ("everything once" if self.holds else "; ".join(self.problems[:8]))
        )


class _Servers(TwinServers):
    """Where a twin gives no answer, the connection is cut in the middle of one."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except httpx.ReadTimeout:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
            raise ConnectionAbortedError from None


class _Run:
    def __init__(self, database_url: str, seed: int, orders: int, days: float, folder: Path) -> None:
        self.seed, self.orders, self.days = seed, orders, days
        self.random = Random(f"{seed}/kills")
        self.clock = SteppedClock.make(folder / "clock", START)
        self.database_url = database_url
        self.queue = EmbeddedQueue(folder)
        self.brand = make_brand(Random(f"{seed}/brand"), orders)
        self.port = _free_port()
        self.environment = self._environment(folder)
        world = crash_world(self.clock)
        self.twins: dict[str, Twin] = {}
        for number, (name, (kind, platform)) in enumerate(self.brand.platforms.items()):
            plugin = world.registry.plugin(kind, platform)
            assert plugin is not None
            self.twins[name] = load_twin(plugin, self.clock, seed * 100 + number)
        self.world = World(self.brand, self.twins, Random(f"{seed}/world"))
        self.servers = _Servers(self.twins, self.port)
        self.keeper = Keeper(self.twins, self.servers.address)
        self.victims = [
            Victim(
                f"hub {slot}",
                [str(folder / "clock"), str(slot), *(["web"] if slot == 1 else [])],
                self.environment,
                folder / f"hub-{slot}.log",
            )
            for slot in (1, 2)
        ]
        self.hub = self._open(world)
        self.strikes: Counter[str] = Counter()
        self.leased_at_kills = 0
        self.signed_in_again = 0

    def _environment(self, folder: Path) -> dict[str, str]:
        return {
            "HUB_DATA_DIR": str(folder),
            "HUB_DATABASE_URL": self.database_url,
            "HUB_REDIS_URL": f"unix://{self.queue.socket}",
            "HUB_MASTER_KEYS": f'["{new_master_key()}"]',
            "HUB_PORT": str(self.port),
            "HUB_PUBLIC_URL": "https://orderhub.example",
            "HUB_LEASE": f"PT{LEASE.total_seconds():.0f}S",
            "HUB_TRACK_EVERY": f"PT{TRACK_EVERY.total_seconds():.0f}S",
            "HUB_SWEEP_EVERY": "PT0.5S",
        }

    def _open(self, world: object) -> HubContext:
        chosen = {name.removeprefix("HUB_").lower(): value for name, value in self.environment.items()}
        keys = chosen.pop("master_keys")[2:-2]
        return open_hub(HubSettings(**chosen, master_keys=(keys,)), world=world)  # type: ignore[arg-type]

    async def open(self) -> None:
        """Time passes meanwhile: platforms limit how fast one may ask."""
        opening = asyncio.create_task(
            open_for_business(self.hub, self.brand, self.twins, self.servers.address)
        )
        while not opening.done():
            await self._tick(timedelta(seconds=1))
        opening.result()

    # ------------------------------------------------------------------ striking

    async def strike(self, what: str) -> None:
        for victim in self.victims:
            await victim.wait_until_ready()
        await self._until_busy()
        await asyncio.sleep(self.random.random() * 0.03)
        self.strikes[what] += 1
        match what:
            case "kill":
                slot = self.random.choice((1, 2))
                self.leased_at_kills += await self._count(_LEASED)
                await self.victims[slot - 1].kill()
                self.clock.forget(slot)
                await self.victims[slot - 1].start()
            case "wipe":
                self._wipe()
            case "cut":
                self._cut()

    async def _until_busy(self) -> None:
        """Kill those who work; for a moment at most, for there may be nothing to do."""
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline and not await self._count(_BUSY):
            await self._tick(SMALL_STEP)

    def _wipe(self) -> None:
        """Everything is forgotten; every other time the server dies of it and comes back empty."""
        with contextlib.suppress(RedisError), Redis(unix_socket_path=str(self.queue.socket)) as redis:
            redis.flushall()
            if self.strikes["wipe"] % 2 == 0:
                redis.shutdown(nosave=True)
        if self.strikes["wipe"] % 2 == 0:
            self.queue.start()

    def _cut(self) -> None:
        address = self.database_url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    # ------------------------------------------------------------------- running

    async def _count(self, statement: str) -> int:
        """`:now` is in it or not."""
        now = {"now": micros(self.clock())} if ":now" in statement else {}
        return int((await self.hub.database.read(lambda uow: uow.all(statement, **now)))[0][0])

    async def _tick(self, step: timedelta) -> None:
        self.world.act(self.clock())
        while self.world.restocks and self.world.restocks[0].at <= self.clock():
            restock = self.world.restocks.pop(0)
            await self.hub.database.run(lambda uow: receive_goods(self.hub, uow, restock, self.clock()))  # noqa: B023 - runs at once
        await self._sign_in_again()
        self.clock.advance_to(self.clock() + step)
        await asyncio.sleep(TICK_SECONDS)

    async def _sign_in_again(self) -> None:
        now = self.clock()
        for connection_id in await self.hub.database.read(lambda uow: self.keeper.asked(uow, now)):
            self.signed_in_again += 1
            await self.hub.database.run(lambda uow: self.keeper.sign_in(self.hub, uow, connection_id))  # noqa: B023 - runs at once

    async def live(self, plan: Mapping[str, int]) -> None:
        """All orders and all strikes."""
        span = timedelta(days=self.days + 1)
        names = [name for name, number in plan.items() for _ in range(number)]
        strikes = sorted((START + span * self.random.uniform(0.02, 1), name) for name in names)
        while strikes or not self.world.is_over:
            if strikes and strikes[0][0] <= self.clock():
                await self.strike(strikes.pop(0)[1])
            waits = await self._count(_WAITING)
            await self._tick(STEP if not waits else SMALL_STEP if waits < MOST_WAITING else CRAWL)

    async def come_to_rest(self, deadline: float) -> list[str]:
        """Until nothing is due and every poll came round; what is left is named."""
        for twin in self.twins.values():
            twin.faults.chance = {}
        quiet_since = self.clock()
        while self.clock() < quiet_since + QUIET_FOR:
            left = (await self.hub.database.read(open_work)) if self._world_rests() else ["the world"]
            if left:
                quiet_since = self.clock()
            if time.monotonic() > deadline or any(victim.has_died for victim in self.victims):
                return left
            await self._tick(STEP)
        return []

    def _world_rests(self) -> bool:
        return not self.world.restocks and self.world.next_act() is None and not self.servers.to_post

    async def problems(self) -> list[str]:
        found = [
            f"{row.store_id} {why}"
            for row in await close_stores(self.hub, self.world)
            for why in row.problems
        ]
        ledgers = Ledgers(self.twins, patient_stores(self.brand))
        for check in (ledgers.check, lambda: self.hub.database.transact(check_books)):
            try:
                check()
            except Violated as violated:
                found.append(str(violated))
        if stuck := await self._count(_LEASED):
            found.append(f"{stuck} leases are stuck")
        return found

    async def stories(self, problems: Sequence[str]) -> list[str]:
        """From first byte to last, a few of them."""
        named = [
            each
            for each in await self.hub.database.read(_orders)
            if any(problem.startswith(f"{each.store_id} {each.external_id} ") for problem in problems)
        ]
        return [await self.hub.database.read(lambda uow: self._story(uow, each.id)) for each in named[:5]]  # noqa: B023 - runs at once

    def _story(self, uow: UnitOfWork, order_id: str) -> str:
        order = self.hub.books.orders.by_ids(uow, [order_id], locked=False)[order_id].order
        lines = story.tell(uow, order, self.clock())
        told = (f"  {each.at:%d %H:%M:%S} {each.kind}: {each.text} {_why(each.reasons)}" for each in lines)
        return "\n".join([f"{order_id} is {order.stage}", *told])


def _why(reasons: Sequence[Reason]) -> str:
    return "; ".join(each.text for each in reasons)


def _orders(uow: UnitOfWork) -> Sequence[Any]:
    return uow.all("SELECT id, store_id, external_id FROM orders ORDER BY id")


_LEASED = "SELECT count(*) FROM outbox WHERE state = 'open' AND lease_until > 0"
_BUSY = (
    "SELECT (SELECT count(*) FROM outbox WHERE state = 'open' AND lease_until > 0)"
    " + (SELECT count(*) FROM inbox WHERE state = 'new')"
)
_WAITING = (
    "SELECT (SELECT count(*) FROM inbox WHERE state = 'new')"
    " + (SELECT count(*) FROM outbox WHERE state = 'open' AND attempts = 0 AND not_before <= :now)"
    " + (SELECT count(*) FROM notices WHERE not_before <= :now)"
)


def _repeated(uow: UnitOfWork) -> int:
    return int(uow.all("SELECT coalesce(sum(attempts - 1), 0) FROM outbox WHERE attempts > 1")[0][0])


async def kill_run(
    database_url: str,
    *,
    seed: int = 1,
    orders: int = 150,
    days: float = 0.5,
    kills: int = 6,
    wipes: int = 2,
    cuts: int = 2,
    strength: float = 0.5,
    deadline_seconds: float = 300,
) -> KillReport:
    """One run on a database that has the schema and no row. `strength`: how much twins misbehave, of what
    they do at most."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="orderhub-kill-") as name:
        run = _Run(database_url, seed, orders, days, Path(name))
        async with _running(run):
            run.world.plan(run.clock(), orders, days)
            _misbehave(run.twins, strength)
            plan = {"kill": kills, "wipe": wipes, "cut": cuts}
            async with asyncio.timeout(deadline_seconds):
                await run.live(plan)
            left = await run.come_to_rest(began + deadline_seconds)
            problems = [f"N-LIVE: still open: {left[:5]}"] if left else await run.problems()
            return KillReport(
                seed=seed,
                orders=len(run.world.placed),
                strikes=dict(run.strikes),
                leased_at_kills=run.leased_at_kills,
                signed_in_again=run.signed_in_again,
                requests=run.servers.answered,
                effects=Counter(each.kind for twin in run.twins.values() for each in twin.effects),
                repeated=await run.hub.database.read(_repeated),
                faults=_seen(run.twins),
                seconds=time.monotonic() - began,
                problems=problems,
                stories=await run.stories(problems),
            )


@contextlib.asynccontextmanager
async def _running(run: _Run) -> AsyncIterator[None]:
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # cut answers are meant
    run.queue.start()
    try:
        async with run.servers.serving():
            await run.open()
            for victim in run.victims:
                await victim.start()
            posting = asyncio.create_task(run.servers.post_webhooks())
            try:
                yield
            finally:
                posting.cancel()
                await asyncio.gather(posting, return_exceptions=True)
                await asyncio.gather(*(victim.end() for victim in run.victims))
    finally:
        await run.hub.close()
        run.queue.stop()


def _misbehave(twins: Mapping[str, Twin], strength: float) -> None:
    for twin in twins.values():
        all_faults((*ANSWERS, *PAGES, *WEBHOOKS, *SIGN_IN), strength).apply(twin)


def _seen(twins: Mapping[str, Twin]) -> Counter[str]:
    """Faults that struck; whether webhooks change places is drawn at every look, so it says nothing."""
    seen = sum((twin.faults.seen for twin in twins.values()), Counter[str]())
    del seen[Fault.REORDER_WEBHOOK]
    return seen


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
