"""Is the process alive, can it work, what does it count."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from hub.context import HubContext
from hub.jobs.trouble import CORRECT, SIGN_IN
from hub.queue import LANES
from hub.storage import completeness
from hub.storage.completeness import Standing
from hub.storage.database import UnitOfWork
from hub.storage.lateness import lateness, quiet
from hub.storage.overview import Overview, overview
from hub.storage.register import Alarm, alarms
from hub.telemetry import (
    BACKLOG,
    CERTIFICATES,
    COMPLETENESS_AGE,
    COMPLETENESS_GAPS,
    CONNECTION_PAUSED,
    CONNECTION_UP,
    LATE_SECONDS,
    ORDERS,
    PART_UP,
    QUIET_SECONDS,
    REGISTRY,
    WORKERS,
)
from mappings.structs import FrozenStruct

ANSWER_SECONDS = 3.0
FROM_ROWS = (
    ORDERS,
    BACKLOG,
    CONNECTION_UP,
    CONNECTION_PAUSED,
    LATE_SECONDS,
    QUIET_SECONDS,
    CERTIFICATES,
    COMPLETENESS_AGE,
    COMPLETENESS_GAPS,
)
"""Gauges of what the database says; the others count in this process."""


class Counted(FrozenStruct):
    """What one scrape reads of the rows."""

    overview: Overview
    late: Mapping[str, float]
    quiet: Mapping[str, float]
    urgent: tuple[Alarm, ...]
    standings: Sequence[Standing]


class Health:
    """Routes for orchestrators and Prometheus."""

    def __init__(self, hub: HubContext) -> None:
        self._hub = hub

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/health/live", self.live, methods=["GET"]),
            Route("/health/ready", self.ready, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
        ]

    async def live(self, request: Request) -> Response:
        """The process answers."""
        return PlainTextResponse("alive")

    async def ready(self, request: Request) -> Response:
        """The database answers. A queue that is away makes the hub slower, not unready."""
        database, queue = await asyncio.gather(self._database(), self._queue())
        parts = {"database": database, "queue": queue}
        return JSONResponse(parts, 200 if parts["database"] == "ok" else 503)

    async def _database(self) -> str:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._hub.database.read(lambda uow: uow.one("SELECT 1"))
        except (SQLAlchemyError, TimeoutError) as error:
            return f"unreachable ({type(error).__name__})"
        return "ok"

    async def _queue(self) -> str:
        try:
            return "ok" if await self._hub.queue.is_reachable() else "unreachable, sweeps take over"
        except (RedisError, OSError):
            return "unreachable, sweeps take over"

    async def metrics(self, request: Request) -> Response:
        """Prometheus text; gauges are read when they are asked for, and absent while nobody knows them."""
        await asyncio.gather(self._read_rows(), self._read_queue())
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    async def _read_rows(self) -> None:
        for gauge in FROM_ROWS:
            gauge.clear()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                counted = await self._hub.database.read(self._counted)
            _publish(counted)
            _publish_completeness(counted.standings, self._hub.now())
        except (SQLAlchemyError, TimeoutError):
            PART_UP.labels("database").set(0)
        else:
            PART_UP.labels("database").set(1)

    async def _read_queue(self) -> None:
        WORKERS.clear()
        is_up = await self._queue() == "ok"
        PART_UP.labels("queue").set(is_up)
        with contextlib.suppress(RedisError, OSError):
            for lane in LANES if is_up else ():
                WORKERS.labels(lane).set(await self._hub.queue.workers(lane))

    def _counted(self, uow: UnitOfWork) -> Counted:
        alarm_days = self._hub.settings.certificate_alarm_days.by_kind()
        now = self._hub.now()
        return Counted(
            overview=overview(uow),
            late=lateness(uow, now),
            quiet=quiet(uow, now),
            urgent=tuple(alarms(uow, self._hub.books.connections, now.date(), alarm_days)),
            standings=completeness.standings(uow),
        )


def _publish(counted: Counted) -> None:
    for stage, number in counted.overview.orders.items():
        ORDERS.labels(stage).set(number)
    for kind, number in counted.overview.backlog.items():
        BACKLOG.labels(kind).set(number)
    for each in counted.overview.connections:
        CONNECTION_UP.labels(each.id).set(each.status == "active" and not each.last_error)
        if each.status == "paused":
            CONNECTION_PAUSED.labels(each.id, _remedy(each.paused_reason)).set(1)
    for kind, seconds in counted.late.items():
        LATE_SECONDS.labels(kind).set(seconds)
    for connection_id, seconds in counted.quiet.items():
        QUIET_SECONDS.labels(connection_id).set(seconds)
    for row, state in counted.urgent:
        CERTIFICATES.labels(row.certificate.kind.value, state.value).inc()


def _publish_completeness(standings: Sequence[Standing], now: datetime) -> None:
    """A store of which no hour is certified yet has no age."""
    for each in standings:
        if each.until is not None:
            COMPLETENESS_AGE.labels(each.connection_id).set((now - each.until).total_seconds())
            COMPLETENESS_GAPS.labels(each.connection_id).set(each.open)


def _remedy(paused_reason: str) -> str:
    """What a person has to do; the sentence itself would make a label without end."""
    found = (each for each in (SIGN_IN, CORRECT) if paused_reason.startswith(each))
    return next(found, "resume")
