"""The machine on which simulated hub processes live and die: clock, database, queue, cables to the twins."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
from pydantic import SecretStr

from connectors.kit.conformance.rig import load_twin
from connectors.kit.twin import Twin
from hub import registry
from hub.bootstrap import World as HubWorld
from hub.bootstrap import open_hub
from hub.clock import CountedIds
from hub.context import HubContext
from hub.jobs.table import JOBS
from hub.registry import Registry
from hub.settings import HubSettings
from hub.simulation.crash import Crash, Fate, MortalDatabase, SimulatedClock
from hub.simulation.wire import Cable, Line
from hub.storage.database import Wake
from hub.vault import Vault, new_master_key

START = datetime(2026, 2, 27, 6, 30, tzinfo=UTC)
PULL_EVERY = (80, 300)
"""Minutes, drawn from the seed: webhooks bring most, pulls what was lost."""
TRACK_EVERY = timedelta(hours=9)

PATIENCE = 400
"""Turns of the event loop for which a sleeping worker lets another one go ahead."""


def stream(seed: int, name: str) -> Random:
    """Independent sources of chance: one more draw in one place moves no other."""
    return Random(f"{seed}/{name}")


def address(connection_id: str) -> str:
    """Where the twin of a connection answers."""
    return f"https://{connection_id}.example"


@dataclass
class InlineQueue:
    """Remembers what was woken; the seed loses some wake-ups."""

    fate: Fate
    woken: dict[Wake, None] = field(default_factory=dict)

    async def wake(self, wakes: Sequence[Wake]) -> bool:
        for wake in wakes:
            if not self.fate.strikes("lost_wake"):
                self.woken[wake] = None
        return True

    async def is_reachable(self) -> bool:
        return True

    async def workers(self, lane: str) -> int:
        return 1

    def take(self) -> list[Wake]:
        """What was woken so far, each job once."""
        taken = sorted(self.woken, key=lambda wake: (wake.job, wake.key, wake.lane))
        self.woken.clear()
        return taken

    async def close(self) -> None:
        self.woken.clear()


class Machine:
    """`platforms`: connection id → (kind, platform). The running process is `hub`."""

    def __init__(self, seed: int, platforms: Mapping[str, tuple[str, str]], database_url: str | None) -> None:
        self.clock = SimulatedClock(START)
        self.fate = Fate(stream(seed, "fate"))
        self.database = MortalDatabase(database_url or "sqlite://", self.fate, self.clock.world)
        self.queue = InlineQueue(self.fate)
        minutes = stream(seed, "pulls").uniform(*PULL_EVERY)
        self.registry = slower(registry.load(), timedelta(minutes=minutes))
        self.twins = {
            connection_id: self._twin(kind, platform, stream(seed, f"twin/{connection_id}"))
            for connection_id, (kind, platform) in platforms.items()
        }
        self._scheduler = stream(seed, "machine")
        self._secrets = stream(seed, "secrets")
        self._jitter = stream(seed, "jitter")
        self._new_id = CountedIds()
        self._master_key = new_master_key(self._secrets.randbytes)
        self._settings = HubSettings(
            master_keys=(SecretStr(self._master_key),),
            track_every=TRACK_EVERY,
            public_url="https://hub.example",
        )
        self._hub: HubContext | None = None
        self._others: list[asyncio.Task[None]] = []

    @property
    def hub(self) -> HubContext:
        assert self._hub is not None, "no process was started"
        return self._hub

    def _twin(self, kind: str, platform: str, random: Random) -> Twin:
        plugin = self.registry.plugin(kind, platform)
        assert plugin is not None, f"{platform}: {self.registry.broken.get(platform, 'not installed')}"
        return load_twin(plugin, self.clock.world, random.getrandbits(32))

    def start(self) -> None:
        """A new process: new connectors, nothing in memory, the database as it is. It may die at birth."""
        while True:
            self.fate.reborn()
            self.queue.woken.clear()
            try:
                self._hub = self._open()
                return
            except Crash:
                continue

    def _open(self) -> HubContext:
        return open_hub(
            self._settings,
            world=HubWorld(
                now=self.clock.hub,
                sleep=self.clock.sleep,
                new_id=self._new_id,
                jitter=self._jitter.random,
                make_client=lambda connection: self._client(connection.connection_id),
                registry=self.registry,
                shares_clock=True,
            ),
            queue=self.queue,
            database=self.database,
            vault=Vault([self._master_key], self._secrets.randbytes),
        )

    def _client(self, connection_id: str) -> httpx.AsyncClient:
        async def meanwhile() -> None:
            await self._other_worker(connection_id)

        cable = Cable(self.twins[connection_id], self.fate, self.clock, self._scheduler, meanwhile)
        return Line(cable)

    async def _other_worker(self, connection_id: str) -> None:
        """Another worker sends what is due through a connection whose worker sleeps: its leases have run out.
        It may have to wait for that one (a lock), so nobody waits for it here."""
        if self._others:
            return
        other = asyncio.create_task(_until_done(JOBS["work_outbox"](self.hub, connection_id)))
        self._others.append(other)
        for _ in range(PATIENCE):
            if other.done():
                return
            await asyncio.sleep(0)

    async def settle(self) -> None:
        """Wait for the other workers; raises what they died of."""
        while self._others:
            await self._others.pop()

    async def bury(self) -> None:
        """The rest of a dead process goes down too; then a new one starts, a while later."""
        current = asyncio.current_task()
        rest = [task for task in asyncio.all_tasks() if task is not current]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        self._others.clear()
        self.clock.advance_to(self.clock.true + timedelta(seconds=self._scheduler.uniform(1, 90)))
        self.start()


async def _until_done(work: Awaitable[None]) -> None:
    await work


def slower(found: Registry, pull_every: timedelta) -> Registry:
    """The same plug-ins, asked less often: days of virtual time cost requests, webhooks bring the rest."""
    stores = {
        name: dataclasses.replace(plugin, pull_every=pull_every, poll_every=pull_every)
        for name, plugin in found.stores.items()
    }
    return dataclasses.replace(found, stores=stores)
