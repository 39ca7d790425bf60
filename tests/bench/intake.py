"""Intake and persistence against the raw limit; replay, statements per batch, cost as the hub grows."""

import gc
import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import event

from connectors.kit.conformance.rig import START
from hub.context import HubContext
from hub.domain.snapshot import Snapshot
from hub.pipeline.books import Books
from hub.pipeline.intake import work_inbox
from hub.pipeline.moved import Moved
from hub.storage import levels
from hub.storage.database import InlineDatabase, UnitOfWork
from hub.storage.inbox import Arrival, Result
from tests.bench.brand import found, open_inline
from tests.bench.databases import (
    Databases,
    PostgresDatabases,
    SqliteDatabases,
    backend_ids,
    postgres_databases,
    sqlite_databases,
)
from tests.bench.documents import Models, make_models
from tests.bench.figures import Figure, at_least, at_most, median_ratio, stated
from tests.bench.meter import Spent, measured
from tests.bench.written import RawWriter, Record, digest, recorded

BATCH = 250
REPLAYS = 5
TARGETS = {"persist": {"sqlite": 0.55, "postgres": 0.55}, "intake": {"sqlite": 0.25, "postgres": 0.35}}


def measure(quick: bool) -> list[Figure]:
    orders, repetitions = (5_000, 3) if quick else (20_000, 5)
    models = make_models()
    figures: list[Figure] = []
    with ExitStack() as stack:
        sqlite = stack.enter_context(sqlite_databases())
        postgres = stack.enter_context(postgres_databases(sqlite))
        found(sqlite.template("brand"))
        work = _Work(sqlite, models, orders)
        figures.append(stated("intake.rows_per_order", work.record.rows / orders, "rows"))
        for databases in (sqlite, postgres):
            figures += _ratios(databases, work, repetitions)
        figures += _replay((sqlite, postgres), models, orders)
        figures.append(_statements(sqlite, models))
        figures += _growth(sqlite, postgres, models, 20_000 if quick else 200_000)
    return figures


class _Work:
    """Documents in the inbox of the template `inbox`; what intake decided about them and what it wrote."""

    def __init__(self, sqlite: SqliteDatabases, models: Models, orders: int) -> None:
        self.orders = orders
        self._fill(sqlite, models)
        url = sqlite.fresh("inbox")
        hub = open_inline(url)
        remembering = Remembering(**vars(hub.books))
        batches = [_batch(remembering, hub, now) for now in nows(orders)]
        self.record: Record = recorded(hub.database, batches)
        self.saved = remembering.saved
        self.digest = digest(hub.database)
        hub.database.close()
        sqlite.drop(url)

    def _fill(self, sqlite: SqliteDatabases, models: Models) -> None:
        hub = open_inline(sqlite.fresh_as("brand", "inbox"))
        for start in range(0, self.orders, BATCH):
            receive(hub, models, start, min(BATCH, self.orders - start))
        hub.database.close()


@dataclass(frozen=True, kw_only=True)
class Remembering(Books):
    """Books that remember what they were told to save."""

    saved: list[tuple[Sequence[Moved], Snapshot]] = field(default_factory=list)

    def save(self, uow: UnitOfWork, moved: Sequence[Moved], snapshot: Snapshot) -> None:
        self.saved.append((moved, snapshot))
        super().save(uow, moved, snapshot)


def nows(orders: int) -> list[datetime]:
    """One instant per batch."""
    return [START + timedelta(days=1, seconds=number) for number in range(-(-orders // BATCH))]


def receive(hub: HubContext, models: Models, start: int, number: int) -> int:
    """Documents into the inbox, one transaction; how many were new."""
    return _received(hub, models.arrivals(start, number))


def _received(hub: HubContext, arrivals: Sequence[Arrival]) -> int:
    return hub.database.transact(lambda uow: hub.books.receive(uow, arrivals, START))[0]


def _batch(books: Books, hub: HubContext, now: datetime) -> Callable[[], int]:
    def run() -> int:
        work = hub.database.transact(lambda uow: work_inbox(books, hub.mappings, uow, "live", BATCH, now))
        return work[0]

    return run


def _ratios(databases: Databases, work: _Work, repetitions: int) -> list[Figure]:
    """Raw, persistence and intake in turn, in reversed order every other time."""
    ways: dict[str, Callable[[HubContext, _Work], Callable[[], None]]] = {
        "raw": _raw,
        "persist": _persist,
        "intake": _intake,
    }
    spent: dict[str, list[Spent]] = {name: [] for name in ways}
    for repetition in range(repetitions):
        names = list(ways) if repetition % 2 == 0 else list(reversed(ways))
        for name in names:
            spent[name].append(_run(databases, work, ways[name], check=name == "raw" and repetition == 0))
    return [
        figure for name in ("persist", "intake") for figure in _compared(name, databases, spent, work.orders)
    ]


def _run(
    databases: Databases,
    work: _Work,
    way: Callable[[HubContext, _Work], Callable[[], None]],
    *,
    check: bool,
) -> Spent:
    url = databases.fresh("inbox")
    hub = open_inline(url)
    servers = backend_ids(hub.database)
    run = way(hub, work)
    with measured(servers) as spent:
        run()
    if check and digest(hub.database) != work.digest:
        raise AssertionError(f"{databases.name}: the raw limit wrote other rows than intake")
    hub.database.close()
    databases.drop(url)
    return spent


def _raw(hub: HubContext, work: _Work) -> Callable[[], None]:
    writer = RawWriter(hub.database, work.record)

    def run() -> None:
        writer.write()
        writer.close()

    return run


def _persist(hub: HubContext, work: _Work) -> Callable[[], None]:
    """What the decided batches write, without reading documents and deciding: orders and all effects, sold
    listings, finished inbox rows."""

    def save(moved: Sequence[Moved], snapshot: Snapshot) -> None:
        hub.database.transact(lambda uow: save_all(hub.books, uow, moved, snapshot))

    def run() -> None:
        for moved, snapshot in work.saved:
            save(moved, snapshot)

    return run


def save_all(books: Books, uow: UnitOfWork, moved: Sequence[Moved], snapshot: Snapshot) -> None:
    books.save(uow, moved, snapshot)
    sold = {(each.order.connection_id, line.listing_id) for each in moved for line in each.order.sales.lines}
    levels.sold_there(uow, sorted(sold), snapshot.now)
    books.inbox.finish(uow, [Result(id=str(each.inbox_id), state="done") for each in moved], snapshot.now)


def _intake(hub: HubContext, work: _Work) -> Callable[[], None]:
    def run() -> None:
        for now in nows(work.orders):
            _batch(hub.books, hub, now)()

    return run


def _compared(name: str, databases: Databases, spent: dict[str, list[Spent]], orders: int) -> list[Figure]:
    product = databases.name
    cpu = {way: [each.cpu for each in runs] for way, runs in spent.items()}
    wall = {way: [each.wall for each in runs] for way, runs in spent.items()}
    target = TARGETS[name][product]
    return [
        at_least(f"{name}.{product}.ratio_to_raw", median_ratio(cpu["raw"], cpu[name]), target),
        stated(f"{name}.{product}.ratio_to_raw_by_wall_time", median_ratio(wall["raw"], wall[name]), "ratio"),
        stated(f"{name}.{product}.orders_per_second", orders / statistics.median(wall[name]), "orders/s"),
        stated(f"{name}.{product}.cpu_per_order", statistics.median(cpu[name]) / orders * 1e6, "µs"),
        stated(f"{name}.{product}.cpu_per_order_raw", statistics.median(cpu["raw"]) / orders * 1e6, "µs"),
    ]


def _replay(every: Sequence[Databases], models: Models, orders: int) -> list[Figure]:
    """First-time cost is receiving and intake; a known document is received and nothing else."""
    ratios = {databases.name: _replayed(databases, models, orders) for databases in every}
    each = [stated(f"intake.replay_ratio.{name}", ratio, "ratio") for name, ratio in ratios.items()]
    return [at_least("intake.replay_ratio", min(ratios.values()), 20), *each]


def _replayed(databases: Databases, models: Models, orders: int) -> float:
    url = databases.fresh("brand")
    hub = open_inline(url)
    pages = [models.arrivals(start, min(BATCH, orders - start)) for start in range(0, orders, BATCH)]

    servers = backend_ids(hub.database)
    with measured(servers) as first:
        new = sum(_received(hub, page) for page in pages)
        for now in nows(orders):
            _batch(hub.books, hub, now)()
    again = []
    for _ in range(REPLAYS):
        with measured(servers) as spent:
            repeated = sum(_received(hub, page) for page in pages)
        again.append(spent.cpu)
        assert (new, repeated) == (orders, 0)
    hub.database.close()
    databases.drop(url)
    return first.cpu / statistics.median(again)


def _statements(databases: Databases, models: Models) -> Figure:
    """Statements of one batch of 200 orders; its target is what a batch of 10 needs."""
    counts = {size: _counted(databases, models, size) for size in (10, 200)}
    return at_most("intake.statements_per_batch", counts[200], counts[10], "statements")


def _counted(databases: Databases, models: Models, size: int) -> int:
    url = databases.fresh("brand")
    hub = open_inline(url)
    receive(hub, models, 0, size)
    statements: list[str] = []
    event.listen(
        hub.database.engine, "before_cursor_execute", lambda c, cursor, text, *more: statements.append(text)
    )
    _batch(hub.books, hub, START + timedelta(days=1))()
    hub.database.close()
    databases.drop(url)
    return len(statements)


def _growth(sqlite: SqliteDatabases, postgres: PostgresDatabases, models: Models, many: int) -> list[Figure]:
    """CPU per order with many stored orders against few, batch by batch in turn."""
    for name, orders in (("few", 2_000), ("many", many)):
        _fill(sqlite, models, name, orders)
    ratios = {each.name: _grown(each, models, {"few": 2_000, "many": many}) for each in (sqlite, postgres)}
    figures = [stated(f"intake.cost_growth.{name}", ratio, "ratio") for name, ratio in ratios.items()]
    return [at_most("intake.cost_growth", max(ratios.values()), 1.3), *figures]


def _fill(sqlite: SqliteDatabases, models: Models, name: str, orders: int) -> None:
    hub = open_inline(sqlite.fresh_as("brand", name))
    for start, now in zip(range(0, orders, BATCH), nows(orders), strict=True):
        receive(hub, models, start, BATCH)
        _batch(hub.books, hub, now)()
    hub.database.close()


def _grown(databases: Databases, models: Models, stored: dict[str, int], batches: int = 16) -> float:
    urls = {name: databases.fresh(name) for name in stored}
    hubs = {name: open_inline(url) for name, url in urls.items()}
    spent: dict[str, list[float]] = {name: [] for name in stored}
    for number in range(batches):
        for name in stored if number % 2 == 0 else reversed(stored):
            start = stored[name] + number * BATCH
            spent[name].append(_one_more(hubs[name], models, start))
    for name, hub in hubs.items():
        hub.database.close()
        databases.drop(urls[name])
    gc.collect()
    return statistics.median(spent["many"]) / statistics.median(spent["few"])


def _one_more(hub: HubContext, models: Models, start: int) -> float:
    arrivals = models.arrivals(start, BATCH)
    assert isinstance(hub.database, InlineDatabase)
    with measured(backend_ids(hub.database)) as spent:
        hub.database.transact(lambda uow: hub.books.receive(uow, arrivals, START))
        assert _batch(hub.books, hub, START + timedelta(days=300))() == BATCH
    return spent.cpu
