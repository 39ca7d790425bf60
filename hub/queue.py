"""Waking workers. Redis holds no fact: a lost wake-up costs one sweep interval and nothing else.

The only module that imports arq's client side; `hub/worker.py` has its worker side.
"""

import asyncio
import contextlib
import json
import logging
import socket
import time
from collections.abc import Sequence
from typing import Any, Protocol

from arq.connections import ArqRedis, RedisSettings
from arq.constants import expires_extra_ms, job_key_prefix
from arq.jobs import serialize_job
from arq.utils import timestamp_ms
from redis.exceptions import RedisError

from hub.storage.database import Wake

log = logging.getLogger(__name__)

CHANNEL = "orderhub:wake"
LANES = ("live", "bulk")
ANSWER_SECONDS = 0.5
"""Who wakes workers is never held up longer, be it a webhook that wants its answer."""
REST_SECONDS = 2.0
"""How long a queue that did not answer is left alone."""
PAUSE_SECONDS = 0.02
"""Between two messages about the same job."""


class Queue(Protocol):
    """Wakes jobs. Waking a job that is queued already changes nothing."""

    async def wake(self, wakes: Sequence[Wake]) -> bool:
        """Send wake-ups; false if they could not be sent (never raises)."""

    async def is_reachable(self) -> bool:
        """Does the queue answer now?"""

    async def workers(self, lane: str) -> int:
        """Processes on all machines that work on this lane."""

    async def close(self) -> None: ...


def queue_name(lane: str) -> str:
    """One arq queue per lane, so that a backfill cannot delay a live order."""
    return f"orderhub:{lane}"


def health_key(lane: str, process: str, machine: str = "") -> str:
    """Where a worker says that it lives; `process` is its id, `machine` a name (empty: this one), `*` stands
    for all."""
    return f"orderhub:health:{lane}:{machine or socket.gethostname()}:{process}"


def serialize(job: dict[str, Any]) -> bytes:
    """Jobs travel as JSON: a writable Redis must not mean code execution, as pickle would."""
    return json.dumps(job, default=str).encode()


def deserialize(job: bytes) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(job)
    return parsed


def client(settings: RedisSettings) -> ArqRedis:
    """A client that connects when it is used, and again after each loss: a hub starts without a queue."""
    return ArqRedis(
        job_serializer=serialize,
        job_deserializer=deserialize,
        host=str(settings.host),
        port=settings.port,
        unix_socket_path=settings.unix_socket_path,
        db=settings.database,
        username=settings.username,
        password=settings.password,
        ssl=settings.ssl,
        socket_connect_timeout=settings.conn_timeout,
        encoding="utf8",
    )


async def connect(settings: RedisSettings) -> ArqRedis:
    """A client whose server answers now."""
    redis = client(settings)
    try:
        async with asyncio.timeout(settings.conn_timeout):
            await redis.ping()
    except BaseException:
        await redis.aclose()
        raise
    return redis


async def enqueue(redis: ArqRedis, *wakes: Wake) -> list[Wake]:
    """What arq's `enqueue_job` does, for many wake-ups in one round trip, and the message about them: whoever
    committed waits for it. Returns those that arq knew still: the job waits, it runs, or it has just looked
    for the last time."""
    async with redis.pipeline(transaction=True) as pipe:
        for wake in wakes:
            job_id, now = f"{wake.job}:{wake.key}", timestamp_ms()
            job = serialize_job(wake.job, (wake.key,), {}, None, now, serializer=serialize)
            pipe.set(job_key_prefix + job_id, job, px=expires_extra_ms, nx=True)
            pipe.zadd(queue_name(wake.lane), {job_id: now}, nx=True)
        pipe.publish(CHANNEL, _heard(wakes, are_queued=True))
        answers = await pipe.execute()
    return [wake for wake, is_new in zip(wakes, answers[::2], strict=False) if not is_new]


def _heard(wakes: Sequence[Wake], *, are_queued: bool) -> str:
    return json.dumps([[each.job, each.key, each.lane, are_queued] for each in wakes])


class ArqQueue:
    """arq's queue for the work, publish/subscribe for speed: idle workers would poll only every second."""

    def __init__(self, redis: ArqRedis) -> None:
        self._redis = redis
        self._is_down = False
        self._rests_until = 0.0

    async def wake(self, wakes: Sequence[Wake]) -> bool:
        if time.monotonic() < self._rests_until:
            return False
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._send(wakes)
        except (RedisError, OSError) as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            if not self._is_down:
                log.warning("queue is unreachable, sweeps take over", extra={"error": type(error).__name__})
            self._is_down = True
            return False
        if self._is_down:
            log.info("queue is reachable again")
        self._is_down = False
        return True

    async def _send(self, wakes: Sequence[Wake]) -> None:
        if known := await enqueue(self._redis, *wakes):
            await self._redis.publish(CHANNEL, _heard(known, are_queued=False))

    async def is_reachable(self) -> bool:
        async with asyncio.timeout(ANSWER_SECONDS):
            return bool(await self._redis.ping())

    async def workers(self, lane: str) -> int:
        async with asyncio.timeout(ANSWER_SECONDS):
            return len([each async for each in self._redis.scan_iter(health_key(lane, "*", "*"))])

    async def close(self) -> None:
        await self._redis.aclose()


class Bell:
    """Rings beside those who committed, so that nobody waits for the queue before answering a webhook. What
    several commits want to wake while it rings travels together, and the same wake-up is not sent more often
    than every `PAUSE_SECONDS`: in a storm of webhooks each ring would stir every worker."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._waiting: dict[Wake, None] = {}
        self._rests_until: dict[Wake, float] = {}
        self._news = asyncio.Event()
        self._is_closing = False
        self._ringing: asyncio.Task[None] | None = None

    async def ring(self, wakes: Sequence[Wake]) -> None:
        """Returns at once."""
        self._waiting.update(dict.fromkeys(wakes))
        self._news.set()
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.create_task(self._ring())

    async def _ring(self) -> None:
        while self._waiting:
            now = time.monotonic()
            if due := [each for each in self._waiting if self._may_ring(each, now)]:
                for each in due:
                    del self._waiting[each]
                    self._rests_until[each] = now + PAUSE_SECONDS
                await self._queue.wake(due)
            else:
                await self._rest(min(self._rests_until[each] for each in self._waiting) - now)

    def _may_ring(self, wake: Wake, now: float) -> bool:
        return self._is_closing or self._rests_until.get(wake, 0.0) <= now

    async def _rest(self, seconds: float) -> None:
        """Until it may ring again, or somebody wants to wake something else."""
        self._news.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()

    async def close(self) -> None:
        """Everything that was asked for has been sent."""
        self._is_closing = True
        self._news.set()
        if self._ringing:
            await self._ringing


class SilentQueue:
    """Wakes nobody: command-line tools that only write; sweeps find what they wrote."""

    async def wake(self, wakes: Sequence[Wake]) -> bool:
        return False

    async def is_reachable(self) -> bool:
        return False

    async def workers(self, lane: str) -> int:
        return 0

    async def close(self) -> None:
        return None
