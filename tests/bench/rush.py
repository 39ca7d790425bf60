"""Many workers promise the same few SKUs out of quotas, cancel, count and move quotas, and lose their
connections in the middle. A ledger of its own, written in the same transactions, is held against the books.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from sqlalchemy.exc import DBAPIError

from hub.clock import OrderedIds
from hub.domain.effects import Reserve, Unreserve
from hub.domain.policies import StorePolicy
from hub.domain.quotas import Move, plan
from hub.domain.snapshot import Location
from hub.storage import quotas, stores
from hub.storage.bulk import keys, packed
from hub.storage.database import Database, UnitOfWork
from hub.storage.stock import Count, Stock
from mappings.canonical import PostalAddress

NOW = datetime(2026, 1, 1, tzinfo=UTC)
AT = "wh"
STORES = ("east", "north", "south", "west")
BATCH = 10
MOST_ATTEMPTS = 50

Promise = tuple[str, str, int]
"""(store, SKU, units)"""

Change = Callable[[UnitOfWork, Random, Sequence[str]], None]


@dataclass
class Rush:
    """`run` is one storm over `skus`; several may run over different ones at the same time."""

    database: Database
    lost: int = 0
    """Transactions that had to be tried again."""
    stock: Stock = field(default_factory=lambda: Stock(OrderedIds()))

    def prepare(self, skus: Sequence[str], units: int) -> None:
        """Count so many units of each SKU, put them in escrow, divide them."""

        def work(uow: UnitOfWork) -> None:
            uow.change("DROP TABLE IF EXISTS promises")
            uow.change(
                "CREATE TABLE promises (id bigserial PRIMARY KEY, store text, sku text, units integer)"
            )
            uow.change("CREATE INDEX ON promises (sku, id)")
            for each in STORES:
                stores.add_store(uow, stores.Store(store_id=each, name=each, policy=StorePolicy()))
            stores.add_location(
                uow, Location(location_id=AT, name=AT, address=PostalAddress(country="CN")), NOW
            )
            counts = [Count(sku=sku, location_id=AT, on_hand=units) for sku in skus]
            self.stock.count(uow, counts, NOW, actor="rush")
            quotas.put_in_escrow(uow, skus, "rush", NOW)
            sold = dict.fromkeys(STORES, 0)
            quotas.grant(uow, [move for sku in skus for move in plan(sku, {AT: units}, (), sold, {})])

        self.database.transact(work)

    def run(self, orders: int, skus: Sequence[str], seed: int) -> None:
        """Place so many orders, a batch in each transaction, and disturb them in between."""
        random = Random(seed)
        disturbances: Sequence[Change] = (self._cancel, self._count, self._move)
        for _ in range(orders // BATCH):
            self._until_done(self._order, random, skus)
            if random.random() < 0.3:
                self._until_done(random.choice(disturbances), random, skus)

    def _until_done(self, change: Change, random: Random, skus: Sequence[str]) -> None:
        for _ in range(MOST_ATTEMPTS):
            try:
                self.database.transact(lambda uow: change(uow, random, skus))
                return
            except DBAPIError as error:
                if not error.connection_invalidated and getattr(error.orig, "sqlstate", "") != "57P01":
                    raise
                self.lost += 1
        raise AssertionError("no attempt of a transaction came through")

    def _order(self, uow: UnitOfWork, random: Random, skus: Sequence[str]) -> None:
        wanted = [(random.choice(STORES), random.choice(skus), random.randint(1, 3)) for _ in range(BATCH)]
        book = self.stock.book(uow, {sku for _, sku, _ in wanted})
        served = []
        for store, sku, units in wanted:
            if book.of(store).available(sku, AT) >= units:
                book.of(store).take(sku, AT, units)
                served.append((store, sku, units))
        effects = [Reserve(location_id=AT, sku=sku, quantity=n, store_id=store) for store, sku, n in served]
        self.stock.apply(uow, effects, NOW)
        note_promises(uow, served)

    def _cancel(self, uow: UnitOfWork, random: Random, skus: Sequence[str]) -> None:
        """The oldest promises of one SKU are wanted no more."""
        sku = random.choice(skus)
        self.stock.rows(uow, [sku])
        gone = uow.all(
            "DELETE FROM promises WHERE id IN (SELECT id FROM promises WHERE sku = :sku ORDER BY id LIMIT 10)"
            " RETURNING store, units",
            sku=sku,
        )
        effects = [Unreserve(location_id=AT, sku=sku, quantity=row.units, store_id=row.store) for row in gone]
        self.stock.apply(uow, effects, NOW)

    def _count(self, uow: UnitOfWork, random: Random, skus: Sequence[str]) -> None:
        """Somebody counts a little less or more than there was."""
        (row,) = self.stock.rows(uow, [random.choice(skus)])
        counted = Count(sku=row.sku, location_id=AT, on_hand=max(0, row.on_hand + random.randint(-40, 40)))
        self.stock.count(uow, [counted], NOW, actor="rush")

    def _move(self, uow: UnitOfWork, random: Random, skus: Sequence[str]) -> None:
        sku = random.choice(skus)
        self.stock.rows(uow, [sku])
        moves: list[Move] = plan(
            sku,
            quotas.free(uow, [sku]).get(sku, {}),
            quotas.held(uow, [sku]),
            {store: random.randint(0, 9) for store in STORES},
            {},
        )
        quotas.grant(uow, moves)


def note_promises(uow: UnitOfWork, promises: Sequence[Promise]) -> None:
    if promises:
        uow.change(
            "INSERT INTO promises (store, sku, units) SELECT k.store, k.sku, k.units"
            f" FROM {keys(uow, store='text', sku='text', units='integer')}",
            keys=packed([{"store": store, "sku": sku, "units": units} for store, sku, units in promises]),
        )


def oversold(database: Database) -> int:
    """Units that were promised, or are in quotas, and are not there; and any that the books do not know of.
    One statement, so one moment, whatever runs beside it."""
    row, _ = database.transact(
        lambda uow: uow.one(
            "SELECT COALESCE(sum(greatest(0, p.units + q.units - s.on_hand) + abs(p.units - s.reserved)"
            " + abs(q.units - s.escrowed)), 0) AS units FROM stock s"
            " CROSS JOIN LATERAL (SELECT COALESCE(sum(units), 0) AS units FROM promises WHERE sku = s.sku) p"
            " CROSS JOIN LATERAL (SELECT COALESCE(sum(units), 0) AS units FROM quotas WHERE sku = s.sku) q"
        )
    )
    assert row is not None
    return int(row.units)


@contextmanager
def killed_now_and_then(database: Database, every_seconds: float, seed: int) -> Iterator[None]:
    """Ends connections of others in the middle of whatever they do, and looks at the books in between."""
    ended, random = threading.Event(), Random(seed)
    found: list[int] = []

    def kill() -> None:
        while not ended.wait(every_seconds * (0.5 + random.random())):
            database.transact(_kill_one)
            found.append(oversold(database))

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        ended.set()
        killer.join()
    assert not any(found), "more was promised than there was, at some moment"


def _kill_one(uow: UnitOfWork) -> None:
    uow.all(
        "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        " ORDER BY random() LIMIT 1) victim"
    )


def seconds_of(rush: Rush, workers: int, orders: int, skus_of: Callable[[int], Sequence[str]]) -> float:
    """How long so many workers take for the orders, each over the SKUs that it is given."""
    began = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        jobs = [
            pool.submit(rush.run, orders // workers, skus_of(number), number) for number in range(workers)
        ]
        for job in jobs:
            job.result()
    return time.perf_counter() - began
