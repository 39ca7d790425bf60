"""One transaction at a time: where it runs, what it retries, and what it wakes after the commit."""

import asyncio
import random
import sqlite3
from collections import namedtuple
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError

from hub.clock import Clock, micros

T = TypeVar("T")

ATTEMPTS = 6
_RETRIED_STATES = {"40001", "40P01", "55P03", "57P01", "08006", "08003", "08001"}


@dataclass(frozen=True)
class Wake:
    """A wake-up for a job: sent after the commit, lost without harm (a sweep finds the rows)."""

    job: str
    key: str = ""
    lane: str = "live"


@dataclass
class UnitOfWork:
    """One connection, one transaction. Leaving it by an exception rolls everything back."""

    connection: sa.Connection
    wakes: dict[Wake, None] = field(default_factory=dict)

    @property
    def is_postgres(self) -> bool:
        return self.connection.dialect.name == "postgresql"

    def wake(self, job: str, key: str = "", lane: str = "live") -> None:
        self.wakes[Wake(job, key, lane)] = None

    def all(self, statement: str, **parameters: Any) -> list[sa.Row[Any]]:
        if self.is_postgres:
            return list(self.connection.execute(_text(statement), parameters).all())
        with closing(_execute(self.connection, statement, parameters)) as cursor:
            make = _row_maker(tuple([column[0] for column in cursor.description]))
            return [make(row) for row in cursor.fetchall()]

    def one(self, statement: str, **parameters: Any) -> sa.Row[Any] | None:
        if self.is_postgres:
            return self.connection.execute(_text(statement), parameters).first()
        with closing(_execute(self.connection, statement, parameters)) as cursor:
            row = cursor.fetchone()
            return _row_maker(tuple([column[0] for column in cursor.description]))(row) if row else None

    def change(self, statement: str, **parameters: Any) -> int:
        """Execute a writing statement; returns how many rows it changed."""
        if self.is_postgres:
            return self.connection.execute(_text(statement), parameters).rowcount
        return _execute(self.connection, statement, parameters).rowcount

    def change_each(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> int:
        """Execute one writing statement for each row; returns how many rows all of them changed."""
        return self.connection.execute(_text(statement), rows).rowcount


@cache
def _row_maker(names: tuple[str, ...]) -> Callable[[tuple[Any, ...]], Any]:
    """Makes rows that are read as SQLAlchemy's: by attribute, by position, as a dictionary."""
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # the names come with the statement
    make: Callable[[tuple[Any, ...]], Any] = row._make
    return make


@cache
def _text(statement: str) -> sa.TextClause:
    return sa.text(statement)


def _execute(connection: sa.Connection, statement: str, parameters: Mapping[str, Any]) -> sqlite3.Cursor:
    """SQLite past SQLAlchemy, which takes ten times as long as a small statement itself: the same parameters,
    rows and names of errors, and who listens to the engine hears of it."""
    raw: Any = connection.connection.driver_connection
    about = (connection, raw, statement, parameters, None, False)
    for hear in connection.dispatch.before_cursor_execute:
        hear(*about)
    try:
        cursor: sqlite3.Cursor = raw.execute(statement, parameters)
    except sqlite3.Error as error:
        dialect = connection.dialect
        raise DBAPIError.instance(statement, None, error, sqlite3.Error, dialect=dialect) from error
    for hear in connection.dispatch.after_cursor_execute:
        hear(*about)
    return cursor


class Database:
    """Runs units of work in database threads, so that the event loop never blocks on them.

    SQLite has one writer thread and one reader thread (WAL); PostgreSQL a small pool. `clock` null: leases
    use the server's clock.
    """

    def __init__(self, url: str, *, threads: int = 4, clock: Clock | None = None) -> None:
        self.engine = _engine(url, threads)
        self._reading = self.engine.execution_options(reading=True)
        self._single = (
            self.engine.execution_options(isolation_level="AUTOCOMMIT")
            if self.engine.dialect.name == "postgresql"
            else self.engine
        )
        self._clock = clock
        self.is_postgres = self.engine.dialect.name == "postgresql"
        self._writers = ThreadPoolExecutor(threads if self.is_postgres else 1, "database")
        self._readers = self._writers if self.is_postgres else ThreadPoolExecutor(1, "database-read")
        self.after_commit: Callable[[list[Wake]], Awaitable[object]] | None = None

    async def run(self, work: Callable[[UnitOfWork], T], *, single: bool = False) -> T:
        """Run `work` in a transaction, again from the start after a conflict or a lost connection, then
        send its wake-ups. `work` must do all that it does through its unit of work. `single`: it is one
        statement, which PostgreSQL commits by itself, without round trips for BEGIN and COMMIT."""
        result, wakes = await self._attempted(self._writers, lambda: self.transact(work, single=single))
        if wakes and self.after_commit:
            await self.after_commit(wakes)
        return result

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run a reading unit of work beside the writer."""
        result, _ = await self._attempted(self._readers, lambda: self.transact(work, reading=True))
        return result

    async def _attempted(self, pool: ThreadPoolExecutor, transaction: Callable[[], T]) -> T:
        attempt = 1
        while True:
            try:
                return await self._in_thread(pool, transaction)
            except DBAPIError as error:
                if attempt == ATTEMPTS or not _is_passing(error):
                    raise
            await self._pause(attempt)
            attempt += 1

    async def _in_thread(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)

    async def _pause(self, attempt: int) -> None:
        await asyncio.sleep(random.uniform(0, 0.02 * 2**attempt))

    def transact(
        self, work: Callable[[UnitOfWork], T], *, reading: bool = False, single: bool = False
    ) -> tuple[T, list[Wake]]:
        """One attempt, in the calling thread."""
        engine = self._reading if reading else self._single if single else self.engine
        with self._begun(engine) as connection:
            unit = UnitOfWork(connection)
            result = work(unit)
        return result, list(unit.wakes)

    def _begun(self, engine: sa.Engine) -> AbstractContextManager[sa.Connection]:
        """A connection in a transaction, which ends with the context."""
        return engine.begin()

    def lease_now(self, uow: UnitOfWork) -> int:
        """Microseconds on the clock that all workers share: the server's, or the virtual one."""
        if self._clock is not None:
            return micros(self._clock())
        if uow.is_postgres:
            row = uow.one("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)")
        else:
            row = uow.one("SELECT CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)")
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        self._writers.shutdown()
        self._readers.shutdown()
        self.engine.dispose()


class InlineDatabase(Database):
    """The same, in the calling thread: for the simulation, whose steps must not depend on threads."""

    async def _in_thread(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return work()

    async def _pause(self, attempt: int) -> None:
        return None


def _is_passing(error: DBAPIError) -> bool:
    """Lost connections, deadlocks and serialization failures pass; so does an insert that another worker
    made first, because the next attempt finds its row."""
    if error.connection_invalidated or isinstance(error, IntegrityError):
        return True
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRIED_STATES or "database is locked" in str(error.orig)


def _engine(url: str, threads: int) -> sa.Engine:
    if url.startswith("sqlite"):
        return _sqlite_engine(url)
    # an acknowledged webhook survives a power cut, whatever the server's own default is
    # and what is hot is in memory, so looking rows up one by one beats reading a whole table much earlier
    # than disks with moving heads make the planner believe
    options = (
        "-c synchronous_commit=on -c statement_timeout=120000 -c lock_timeout=20000 -c timezone=UTC"
        " -c random_page_cost=1.1"
    )
    return sa.create_engine(
        url,
        pool_size=threads,
        max_overflow=2,
        pool_recycle=1800,
        connect_args={"options": options, "connect_timeout": 5},
    )


def _sqlite_engine(url: str) -> sa.Engine:
    path = sa.engine.make_url(url).database
    in_memory = not path or path == ":memory:"
    if path and not in_memory:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        poolclass=sa.pool.StaticPool if in_memory else sa.pool.QueuePool,
        connect_args={"check_same_thread": False, "timeout": 30, "cached_statements": 512},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        is_reading = connection.get_execution_options().get("reading")
        _execute(connection, "BEGIN" if is_reading else "BEGIN IMMEDIATE", {})

    return engine


_PRAGMAS = (
    "page_size = 8192",
    "journal_mode = WAL",
    "synchronous = FULL",  # an acknowledged webhook survives a power cut; batches make it cheap
    "cache_size = -65536",
    "mmap_size = 268435456",
    "temp_store = MEMORY",
    "busy_timeout = 30000",
    "wal_autocheckpoint = 4000",
    "foreign_keys = ON",
)

__all__ = ["Database", "InlineDatabase", "UnitOfWork", "Wake"]
