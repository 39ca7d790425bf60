"""Is the process alive, can it work, what does it count."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from hub.context import HubContext
from hub.storage import completeness
from hub.storage.completeness import Standing
from hub.storage.database import UnitOfWork
from hub.storage.overview import Overview, overview
from hub.storage.register import Alarm, alarms
from hub.telemetry import (
    BACKLOG,
    CERTIFICATES,
    COMPLETENESS_AGE,
    COMPLETENESS_GAPS,
    CONNECTION_UP,
    ORDERS,
    REGISTRY,
)

ANSWER_SECONDS = 3.0
READ = (ORDERS, BACKLOG, CONNECTION_UP, CERTIFICATES, COMPLETENESS_AGE, COMPLETENESS_GAPS)
"""Gauges of what the database says; the others count in this process."""


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
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                seen, urgent, standings = await self._hub.database.read(self._counted)
            _publish(seen, urgent)
            _publish_completeness(standings, self._hub.now())
        except (SQLAlchemyError, TimeoutError):
            for gauge in READ:
                gauge.clear()
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    def _counted(self, uow: UnitOfWork) -> tuple[Overview, list[Alarm], Sequence[Standing]]:
        alarm_days = self._hub.settings.certificate_alarm_days.by_kind()
        today = self._hub.now().date()
        urgent = alarms(uow, self._hub.books.connections, today, alarm_days)
        return overview(uow), urgent, completeness.standings(uow)


def _publish(seen: Overview, urgent: Sequence[Alarm]) -> None:
    ORDERS.clear()
    for stage, number in seen.orders.items():
        ORDERS.labels(stage).set(number)
    for kind, number in seen.backlog.items():
        BACKLOG.labels(kind).set(number)
    CONNECTION_UP.clear()
    for connection in seen.connections:
        CONNECTION_UP.labels(connection.id).set(connection.status == "active" and not connection.last_error)
    CERTIFICATES.clear()
    for row, state in urgent:
        CERTIFICATES.labels(row.certificate.kind.value, state.value).inc()


def _publish_completeness(standings: Sequence[Standing], now: datetime) -> None:
    """A store of which no hour is certified yet has no age."""
    COMPLETENESS_AGE.clear()
    COMPLETENESS_GAPS.clear()
    for each in standings:
        if each.until is not None:
            COMPLETENESS_AGE.labels(each.connection_id).set((now - each.until).total_seconds())
            COMPLETENESS_GAPS.labels(each.connection_id).set(each.open)
