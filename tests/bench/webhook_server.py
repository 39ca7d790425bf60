"""The hub's webhook endpoint as a program of its own: `group` commits as the hub does, `single` commits once
per request through the same store function, `bare` verifies and answers without a database."""

import argparse
import asyncio
from collections.abc import Mapping
from pathlib import Path

import uvloop
from starlette.applications import Starlette

from hub.api.receipts import Received, store_receipts
from hub.api.webhooks import Webhooks
from hub.serve import running_hub, server
from tests.bench.brand import settings
from tests.bench.children import say, told_to_end


class OneByOne(Webhooks):
    async def _commit(self, received: Received) -> None:
        await store_receipts(self._hub, [received])


class Bare(Webhooks):
    async def _commit(self, received: Received) -> None:
        return None


ENDPOINTS: Mapping[str, type[Webhooks]] = {"group": Webhooks, "single": OneByOne, "bare": Bare}


async def serve(endpoint: str, data_dir: Path, database_url: str) -> None:
    chosen = settings(data_dir, database_url).model_copy(update={"port": 0})
    async with running_hub(chosen) as (hub, _):
        web = server(hub)
        web.config.app = Starlette(routes=[ENDPOINTS[endpoint](hub).route])
        serving = asyncio.create_task(web.serve())
        while not web.started:  # noqa: ASYNC110 - uvicorn offers nothing to wait for
            await asyncio.sleep(0.01)
        say(web.servers[0].sockets[0].getsockname()[1])
        await told_to_end()
        web.should_exit = True
        await serving


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("endpoint", choices=ENDPOINTS)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--database-url", default="")
    given = parser.parse_args()
    uvloop.run(serve(given.endpoint, given.data_dir, given.database_url))
