"""The demo's hub in a process of its own: `python -m hub.demo.hub_process`, in a folder with `orderhub.toml`.

It is `orderhub serve` with a clock that somebody else can read. It ends when its standard input ends, so that
it never outlives the demo, however that dies.
"""

import asyncio
import contextlib
import dataclasses
import os
import ssl
import sys
from collections.abc import Callable
from datetime import timedelta

import httpx
import uvloop

from hub import registry
from hub.bootstrap import World
from hub.connections import KEEP_ALIVE_SECONDS, POOL_SIZE, TIMEOUTS, MakeClient
from hub.demo.clock import HoldingTransport, Pace, SharedClock
from hub.demo.place import CLOCK_FILE
from hub.registry import Registry
from hub.serve import running_hub, server
from hub.settings import HubSettings
from hub.storage.connections import Connection
from hub.telemetry import configure_logging
from hub.worker import work

PULL_EVERY = timedelta(hours=2)
"""On the clock: half a second at the usual speed."""


def patient(found: Registry) -> Registry:
    """The same plug-ins; their stores are asked less often, because hours pass in a second."""
    stores = {
        name: dataclasses.replace(plugin, pull_every=PULL_EVERY, poll_every=PULL_EVERY)
        for name, plugin in found.stores.items()
    }
    return dataclasses.replace(found, stores=stores)


def client_factory(pace: Pace) -> MakeClient:
    """Clients as for real platforms, whose requests hold the clock."""
    context = ssl.create_default_context()
    limits = httpx.Limits(
        max_connections=POOL_SIZE, max_keepalive_connections=POOL_SIZE, keepalive_expiry=KEEP_ALIVE_SECONDS
    )

    def make(connection: Connection) -> httpx.AsyncClient:
        network = httpx.AsyncHTTPTransport(verify=context, limits=limits, trust_env=False)
        return httpx.AsyncClient(transport=HoldingTransport(network, pace), timeout=TIMEOUTS, trust_env=False)

    return make


async def serve(settings: HubSettings) -> None:
    clock = SharedClock(settings.data_dir / CLOCK_FILE)
    pace = Pace(clock)
    world = World(
        now=clock,
        sleep=pace.sleep,
        make_client=client_factory(pace),
        registry=patient(registry.load()),
        shares_clock=True,
    )
    async with running_hub(settings, world) as (hub, redis):
        web = server(hub)

        def end() -> None:
            web.should_exit = True

        at_end_of_input(end)
        background = asyncio.gather(work(hub, redis), pace.keep())
        background.add_done_callback(lambda _: end())
        await web.serve()
        background.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await background


def at_end_of_input(end: Callable[[], None]) -> None:
    """Call `end` when whoever started this process closes its end of the pipe, or is no more."""
    loop, pipe = asyncio.get_running_loop(), sys.stdin.fileno()

    def heard() -> None:
        if not os.read(pipe, 1024):
            loop.remove_reader(pipe)
            end()

    loop.add_reader(pipe, heard)


def main() -> None:
    settings = HubSettings()
    configure_logging(settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings))


if __name__ == "__main__":
    main()
