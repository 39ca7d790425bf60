"""Is the process alive, can it work, what does it count."""

import asyncio
from collections.abc import Sequence

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from hub.context import HubContext
from hub.storage.database import UnitOfWork
from hub.storage.overview import Overview, overview
from hub.storage.register import Alarm, alarms
from hub.telemetry import BACKLOG, CERTIFICATES, CONNECTION_UP, ORDERS, REGISTRY

ANSWER_SECONDS = 3.0


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
                seen, urgent = await self._hub.database.read(self._counted)
                _publish(seen, urgent)
        except (SQLAlchemyError, TimeoutError):
            for gauge in (ORDERS, BACKLOG, CONNECTION_UP, CERTIFICATES):
                gauge.clear()
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    def _counted(self, uow: UnitOfWork) -> tuple[Overview, list[Alarm]]:
        alarm_days = self._hub.settings.certificate_alarm_days.by_kind()
        today = self._hub.now().date()
        return overview(uow), alarms(uow, self._hub.books.connections, today, alarm_days)


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
