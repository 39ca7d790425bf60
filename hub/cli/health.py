"""Is the process on this machine well? One word and an exit status, for container engines and supervisors."""

import asyncio
import http.client
import json
from enum import StrEnum
from typing import Annotated

import typer
from redis.exceptions import RedisError

from hub.cli.problem import Problem
from hub.cli.serving import Lane
from hub.cli.state import usable_settings
from hub.embedded import EmbeddedQueue
from hub.queue import client, health_key
from hub.serve import redis_settings
from hub.settings import HubSettings

app = typer.Typer()

ANSWER_SECONDS = 5


class Part(StrEnum):
    """Which process is asked for."""

    WEB = "web"
    WORKER = "worker"


@app.command("health")
def health(
    part: Annotated[Part, typer.Argument(help="Which process of this machine.")],
    lane: Annotated[Lane, typer.Option(help="Of a worker.")] = Lane.LIVE,
) -> None:
    """Whether the web server, or a worker of a lane, works on this machine; exit status 1 if not."""
    settings = usable_settings()
    if part is Part.WEB:
        _ask_web(settings)
    else:
        asyncio.run(_look_for_worker(settings, lane))
    typer.echo("well")


def _ask_web(settings: HubSettings) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        said = json.loads(answer.read())
    except (OSError, ValueError) as error:
        raise Problem(f"the web server on port {settings.port} does not answer ({error})") from None
    finally:
        connection.close()
    if answer.status != 200:
        raise Problem(f"the web server is not ready: database {said.get('database')}")


async def _look_for_worker(settings: HubSettings, lane: Lane) -> None:
    """Workers keep a key in the queue that ends a moment after they do."""
    redis = client(redis_settings(settings, EmbeddedQueue(settings.data_dir)))
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            found = [key async for key in redis.scan_iter(health_key(lane, "*"))]
    except (RedisError, OSError) as error:
        raise Problem(f"the queue does not answer ({type(error).__name__})") from None
    finally:
        await redis.aclose()
    if not found:
        raise Problem(f"no worker of the lane {lane} has reported from this machine")
