"""Does the worker's memory stay flat? A hub on PostgreSQL takes many orders, books each, tells stock."""

import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psutil
import uvloop

from connectors.kit.conformance.rig import START
from hub.bootstrap import World, open_hub
from hub.context import HubContext
from hub.embedded import EmbeddedQueue
from hub.queue import ArqQueue, connect
from hub.storage.database import Database
from tests.bench import quiet
from tests.bench.brand import found, settings
from tests.bench.children import Child, child
from tests.bench.databases import postgres_databases, sqlite_databases
from tests.bench.documents import Models, make_models
from tests.bench.figures import Figure, stated
from tests.bench.meter import cpu_of

PAGE = 250
MOST_WAITING = 1_000
"""So many documents may wait unread: the feeder keeps step with the worker."""
WARM_UP = 0.15
LAST = 0.1
GROWTH = 10.0


def measure(quick: bool) -> list[Figure]:
    orders = 20_000 if quick else 100_000
    with ExitStack() as stack:
        sqlite = stack.enter_context(sqlite_databases())
        postgres = stack.enter_context(postgres_databases(sqlite))
        found(sqlite.template("quiet"), quiet.STORE, quiet.CARRIER)
        url = postgres.fresh("quiet")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="orderhub-bench-"))) / "hub"
        with child("quiet_hub", str(folder), "--database-url", url, "--no-web") as hub:
            hub.hear()
            sizes = uvloop.run(_feed(hub, url, folder, make_models(), orders))
            cpu = cpu_of([hub.process.pid]) / orders
    warm = statistics.median(sizes[int(len(sizes) * WARM_UP) : int(len(sizes) * (WARM_UP + LAST))])
    end = statistics.median(sizes[-int(len(sizes) * LAST) :])
    return [
        Figure(
            name="memory.growth_percent",
            value=round((end / warm - 1) * 100, 2),
            unit="%",
            target=GROWTH,
            better="lower",
        ),
        stated("memory.worker_at_end", end / 2**20, "MiB"),
        stated("memory.worker_cpu_per_order", cpu * 1e6, "µs"),
    ]


async def _feed(hub: Child, url: str, folder: Path, models: Models, orders: int) -> list[int]:
    """Resident bytes of the worker, page by page, until every order is booked."""
    redis = EmbeddedQueue(folder).redis_settings
    world = World(registry=quiet.registry())
    feeder = open_hub(
        settings(folder, url), world=world, database=Database(url), queue=ArqQueue(await connect(redis))
    )
    process, sizes = psutil.Process(hub.process.pid), []
    for start in range(0, orders, PAGE):
        arrivals = models.arrivals(start, PAGE)
        await feeder.database.run(lambda uow: feeder.books.receive(uow, arrivals, START))  # noqa: B023 - runs at once
        while await _waiting(feeder) > MOST_WAITING:
            await feeder.sleep(0.05)
        sizes.append(process.memory_info().rss)
    while await _waiting(feeder):
        await feeder.sleep(0.1)
    sizes.append(process.memory_info().rss)
    await feeder.close()
    return sizes


async def _waiting(hub: HubContext) -> int:
    """Documents and messages that the worker has not dealt with."""
    row = await hub.database.read(
        lambda uow: uow.one(
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'new')"
            " + (SELECT count(*) FROM outbox WHERE state = 'open')"
        )
    )
    assert row is not None
    return int(row[0])
