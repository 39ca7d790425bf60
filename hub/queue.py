"""Waking workers. Redis holds no fact: a lost wake-up costs one sweep interval and nothing else.

The only module that imports arq's client side; `hub/worker.py` has its worker side.
"""

import json
import logging
from collections.abc import Sequence
from typing import Any, Protocol

from arq.connections import ArqRedis, RedisSettings, create_pool
from redis.exceptions import RedisError

from hub.storage.database import Wake

log = logging.getLogger(__name__)

CHANNEL = "orderhub:wake"


class Queue(Protocol):
    """Wakes jobs. Waking a job that is queued already changes nothing."""

    async def wake(self, wakes: Sequence[Wake]) -> bool:
        """Send wake-ups; false if they could not be sent (never raises)."""

    async def is_reachable(self) -> bool:
        """Does the queue answer now?"""

    async def close(self) -> None: ...


def queue_name(lane: str) -> str:
    """One arq queue per lane, so that a backfill cannot delay a live order."""
    return f"orderhub:{lane}"


def serialize(job: dict[str, Any]) -> bytes:
    """Jobs travel as JSON: a writable Redis must not mean code execution, as pickle would."""
    return json.dumps(job, default=str).encode()


def deserialize(job: bytes) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(job)
    return parsed


async def connect(settings: RedisSettings) -> ArqRedis:
    """A client for queueing and listening."""
    return await create_pool(settings, job_serializer=serialize, job_deserializer=deserialize)


class ArqQueue:
    """arq's queue for the work, publish/subscribe for speed: idle workers would poll only every second."""

    def __init__(self, redis: ArqRedis) -> None:
        self._redis = redis
        self._is_down = False

    async def wake(self, wakes: Sequence[Wake]) -> bool:
        try:
            for wake in wakes:
                await self._redis.enqueue_job(
                    wake.job,
                    wake.key,
                    _job_id=f"{wake.job}:{wake.key}",
                    _queue_name=queue_name(wake.lane),
                )
            await self._redis.publish(CHANNEL, json.dumps([[w.job, w.key, w.lane] for w in wakes]))
        except (RedisError, OSError) as error:
            if not self._is_down:
                log.warning("queue is unreachable, sweeps take over", extra={"error": type(error).__name__})
            self._is_down = True
            return False
        if self._is_down:
            log.info("queue is reachable again")
        self._is_down = False
        return True

    async def is_reachable(self) -> bool:
        return bool(await self._redis.ping())

    async def close(self) -> None:
        await self._redis.aclose()


class SilentQueue:
    """Wakes nobody: command-line tools that only write; sweeps find what they wrote."""

    async def wake(self, wakes: Sequence[Wake]) -> bool:
        return False

    async def is_reachable(self) -> bool:
        return False

    async def close(self) -> None:
        return None
