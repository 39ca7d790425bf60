"""First pages of searches by one filter against reading as many orders by key, in turn in the same run."""

import statistics
import time
from collections.abc import Callable
from random import Random
from typing import TypeVar

from hub.storage.all_tables import metadata
from hub.storage.database import InlineDatabase, UnitOfWork
from hub.storage.search import Blinded, by_key, search
from tests.bench.databases import postgres_databases, sqlite_databases
from tests.bench.figures import Figure, at_most, stated
from tests.bench.search_orders import fill, order_id, searches

T = TypeVar("T")

STORES = 1_000
LIMIT = 50
TARGET = 5


def measure(quick: bool) -> list[Figure]:
    orders, rounds = (50_000, 3) if quick else (1_000_000, 5)
    figures: list[Figure] = []
    with sqlite_databases() as sqlite, postgres_databases(sqlite) as postgres:
        metadata.create_all((made := InlineDatabase(sqlite.template("empty"))).engine)
        made.close()
        for databases in (sqlite, postgres):
            database = InlineDatabase(databases.fresh("empty"))
            fill(database, STORES, orders)
            figures += _Searches(database, orders).measured(databases.name, rounds)
            database.close()
    worst = max(each.value for each in figures if each.name.endswith(".p99_ratio_to_key_read"))
    return [at_most("search.p99_ratio_to_key_read", worst, TARGET), *figures]


class _Searches:
    """Times of searches and of the reads by key that go with them, name by name, round by round."""

    def __init__(self, database: InlineDatabase, orders: int, trials: int = 200) -> None:
        self._database = database
        self._orders = orders
        self._trials = trials
        self._chosen = Random(1)

    def measured(self, product: str, rounds: int) -> list[Figure]:
        makers = searches(STORES, self._orders)
        for make in makers.values():  # statements are prepared, caches are warm
            self._round(make, 20)
        ratios: dict[str, list[float]] = {name: [] for name in makers}
        slowest: list[float] = []
        for _ in range(rounds):
            for name, make in makers.items():
                by_search, by_read = self._round(make, self._trials)
                ratios[name].append(_p99(by_search) / _p99(by_read))
                slowest.append(_p99(by_search))
        each = {name: statistics.median(every) for name, every in ratios.items()}
        return [
            stated(f"search.{product}.p99_ratio_to_key_read", max(each.values()), "ratio"),
            *(stated(f"search.{product}.{name}", ratio, "ratio") for name, ratio in each.items()),
            stated(f"search.{product}.slowest_p99", max(slowest) * 1e3, "ms"),
            stated(f"search.{product}.finds_nothing", self._finding_nothing() * 1e3, "ms"),
        ]

    def _round(self, make: Callable[[Random], Blinded], trials: int) -> tuple[list[float], list[float]]:
        by_search, by_read = [], []
        for _ in range(trials):
            seconds, found = self._search(make(self._chosen))
            by_search.append(seconds)
            by_read.append(self._read(found))
        return by_search, by_read

    def _search(self, wanted: Blinded) -> tuple[float, int]:
        seconds, page = self._timed(lambda uow: search(uow, wanted, limit=LIMIT))
        return seconds, len(page.orders)

    def _read(self, number: int) -> float:
        """As many orders as the search found, at least one, from anywhere."""
        ids = [order_id(self._chosen.randrange(self._orders)) for _ in range(max(number, 1))]
        seconds, read = self._timed(lambda uow: by_key(uow, ids))
        assert len(read) == len(ids)
        return seconds

    def _finding_nothing(self) -> float:
        """The p99 of a search without an index that looks at as many orders as it may, in vain."""
        wanted = Blinded(currency="XXX")
        return _p99([self._search(wanted)[0] for _ in range(self._trials)])

    def _timed(self, work: Callable[[UnitOfWork], T]) -> tuple[float, T]:
        began = time.perf_counter()
        result, _ = self._database.transact(work, reading=True)
        return time.perf_counter() - began, result


def _p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]
