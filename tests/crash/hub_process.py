"""A hub that is there to be killed: `python -m tests.crash.hub_process CLOCK SLOT [web]`, set by `HUB_…`.

Workers of both lanes, and the web server where asked for. It says «ready» when it works, and ends when its
standard input ends, so that it never outlives its driver.
"""

import asyncio
import dataclasses
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import uvloop

from hub import registry
from hub.bootstrap import World
from hub.connections import TIMEOUTS, MakeClient
from hub.registry import Registry
from hub.serve import running_hub, server
from hub.settings import HubSettings
from hub.telemetry import configure_logging
from hub.worker import work
from tests.crash.clock import SteppedClock, Watched

PULL_EVERY = timedelta(hours=4)


def crash_world(clock: SteppedClock) -> World:
    """The world of a process that lives by the driver's clock."""
    return World(
        now=clock, sleep=clock.sleep, make_client=_clients(clock), registry=_slower(), shares_clock=True
    )


def _clients(clock: SteppedClock) -> MakeClient:
    return lambda connection: httpx.AsyncClient(transport=Watched(clock), timeout=TIMEOUTS, trust_env=False)


def _slower() -> Registry:
    """The same plug-ins, asked less often: webhooks bring most, and days pass in seconds."""
    found = registry.load()
    stores = {name: dataclasses.replace(each, pull_every=PULL_EVERY) for name, each in found.stores.items()}
    return dataclasses.replace(found, stores=stores)


async def run(clock: SteppedClock, with_web: bool) -> None:
    async with running_hub(HubSettings(), crash_world(clock)) as (hub, redis):
        parts = [asyncio.create_task(work(hub, redis))]
        if with_web:
            web = server(hub)
            parts.append(asyncio.create_task(web.serve()))
            while not web.started:  # noqa: ASYNC110 - uvicorn offers no event
                await asyncio.sleep(0.01)
        at_end_of_input(parts[0].cancel)
        print("ready", flush=True)  # noqa: T201 - to the driver
        await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)


def at_end_of_input(end: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()

    def heard() -> None:
        if not os.read(sys.stdin.fileno(), 1024):
            loop.remove_reader(sys.stdin.fileno())
            end()

    loop.add_reader(sys.stdin.fileno(), heard)


if __name__ == "__main__":
    configure_logging("WARNING")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(SteppedClock(Path(sys.argv[1]), int(sys.argv[2])), "web" in sys.argv[3:]))
