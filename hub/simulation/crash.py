"""Death of a process, simulated: an exception that unwinds everything, and a database that survives it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

import sqlalchemy as sa

from hub.clock import Clock
from hub.simulation.faults import FaultMix
from hub.storage.database import InlineDatabase, UnitOfWork, Wake

T = TypeVar("T")


class Crash(BaseException):
    """The process dies here. Nothing but the simulation catches it."""


class SimulatedClock:
    """True time for the world, the twins and all leases; the hub's own clock may be set wrong."""

    def __init__(self, start: datetime) -> None:
        self.true = start
        self.error = timedelta(0)

    def world(self) -> datetime:
        return self.true

    def hub(self) -> datetime:
        return self.true + self.error

    def advance_to(self, moment: datetime) -> None:
        self.true = max(self.true, moment)

    async def sleep(self, seconds: float) -> None:
        """Time passes, and others who are ready to run do."""
        self.true += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class Fate:
    """Decides when the running process dies. Once dead, nothing of it touches the world any more."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.mix = FaultMix(chances={})
        self.is_dead = False
        self.deaths: dict[str, int] = {}
        self.doom: Callable[[str], bool] = lambda where: False
        """A test may name the moment itself."""

    def pass_by(self, where: str) -> None:
        """A point at which the process may die. Raises `Crash`."""
        if self.is_dead:
            raise Crash(where)
        if self.strikes("crash") or self.doom(where):
            self.is_dead = True
            self.deaths[where] = self.deaths.get(where, 0) + 1
            raise Crash(where)

    def strikes(self, fault: str) -> bool:
        chance = self.mix[fault]
        return chance > 0 and self._random.random() < chance

    def reborn(self) -> None:
        self.is_dead = False


class MortalDatabase(InlineDatabase):
    """Runs units of work inline; the process may die before a commit or after it. What was
    committed is there for the next process. Connections stay open until `end`: the pool's part of a
    transaction costs more than the transaction."""

    def __init__(self, url: str, fate: Fate, clock: Clock) -> None:
        super().__init__(url.replace("postgresql://", "postgresql+psycopg://", 1), threads=1, clock=clock)
        self._fate = fate
        self._kept: dict[sa.Engine, sa.Connection] = {}
        self.commits = 0

    def transact(
        self, work: Callable[[UnitOfWork], T], *, reading: bool = False, single: bool = False
    ) -> tuple[T, list[Wake]]:
        if reading:
            if self._fate.is_dead:
                raise Crash("dead")
            return super().transact(work, reading=True)

        def mortal(uow: UnitOfWork) -> T:
            result = work(uow)
            self._fate.pass_by("before a commit")
            return result

        result = super().transact(mortal)  # so that death can come before the commit
        self.commits += 1
        self._fate.pass_by("after a commit")
        return result

    @contextmanager
    def _begun(self, engine: sa.Engine) -> Iterator[sa.Connection]:
        if engine not in self._kept:
            self._kept[engine] = engine.connect()
        connection = self._kept[engine]
        with connection.begin():
            yield connection

    def close(self) -> None:
        """A process that ends leaves the database standing; `end` ends it."""

    def end(self) -> None:
        for connection in self._kept.values():
            connection.close()
        self._kept.clear()
        super().close()
