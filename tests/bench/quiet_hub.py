"""A whole embedded hub as a program of its own, on quiet platforms: queue server, worker, web server.

It says «ready», then for each booking the seconds from the commit of its outbox row to the call."""

import argparse
import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop

from hub.bootstrap import World
from hub.context import HubContext
from hub.serve import running_hub, server
from hub.storage.database import Wake
from hub.worker import work
from mappings.canonical import Booking, ShipmentRequest
from tests.bench import quiet
from tests.bench.brand import CARRIER, settings
from tests.bench.children import say, told_to_end


class Stopwatch:
    """From the last commit that wrote outbox rows for the carrier to the call of it."""

    committed_at = 0.0

    def attach(self, hub: HubContext) -> None:
        ring = hub.database.after_commit
        assert ring is not None

        async def after_commit(wakes: Sequence[Wake]) -> object:
            if any(each.job == "work_outbox" and each.key == CARRIER for each in wakes):
                self.committed_at = time.perf_counter()
            return await ring(wakes)

        hub.database.after_commit = after_commit


STOPWATCH = Stopwatch()


class TimedCarrier(quiet.QuietCarrier):
    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        say(time.perf_counter() - STOPWATCH.committed_at)
        return await super().book(request, key)


async def serve(data_dir: Path, database_url: str, *, is_timed: bool, with_web: bool) -> None:
    world = World(registry=quiet.registry(TimedCarrier if is_timed else quiet.QuietCarrier))
    chosen = settings(data_dir, database_url).model_copy(update={"port": 0})
    async with running_hub(chosen, world) as (hub, redis):
        if is_timed:
            STOPWATCH.attach(hub)
        working = asyncio.create_task(work(hub, redis))
        web = server(hub)
        serving = asyncio.create_task(web.serve()) if with_web else None
        while serving and not web.started:  # noqa: ASYNC110 - uvicorn offers nothing to wait for
            await asyncio.sleep(0.01)
        say("ready")
        await told_to_end()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        if serving:
            web.should_exit = True
            await serving


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--timed", action="store_true")
    parser.add_argument("--no-web", action="store_true")
    given = parser.parse_args()
    uvloop.run(serve(given.data_dir, given.database_url, is_timed=given.timed, with_web=not given.no_web))
