"""Run the hub: web server and workers, in one process or apart."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import uvicorn
import uvloop
from arq.connections import RedisSettings

from hub.asgi import application
from hub.bootstrap import World, open_hub
from hub.context import HubContext
from hub.embedded import EmbeddedQueue
from hub.queue import ArqQueue, connect
from hub.settings import HubSettings
from hub.telemetry import configure_logging
from hub.worker import LANES, work


def redis_settings(settings: HubSettings, embedded: EmbeddedQueue) -> RedisSettings:
    """Where the queue is: the address of the settings, else the embedded server's socket."""
    return RedisSettings.from_dsn(settings.redis_url) if settings.redis_url else embedded.redis_settings


@contextlib.asynccontextmanager
async def running_hub(
    settings: HubSettings, world: World | None = None
) -> AsyncIterator[tuple[HubContext, RedisSettings]]:
    """A hub with its queue; the embedded queue server is started, and ended at the end, where it is used."""
    embedded = EmbeddedQueue(settings.data_dir)
    if not settings.redis_url:
        embedded.start()
    redis = redis_settings(settings, embedded)
    hub = open_hub(settings, world=world, queue=ArqQueue(await connect(redis)))
    try:
        yield hub, redis
    finally:
        await hub.close()
        embedded.stop()


def server(hub: HubContext) -> uvicorn.Server:
    """The web server; slow clients are cut off by the webhook's own deadlines."""
    config = uvicorn.Config(
        application(hub),
        host=hub.settings.host,
        port=hub.settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
    )
    return uvicorn.Server(config)


async def _serve(settings: HubSettings, *, web: bool, lanes: Sequence[str]) -> None:
    async with running_hub(settings) as (hub, redis):
        workers = asyncio.create_task(work(hub, redis, lanes)) if lanes else None
        try:
            if web:
                await server(hub).serve()
            elif workers:
                await workers
        finally:
            if workers:
                workers.cancel()
                await asyncio.gather(workers, return_exceptions=True)


def serve(settings: HubSettings, *, web: bool = True, lanes: Sequence[str] = LANES) -> None:
    """Run until interrupted."""
    configure_logging(settings.log_level)
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, web=web, lanes=lanes))
