"""Run the hub until it is interrupted."""

from enum import StrEnum
from typing import Annotated

import typer

from hub.cli.problem import Problem
from hub.cli.state import database_file_exists, explained, usable_settings
from hub.embedded import QueueServerError
from hub.queue import LANES
from hub.serve import serve as run
from hub.settings import HubSettings

app = typer.Typer()


class Lane(StrEnum):
    """`live`: what is urgent. `bulk`: backfills, listings, tracking."""

    LIVE = "live"
    BULK = "bulk"


@app.command("serve")
def serve() -> None:
    """Web server and workers in one process."""
    _run()


@app.command("web")
def web() -> None:
    """Only the web server: webhooks, health, pages."""
    _run(lanes=())


@app.command("worker")
def worker(
    lane: Annotated[Lane | None, typer.Option(help="Default: both lanes.")] = None,
) -> None:
    """Only workers."""
    _run(web=False, lanes=(lane.value,) if lane else LANES)


def _run(*, web: bool = True, lanes: tuple[str, ...] = LANES) -> None:
    settings: HubSettings = usable_settings()
    if settings.is_embedded and not database_file_exists(settings):
        raise Problem(f"there is no database in {settings.data_dir}: make it with `orderhub migrate`")
    try:
        with explained():
            run(settings, web=web, lanes=lanes)
    except QueueServerError as error:
        raise Problem(str(error)) from None
