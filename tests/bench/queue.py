"""The outbox against one arq job per message; how soon a lone order is on its way; what an idle hub costs."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import uvloop
from arq.connections import RedisSettings
from arq.worker import Worker, func
from redis import Redis

from connectors.kit.conformance.rig import START
from hub.bootstrap import World, open_hub
from hub.clock import micros
from hub.context import HubContext
from hub.embedded import EmbeddedQueue
from hub.jobs.outbox import work_outbox
from hub.queue import ArqQueue, connect, deserialize, serialize
from hub.storage.bulk import insert
from hub.storage.database import Database, UnitOfWork
from hub.storage.tables import outbox
from tests.bench import quiet
from tests.bench.brand import found, open_inline, settings, store_connection
from tests.bench.children import Child, child
from tests.bench.databases import Databases, backend_ids, postgres_databases, sqlite_databases
from tests.bench.documents import Models, make_models
from tests.bench.figures import Figure, at_most, stated
from tests.bench.meter import cpu_of, measured

ARQ_QUEUE = "bench"
WRITTEN_AT_ONCE = 250
PAUSE_SECONDS = 0.15


def measure(quick: bool) -> list[Figure]:
    messages, repetitions, orders, idle_seconds = (2_000, 3, 60, 30) if quick else (10_000, 5, 200, 60)
    with ExitStack() as stack:
        sqlite = stack.enter_context(sqlite_databases())
        postgres = stack.enter_context(postgres_databases(sqlite))
        found(sqlite.template("quiet"), quiet.STORE, quiet.CARRIER)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="orderhub-bench-")))
        return [
            *_messages((sqlite, postgres), folder / "queue", messages, repetitions),
            *_embedded(sqlite.fresh("quiet"), folder / "hub", orders, idle_seconds),
        ]


def _messages(every: Sequence[Databases], folder: Path, messages: int, repetitions: int) -> list[Figure]:
    """CPU per message: ours with the database's backend, arq's with the queue server."""
    embedded = EmbeddedQueue(folder)
    embedded.start()
    try:
        spent: dict[str, list[float]] = {"arq": [], **{databases.name: [] for databases in every}}
        for _ in range(repetitions):
            spent["arq"].append(uvloop.run(_arq_jobs(embedded.redis_settings, messages)) / messages)
            for databases in every:
                spent[databases.name].append(_outbox_messages(databases, messages) / messages)
    finally:
        embedded.stop()
    cpu = {name: statistics.median(each) for name, each in spent.items()}
    return [
        at_most("queue.cpu_per_message_ratio", max(cpu[each.name] for each in every) / cpu["arq"], 0.1),
        *(
            stated(f"queue.cpu_per_message_ratio.{each.name}", cpu[each.name] / cpu["arq"], "ratio")
            for each in every
        ),
        *(stated(f"queue.cpu_per_message.{name}", each * 1e6, "µs") for name, each in cpu.items()),
    ]


async def _arq_jobs(redis: RedisSettings, jobs: int) -> float:
    """Seconds of CPU for queueing and working off empty jobs."""

    async def empty(ctx: dict[Any, Any], key: str) -> None:
        return None

    with Redis(unix_socket_path=str(redis.unix_socket_path)) as client:
        queue_server = int(client.info("server")["process_id"])
    pool = await connect(redis)
    worker = Worker(
        functions=[func(empty, name="empty", keep_result=0)],
        redis_pool=pool,
        queue_name=ARQ_QUEUE,
        burst=True,
        poll_delay=0,
        handle_signals=False,
        keep_result=0,
        max_jobs=100,
        log_results=False,
        job_serializer=serialize,
        job_deserializer=deserialize,
    )
    with measured([queue_server]) as spent:
        for number in range(jobs):
            await pool.enqueue_job("empty", str(number), _queue_name=ARQ_QUEUE)
        await worker.main()
    assert worker.jobs_complete == jobs
    await pool.aclose()
    return spent.cpu


def _outbox_messages(databases: Databases, messages: int) -> float:
    """Seconds of CPU for claiming, handing over and recording empty messages."""
    url = databases.fresh("quiet")
    hub = open_inline(url, quiet.registry())
    assert isinstance(hub.database, Database)
    for start in range(0, messages, WRITTEN_AT_ONCE):
        hub.database.transact(lambda uow: _write(hub, uow, start))  # noqa: B023 - runs at once
    with measured(backend_ids(hub.database)) as spent:
        uvloop.run(work_outbox(hub, store_connection(0)))
    left, _ = hub.database.transact(lambda uow: uow.one("SELECT count(*) FROM outbox WHERE state <> 'done'"))
    assert left is not None and left[0] == 0
    hub.database.close()
    databases.drop(url)
    return spent.cpu


def _write(hub: HubContext, uow: UnitOfWork, start: int) -> None:
    """A batch of empty messages to one store, due at one instant, as a batch of decisions writes them."""
    at = micros(hub.now() - timedelta(hours=1)) + start
    insert(
        uow, outbox, [_message(hub.books.new_id(), at, start + number) for number in range(WRITTEN_AT_ONCE)]
    )


def _message(message_id: str, at: int, number: int) -> tuple[object, ...]:
    connection_id = store_connection(0)
    head = (message_id, connection_id, connection_id, "push_stock", None, f"subject-{number}", "[]")
    return (*head, "open", "", 0, at, 0, 0, None, "", at, None)


def _embedded(url: str, folder: Path, orders: int, idle_seconds: int) -> list[Figure]:
    """A lone order, again and again, then nothing at all. One line each, so that each is one parcel."""
    models = make_models(orders + 1, lines={1: 1})
    with child("quiet_hub", str(folder), "--database-url", url, "--timed") as hub:
        hub.hear()
        waits = uvloop.run(_lone_orders(hub, url, folder, models, orders))
        asyncio.run(asyncio.sleep(3))
        idle = _idle_percent(hub, idle_seconds)
    waits.sort()
    return [
        at_most("queue.wake_ms_median", statistics.median(waits) * 1000, 20, "ms"),
        stated("queue.wake_ms_p95", waits[int(len(waits) * 0.95)] * 1000, "ms"),
        at_most("queue.idle_cpu_percent", idle, 1, "% of a core"),
    ]


async def _lone_orders(hub: Child, url: str, folder: Path, models: Models, orders: int) -> list[float]:
    """One document at a time into the inbox of the running hub; the carrier is called for each."""
    redis = EmbeddedQueue(folder).redis_settings
    world = World(registry=quiet.registry())
    feeder = open_hub(
        settings(folder, url), world=world, database=Database(url), queue=ArqQueue(await connect(redis))
    )
    waits = []
    for number in range(orders + 1):
        arrivals = models.arrivals(number, 1)
        await feeder.database.run(lambda uow: feeder.books.receive(uow, arrivals, START))  # noqa: B023 - runs at once
        waits.append(await asyncio.to_thread(hub.hear))
        await asyncio.sleep(PAUSE_SECONDS)
    await feeder.close()
    return waits[1:]


def _idle_percent(hub: Child, seconds: int) -> float:
    """CPU of the hub's process and its queue server."""
    parent = psutil.Process(hub.process.pid)
    process_ids = [parent.pid, *(each.pid for each in parent.children(recursive=True))]
    before, began = cpu_of(process_ids), time.monotonic()
    time.sleep(seconds)
    return (cpu_of(process_ids) - before) / (time.monotonic() - began) * 100
