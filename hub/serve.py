"""Run the hub: web server and workers, in one process or apart."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any

import uvicorn
import uvloop
from arq.connections import RedisSettings

from hub.api.punctual import Punctual
from hub.asgi import application
from hub.bootstrap import World, open_hub
from hub.context import HubContext
from hub.embedded import EmbeddedQueue
from hub.queue import LANES, ArqQueue, Bell, client
from hub.settings import HubSettings
from hub.telemetry import configure_logging
from hub.worker import work

log = logging.getLogger(__name__)

REVIVE_SECONDS = 1.0
SWITCH_SECONDS = 0.0005
"""How long a database thread waits for a busy event loop after each call of its driver. Python's own 5 ms,
several times per commit, cost a third of the webhooks per second."""


def redis_settings(settings: HubSettings, embedded: EmbeddedQueue) -> RedisSettings:
    """Where the queue is: the address of the settings, else the embedded server's socket."""
    return RedisSettings.from_dsn(settings.redis_url) if settings.redis_url else embedded.redis_settings


@contextlib.asynccontextmanager
async def running_hub(
    settings: HubSettings, world: World | None = None
) -> AsyncIterator[tuple[HubContext, RedisSettings]]:
    """A hub with its queue; the embedded queue server is started, and ended at the end, where it is used."""
    sys.setswitchinterval(SWITCH_SECONDS)
    embedded = EmbeddedQueue(settings.data_dir)
    reviving = None
    if not settings.redis_url:
        embedded.start()
        reviving = asyncio.create_task(_revive(embedded))
    redis = redis_settings(settings, embedded)
    try:
        hub = open_hub(settings, world=world, queue=ArqQueue(client(redis)))
        bell = Bell(hub.queue)
        hub.database.after_commit = bell.ring
        try:
            yield hub, redis
        finally:
            await bell.close()
            await hub.close()
    finally:
        if reviving:
            reviving.cancel()
        embedded.stop()


async def _revive(embedded: EmbeddedQueue) -> None:
    """Until cancelled: start the embedded server again when it ended."""
    while True:
        await asyncio.sleep(REVIVE_SECONDS)
        if embedded.revive():
            log.warning("the embedded queue server ended and was started again")


def server(hub: HubContext) -> uvicorn.Server:
    """The web server. Slow clients are cut off: headers and bodies have deadlines."""
    config = uvicorn.Config(
        application(hub),
        http=Punctual,
        host=hub.settings.host,
        port=hub.settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing here asks who the sender says he is
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
    )
    return uvicorn.Server(config)


async def _serve(settings: HubSettings, *, web: bool, lanes: Sequence[str]) -> None:
    """Web server and workers, until the first of them ends or a signal comes. Then all end in order."""
    asked_to_end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked_to_end.set)
    async with running_hub(settings) as (hub, redis):
        parts: list[asyncio.Task[Any]] = [asyncio.create_task(asked_to_end.wait())]
        if web:
            parts.append(asyncio.create_task(server(hub).serve()))
        if lanes:
            parts.append(asyncio.create_task(work(hub, redis, lanes)))
        try:
            ended, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in ended:
                part.result()
        finally:
            await _end(parts)


async def _end(parts: Sequence[asyncio.Task[Any]]) -> None:
    for part in parts:
        part.cancel()
    await asyncio.gather(*parts, return_exceptions=True)


def serve(settings: HubSettings, *, web: bool = True, lanes: Sequence[str] = LANES) -> None:
    """Run until interrupted."""
    configure_logging(settings.log_level)
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, web=web, lanes=lanes))
