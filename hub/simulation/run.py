"""One seed, one whole life of the hub: everything in one process, on a virtual clock, with faults.

    plan the world → faults on → (act, deliver webhooks, run jobs, check, jump to what is due next)*
    → faults off → the same until nothing is due (N-LIVE: by a deadline) → close the stores → digest

The same seed gives the same digest, on SQLite and on PostgreSQL. Nothing here reads a wall clock.
"""

import asyncio
import contextlib
import gc
from collections import Counter
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from hub.context import HubContext
from hub.jobs.sweep import due_work
from hub.jobs.table import JOBS
from hub.simulation.brand import make_brand
from hub.simulation.closing import StoreClosing, close_stores
from hub.simulation.crash import Crash
from hub.simulation.digest import digest_tables
from hub.simulation.due import next_due, open_work, parked_without_case
from hub.simulation.faults import NO_FAULTS, FaultMix, draw_faults
from hub.simulation.invariants import Ledgers, Violated, check_books, patient_stores
from hub.simulation.keeper import Keeper
from hub.simulation.machine import Machine, address, stream
from hub.simulation.opening import open_for_business, receive_goods
from hub.simulation.wire import Door, Line
from hub.simulation.world import World
from hub.storage.all_tables import metadata
from hub.storage.database import UnitOfWork, Wake

T = TypeVar("T")

SETTLES_WITHIN = timedelta(days=4)
"""N-LIVE: how long after the last event and the last fault the hub may need until nothing is due."""
RESTS_FOR = timedelta(hours=11)
"""How long nothing happens before the end: every pull and every tracking comes round in that time."""
CHECK_EVERY = 20
"""Commits between two checks of the books: a promise that is not there stays to be seen."""
AT_ONE_INSTANT = 60
"""Rounds of jobs at one instant before time moves on regardless."""


@dataclass(frozen=True)
class Report:
    """What a run came to. `violation` is null if every invariant held."""

    seed: int
    orders: int
    days: float
    digest: str
    tables: Mapping[str, str]
    stores: Sequence[StoreClosing]
    faults: FaultMix
    deaths: Mapping[str, int]
    steps: int
    jobs: Mapping[str, int]
    ended_at: datetime
    violation: str = ""

    @property
    def holds(self) -> bool:
        return not self.violation

    @property
    def reproduce(self) -> str:
        return f"orderhub simulate --seed {self.seed} --orders {self.orders} --days {self.days:g}"


class Simulation:
    """`faults` null: a mix drawn from the seed."""

    def __init__(
        self,
        seed: int,
        orders: int = 50,
        days: float = 2.0,
        *,
        database_url: str | None = None,
        faults: FaultMix | None = None,
    ) -> None:
        self.seed, self.orders, self.days = seed, orders, days
        self.random = stream(seed, "scheduler")
        self.mix = faults if faults is not None else draw_faults(stream(seed, "faults"))
        self.brand = make_brand(stream(seed, "brand"), orders)
        self.machine = Machine(seed, self.brand.platforms, database_url)
        self.twins = self.machine.twins
        self.clock, self.fate = self.machine.clock, self.machine.fate
        self.database, self.queue = self.machine.database, self.machine.queue
        self.world = World(self.brand, self.twins, stream(seed, "world"))
        self.keeper = Keeper(self.twins, address)
        self.ledgers = Ledgers(self.twins, patient_stores(self.brand))
        self._door = Line(Door(lambda: self.hub, self.fate))
        self.steps = 0
        self.jobs: Counter[str] = Counter()
        self._checked = 0

    @property
    def hub(self) -> HubContext:
        """The process that lives now."""
        return self.machine.hub

    async def run(self) -> Report:
        """The whole life; violations of invariants end up in the report."""
        violation = ""
        try:
            await self._live()
        except Violated as found:
            violation = str(found)
        stores = await close_stores(self.hub, self.world) if not violation else []
        if not violation and (
            problems := [f"{row.store_id} {why}" for row in stores for why in row.problems]
        ):
            violation = f"{_invariant(problems[0])}: {'; '.join(problems[:6])}"
        digest, tables = digest_tables(self.database.engine)
        self.database.end()
        return Report(
            seed=self.seed,
            orders=self.orders,
            days=self.days,
            digest=digest,
            tables=tables,
            stores=stores,
            faults=self.mix,
            deaths=self.fate.deaths,
            steps=self.steps,
            jobs=self.jobs,
            ended_at=self.clock.true,
            violation=violation,
        )

    async def _live(self) -> None:
        metadata.create_all(self.database.engine)
        self.machine.start()
        await open_for_business(self.hub, self.brand, self.twins, address)
        self.world.plan(self.clock.true, self.orders, self.days)
        self._set_faults(self.mix)
        calm_at = self.clock.true + timedelta(days=self.days + 2)
        while self.clock.true < calm_at:
            await self._turn()
            self._jump(calm_at)
        self._set_faults(NO_FAULTS)
        await self._come_to_rest()

    def _set_faults(self, mix: FaultMix) -> None:
        self.fate.mix = mix
        for twin in self.twins.values():
            mix.apply(twin)
        if not mix.chances:
            self.clock.error = timedelta(0)

    async def _come_to_rest(self) -> None:
        """Until nothing is due and every poll came round since the last event."""
        quiet_from = deadline = None
        while True:
            await self._turn()
            upcoming = self._next_event()
            left = self.database.transact(open_work, reading=True)[0]
            if upcoming is not None:
                quiet_from = deadline = None
            else:
                quiet_from = quiet_from or self.clock.true
                deadline = deadline or self.clock.true + SETTLES_WITHIN
                if not left and self.clock.true >= quiet_from + RESTS_FOR:
                    return self._check_rest()
                if self.clock.true > deadline:
                    raise Violated("N-LIVE", f"still open after {SETTLES_WITHIN}: {left[:5]}")
            self._jump(self.clock.true + timedelta(hours=6))

    def _next_event(self) -> datetime | None:
        """When the world moves next by itself."""
        moments = [self.world.next_act()]
        moments += [webhook.due for twin in self.twins.values() for webhook in twin.outbound]
        moments += [restock.at for restock in self.world.restocks[:1]]
        return min((each for each in moments if each is not None), default=None)

    def _due(self) -> datetime:
        return self.database.transact(lambda uow: next_due(uow, self.clock), reading=True)[0]

    def _jump(self, latest: datetime) -> None:
        """To what is due next. The world moves almost to the second; what the hub polls for comes up to ten
        minutes late, so that what is due together is done together."""
        upcoming = max(self._due(), self.clock.true) + timedelta(seconds=self.random.uniform(1, 600))
        if event := self._next_event():
            upcoming = min(upcoming, event + timedelta(seconds=self.random.uniform(0, 5)))
        self.clock.advance_to(max(min(upcoming, latest), self.clock.true + timedelta(seconds=1)))
        if self.fate.strikes("clock"):
            self.clock.error = timedelta(seconds=self.random.uniform(-240, 240))

    async def _turn(self) -> None:
        self.world.act(self.clock.true)
        await self._restock()
        await self._sign_in_again()
        await self._deliver_webhooks()
        for _ in range(AT_ONE_INSTANT):
            wakes = await self._take_wakes()
            if not wakes:
                return
            await self._work(wakes)
            await self._deliver_webhooks()

    async def _restock(self) -> None:
        while self.world.restocks and self.world.restocks[0].at <= self.clock.true:
            restock = self.world.restocks[0]
            await self._survive(
                self.hub.database.run(lambda uow: receive_goods(self.hub, uow, restock, self.hub.now()))  # noqa: B023 - runs at once
            )
            if self.database.transact(lambda uow: _is_known(uow, restock.reference), reading=True)[0]:  # noqa: B023 - runs at once
                self.world.restocks.pop(0)

    async def _sign_in_again(self) -> None:
        now = self.clock.true
        for connection_id in self.database.transact(lambda uow: self.keeper.asked(uow, now), reading=True)[0]:
            await self._survive(
                self.hub.database.run(lambda uow: self.keeper.sign_in(self.hub, uow, connection_id))  # noqa: B023 - runs at once
            )
            self.jobs["sign in again"] += 1

    async def _deliver_webhooks(self) -> None:
        for twin in self.twins.values():
            if any(webhook.due <= self.clock.true for webhook in twin.outbound):
                await twin.deliver_webhooks(self._door)
                if self.fate.is_dead:
                    await self.machine.bury()

    async def _take_wakes(self) -> list[Wake]:
        """What was woken, else what the sweep finds; in an order that the seed decides."""
        wakes = self.queue.take()
        if not wakes and self._due() <= self.clock.true:
            wakes = await self._survive(due_work(self.hub)) or []
        self.random.shuffle(wakes)
        return wakes

    async def _work(self, wakes: list[Wake]) -> None:
        while wakes:
            together = [wakes.pop()]
            if self.fate.strikes("race"):
                together.append(wakes.pop() if wakes and self.random.random() < 0.5 else together[0])
            for wake in together:
                self.jobs[wake.job] += 1
            await self._survive(_all(*(JOBS[wake.job](self.hub, wake.key) for wake in together)))
            self._check()

    async def _survive(self, work: Awaitable[T]) -> T | None:
        """Do something that the process may die of. Any other exception is a bug."""
        result = None
        try:
            result = await work
            await self.machine.settle()
        except Crash:
            pass
        except Exception as error:
            raise Violated("N-LIVE", f"a job failed with {type(error).__name__}: {error}") from error
        if self.fate.is_dead:
            await self.machine.bury()
            return None
        return result

    def _check(self) -> None:
        self.steps += 1
        self.ledgers.check()
        if self.database.commits >= self._checked + CHECK_EVERY:
            self.check_books()

    def _check_rest(self) -> None:
        """N-TOLD: nothing was given up, but for what came too late and is a case."""
        self.check_books()
        if parked := self.database.transact(parked_without_case, reading=True)[0]:
            raise Violated("N-TOLD", f"given up: {parked}")

    def check_books(self) -> None:
        self._checked = self.database.commits
        self.database.transact(check_books, reading=True)


async def _all(*jobs: Awaitable[object]) -> object:
    if len(jobs) == 1:
        return await jobs[0]
    results = await asyncio.gather(*jobs, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return None


def _is_known(uow: UnitOfWork, reference: str) -> bool:
    return uow.one("SELECT id FROM stock_movements WHERE reference = :r", r=reference) is not None


def _invariant(problem: str) -> str:
    return "N-LOST" if "does not know it" in problem else "N-TOLD"


def simulate(
    seed: int,
    orders: int = 50,
    days: float = 2.0,
    *,
    database_url: str | None = None,
    faults: FaultMix | None = None,
) -> Report:
    """Run one seed from an empty database to the closing comparison."""
    with rare_collections():
        return asyncio.run(Simulation(seed, orders, days, database_url=database_url, faults=faults).run())


@contextlib.contextmanager
def rare_collections() -> Iterator[None]:
    """Twins keep all that ever happened, and the collector would walk through it again and again."""
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
