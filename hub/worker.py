"""arq workers for the lanes live and bulk. The only module that imports arq's worker side.

A wake-up is a queued job (arq) plus a published message: the message ends the worker's pause at once, so that
an idle worker needs no fast polling. A wake-up that arrives while its job runs lets it run once more. A timer
in the process sweeps, so that work is found also without Redis; and when Redis restarts, the supervisor
starts the worker again.
"""

import asyncio
import contextlib
import json
import logging
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from arq.connections import ArqRedis, RedisSettings
from arq.worker import Function, Worker, func
from redis.exceptions import RedisError

from hub.context import HubContext
from hub.jobs.sweep import due_work
from hub.jobs.table import JOBS, Job
from hub.queue import CHANNEL, connect, deserialize, queue_name, serialize
from hub.storage.database import Wake
from hub.telemetry import JOB_SECONDS
from hub.telemetry import JOBS as JOBS_RUN

log = logging.getLogger(__name__)

LANES = ("live", "bulk")
POLL_SECONDS = 1.0
"""Only for wake-ups whose message was lost; published ones are heard at once."""
JOB_TIMEOUT_SECONDS = 600
HEALTH_SECONDS = 20
RESTART_SECONDS = 0.5


class LaneWorker(Worker):
    """arq's worker, which waits for a message instead of only for its poll delay."""

    woken: asyncio.Event

    async def main(self) -> None:
        self.ctx["redis"] = self.pool
        while True:
            self.woken.clear()
            await self._poll_iteration()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.poll_delay_s):
                    await self.woken.wait()


class Lane:
    """One lane in one process: its worker, its listener, its sweep."""

    def __init__(self, hub: HubContext, redis: RedisSettings, lane: str) -> None:
        self._hub = hub
        self._redis = redis
        self.lane = lane
        self._woken = asyncio.Event()
        self._running: set[tuple[str, str]] = set()
        self._again: set[tuple[str, str]] = set()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._supervised(self._work))
            group.create_task(self._supervised(self._listen))
            if self.lane == "live":
                group.create_task(self._sweep())

    async def _supervised(self, task: Callable[[], Awaitable[None]]) -> None:
        """Start it again whenever Redis went away; arq's worker ends with the first lost connection."""
        is_down = False
        while True:
            try:
                await task()
            except (RedisError, OSError) as error:
                if not is_down:
                    log.warning(
                        "queue lost, trying again", extra={"lane": self.lane, "error": type(error).__name__}
                    )
                is_down = True
            await asyncio.sleep(RESTART_SECONDS)

    async def _work(self) -> None:
        pool = await connect(self._redis)
        worker = LaneWorker(
            functions=[self._function(name, job) for name, job in JOBS.items()],
            redis_pool=pool,
            queue_name=queue_name(self.lane),
            poll_delay=POLL_SECONDS,
            handle_signals=False,
            max_jobs=16,
            keep_result=0,
            log_results=False,
            health_check_interval=HEALTH_SECONDS,
            health_check_key=f"orderhub:health:{self.lane}:{os.getpid()}",
            job_serializer=serialize,
            job_deserializer=deserialize,
        )
        worker.woken = self._woken
        try:
            await worker.main()
        finally:
            await self._let_go(worker, pool)

    async def _let_go(self, worker: LaneWorker, pool: ArqRedis) -> None:
        for task in worker.tasks.values():
            task.cancel()
        await asyncio.gather(*worker.tasks.values(), return_exceptions=True)
        with contextlib.suppress(RedisError, OSError):
            await pool.aclose()

    def _function(self, name: str, job: Job) -> Function:
        async def run(ctx: dict[Any, Any], key: str = "") -> None:
            await self._run(name, job, key)

        return func(run, name=name, keep_result=0, timeout=JOB_TIMEOUT_SECONDS, max_tries=3)

    async def _run(self, name: str, job: Job, key: str) -> None:
        """Run a job; once more if it was woken meanwhile. It never fails towards arq: rows remember."""
        if (name, key) in self._running:
            self._again.add((name, key))
            return
        self._running.add((name, key))
        try:
            while True:
                self._again.discard((name, key))
                await self._timed(name, job, key)
                if (name, key) not in self._again:
                    return
        finally:
            self._running.discard((name, key))

    async def _timed(self, name: str, job: Job, key: str) -> None:
        began = time.perf_counter()
        try:
            await job(self._hub, key)
            JOBS_RUN.labels(name, "done").inc()
        except Exception:  # a job that fails is found again by the sweep; the worker must live on
            JOBS_RUN.labels(name, "failed").inc()
            log.exception("job failed", extra={"job": name, "subject": key})
        finally:
            JOB_SECONDS.labels(name).observe(time.perf_counter() - began)

    async def _listen(self) -> None:
        client = await connect(self._redis)
        try:
            async with client.pubsub() as messages:
                await messages.subscribe(CHANNEL)
                async for message in messages.listen():
                    if message["type"] == "message":
                        self._hear(json.loads(message["data"]))
        finally:
            with contextlib.suppress(RedisError, OSError):
                await client.aclose()

    def _hear(self, wakes: Sequence[Sequence[str]]) -> None:
        for job, key, lane in wakes:
            if (job, key) in self._running:
                self._again.add((job, key))
            if lane == self.lane:
                self._woken.set()

    async def _sweep(self) -> None:
        """Find due work by looking at rows; without a queue, do it here."""
        while True:
            try:
                wakes = await due_work(self._hub)
                if wakes and not await self._hub.queue.wake(wakes):
                    await self._work_without_queue(wakes)
            except Exception:  # the database may be away; the next sweep looks again
                log.exception("sweep failed")
            await asyncio.sleep(self._hub.settings.sweep_every.total_seconds())

    async def _work_without_queue(self, wakes: Sequence[Wake]) -> None:
        for wake in wakes:
            await self._run(wake.job, JOBS[wake.job], wake.key)


async def work(hub: HubContext, redis: RedisSettings, lanes: Sequence[str] = LANES) -> None:
    """Work off the given lanes until cancelled."""
    async with asyncio.TaskGroup() as group:
        for lane in lanes:
            group.create_task(Lane(hub, redis, lane).run())
