"""arq workers for the lanes live and bulk. The only module that imports arq's worker side.

A wake-up is a queued job (arq) plus a published message: the message ends the worker's pause at once, so that
an idle worker needs no fast polling. A wake-up that arrives while its job runs lets it run once more. A timer
in the process sweeps, so that work is found also without Redis; and when Redis restarts, the supervisor
starts the worker again. Jobs are not cancelled when Redis goes away: they need it not.
"""

import asyncio
import contextlib
import json
import logging
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from arq.connections import RedisSettings
from arq.constants import in_progress_key_prefix
from arq.worker import Function, Worker, func
from redis.exceptions import RedisError

from hub.context import HubContext
from hub.jobs.sweep import due_work
from hub.jobs.table import JOBS, Job
from hub.queue import CHANNEL, LANES, client, connect, deserialize, enqueue, health_key, queue_name, serialize
from hub.storage.database import Wake
from hub.telemetry import JOB_SECONDS
from hub.telemetry import JOBS as JOBS_RUN

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""Only for wake-ups whose message was lost; published ones are heard at once."""
ANSWER_SECONDS = 10
"""A queue server that is silent for so long counts as lost."""
HOLD_SECONDS = 10
"""For so long nobody else starts a job that was started here; renewed while it runs. A killed worker blocks
its jobs so long and no longer (arq alone: their whole time-out)."""
JOB_TIMEOUT_SECONDS = 600
MOST_TRIES = 1_000_000
"""arq counts starts that ended with their worker; a wake-up that is dropped for it would only come later."""
GRACE_SECONDS = 10
"""How long running jobs may still take when the worker is to end."""
HEALTH_SECONDS = 20
HOUSEKEEPING_SECONDS = 3600
RESTART_SECONDS = 0.5


class LaneWorker(Worker):
    """arq's worker, which waits for a message instead of only for its poll delay."""

    woken: asyncio.Event
    _held_at = 0.0

    async def main(self) -> None:
        self.ctx["redis"] = self.pool
        self.in_progress_timeout_s = HOLD_SECONDS
        while True:
            self.woken.clear()
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._poll_iteration()
                await self._hold()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.poll_delay_s):
                    await self.woken.wait()

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """As arq's, in two round trips for all instead of four for each: a change of stock wakes every
        store, and a lone order's job would wait behind them. Whoever marks a job first runs it."""
        for job_id, score in await self._marked(await self._idle([each.decode() for each in job_ids])):
            await self.sem.acquire()
            self.job_counter += 1
            task = self.loop.create_task(self.run_job(job_id, score))
            task.add_done_callback(lambda _: self._release_sem_dec_counter_on_complete())
            self.tasks[job_id] = task

    async def _idle(self, job_ids: Sequence[str]) -> list[str]:
        """Those that nobody runs, as many as there is room for."""
        if not job_ids:
            return []
        marks = await self.pool.mget([in_progress_key_prefix + each for each in job_ids])
        idle = [job_id for job_id, mark in zip(job_ids, marks, strict=True) if mark is None]
        return idle[: self.max_jobs - self.job_counter]

    async def _marked(self, job_ids: Sequence[str]) -> list[tuple[str, int]]:
        """Jobs that are ours now, with their scores."""
        if not job_ids:
            return []
        async with self.pool.pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                pipe.set(in_progress_key_prefix + job_id, b"1", px=HOLD_SECONDS * 1000, nx=True)
                pipe.zscore(self.queue_name, job_id)
            answers = await pipe.execute()
        ours = [
            (job_id, score)
            for job_id, is_ours, score in zip(job_ids, answers[::2], answers[1::2], strict=True)
            if is_ours
        ]
        if ended := [in_progress_key_prefix + job_id for job_id, score in ours if score is None]:
            await self.pool.delete(*ended)  # elsewhere, between the look at the queue and the mark
        return [(job_id, int(score)) for job_id, score in ours if score is not None]

    async def _hold(self) -> None:
        now = time.monotonic()
        if self.job_tasks and now > self._held_at + HOLD_SECONDS / 5:
            self._held_at = now
            async with self.pool.pipeline(transaction=False) as pipe:
                for job_id in self.job_tasks:
                    pipe.expire(in_progress_key_prefix + job_id, HOLD_SECONDS)
                await pipe.execute()


class Lane:
    """One lane in one process: its worker, its listener, its sweep."""

    def __init__(self, hub: HubContext, redis: RedisSettings, lane: str) -> None:
        self._hub = hub
        self._redis = redis
        self._pool = client(redis)
        self.lane = lane
        self._woken = asyncio.Event()
        self._is_down = False
        self._started: Mapping[str, asyncio.Task[Any]] = {}
        """arq's tasks by job id; they end a little later than their jobs."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._running: set[tuple[str, str]] = set()
        self._again: set[tuple[str, str]] = set()

    async def run(self) -> None:
        """Work until cancelled; then running jobs have a moment to end."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._supervised(self._work))
                group.create_task(self._supervised(self._listen))
                if self.lane == "live":
                    group.create_task(self._sweep())
                else:
                    group.create_task(self._keep_house())
        finally:
            await self._end_jobs()

    async def _end_jobs(self) -> None:
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._pool.aclose()

    async def _supervised(self, task: Callable[[], Awaitable[None]]) -> None:
        """Start it again whenever it ended: arq's worker ends with the first lost connection."""
        while True:
            try:
                await task()
            except (RedisError, OSError) as error:
                if not self._is_down:
                    facts = {"lane": self.lane, "error": type(error).__name__}
                    log.warning("queue lost, trying again", extra=facts)
                self._is_down = True
            except Exception:  # whatever somebody wrote into the queue, the lane must go on
                log.exception("queue cannot be read, trying again", extra={"lane": self.lane})
            await asyncio.sleep(RESTART_SECONDS)

    def _found(self) -> None:
        if self._is_down:
            log.info("queue found again", extra={"lane": self.lane})
        self._is_down = False

    async def _work(self) -> None:
        pool = await connect(self._redis)
        self._found()
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
            health_check_key=health_key(self.lane, str(os.getpid())),
            job_serializer=serialize,
            job_deserializer=deserialize,
        )
        worker.woken, self._started = self._woken, worker.tasks
        try:
            await worker.main()
        finally:
            for task in worker.tasks.values():
                task.cancel()
            await asyncio.gather(*worker.tasks.values(), return_exceptions=True)
            with contextlib.suppress(RedisError, OSError):
                await pool.aclose()

    def _function(self, name: str, job: Job) -> Function:
        async def run(ctx: dict[Any, Any], key: str = "") -> None:
            await asyncio.shield(self._spawn(self._run(name, job, key)))

        return func(run, name=name, keep_result=0, timeout=JOB_TIMEOUT_SECONDS * 2, max_tries=MOST_TRIES)

    def _spawn(self, work: Awaitable[Any]) -> asyncio.Task[Any]:
        """In a task of ours, which `run` waits for at the end."""
        task = asyncio.ensure_future(work)
        assert isinstance(task, asyncio.Task)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

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
            async with asyncio.timeout(JOB_TIMEOUT_SECONDS):
                await job(self._hub, key)
            JOBS_RUN.labels(name, "done").inc()
        except Exception:  # a job that fails is found again by the sweep; the worker must live on
            JOBS_RUN.labels(name, "failed").inc()
            log.exception("job failed", extra={"job": name, "subject": key})
        finally:
            JOB_SECONDS.labels(name).observe(time.perf_counter() - began)

    async def _listen(self) -> None:
        client = await connect(self._redis)
        self._found()
        try:
            async with client.pubsub() as messages:
                await messages.subscribe(CHANNEL)
                async for message in messages.listen():
                    if message["type"] == "message":
                        self._hear(json.loads(message["data"]))
        finally:
            with contextlib.suppress(RedisError, OSError):
                await client.aclose()

    def _hear(self, wakes: Sequence[tuple[str, str, str, bool]]) -> None:
        for job, key, lane, is_queued in wakes:
            if (job, key) in self._running:
                self._again.add((job, key))
            elif lane == self.lane and not is_queued:
                self._spawn(self._queue_again(Wake(job, key, lane)))
            if lane == self.lane:
                self._woken.set()

    async def _queue_again(self, wake: Wake) -> None:
        """The job had looked for the last time when it was woken, but arq knew it still."""
        if ending := self._started.get(f"{wake.job}:{wake.key}"):
            await asyncio.wait([ending])
        with contextlib.suppress(RedisError, OSError):  # then the sweep finds the work
            await enqueue(self._pool, wake)
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

    async def _keep_house(self) -> None:
        """Housekeeping at the start and every hour; several workers wake the same job."""
        while True:
            await self._hub.queue.wake([Wake("housekeeping", "", self.lane)])
            await asyncio.sleep(HOUSEKEEPING_SECONDS)

    async def _work_without_queue(self, wakes: Sequence[Wake]) -> None:
        """All at once, as the queue would: a platform that does not answer holds up nobody else."""
        jobs = [self._spawn(self._run(wake.job, JOBS[wake.job], wake.key)) for wake in wakes]
        await asyncio.wait(jobs)


async def work(hub: HubContext, redis: RedisSettings, lanes: Sequence[str] = LANES) -> None:
    """Work off the given lanes until cancelled."""
    async with asyncio.TaskGroup() as group:
        for lane in lanes:
            group.create_task(Lane(hub, redis, lane).run())
