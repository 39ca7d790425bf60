"""Pull and send now, in this process; or read older orders."""

from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.connections import known
from hub.cli.problem import Problem
from hub.cli.shown import progress
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.jobs.backfill import backfill as read_back
from hub.jobs.drain import drain
from hub.jobs.pull import pull
from hub.jobs.stock import reaudit
from hub.storage.connections import Connection, ConnectionStatus

app = typer.Typer(no_args_is_help=True, help="Pull and send now, or read older orders.")

Chosen = Annotated[str, typer.Argument(metavar="[CONNECTION]", help="Default: all stores in use.")]


@app.command("now")
def now(connection: Chosen = "") -> None:
    """Pull, decide and send everything that is due, until nothing is. Works beside a running hub, or
    without one."""

    async def work(hub: HubContext) -> int:
        with progress() as shown:
            task = shown.add_task("looking")
            stores = await _stores(hub, connection)
            for each in stores:
                shown.update(task, description=f"pull {each.connection_id}")
                await pull(hub, each.connection_id)
            await reaudit(hub)
            ran = await drain(
                hub, lambda wake: shown.update(task, description=f"{wake.job} {wake.key}".strip())
            )
        await _report_trouble(hub, stores)
        return len(stores) + ran

    typer.echo(f"{with_hub(work)} jobs done, nothing more is due now.")


async def _stores(hub: HubContext, connection: str) -> list[Connection]:
    """The stores to pull: the one that was named, else all that are in use."""
    if not connection:
        every = await hub.database.read(hub.books.connections.all)
        return [each for each in every if each.kind == "store" and each.may_be_asked]
    chosen = await known(hub, connection)
    if chosen.status is ConnectionStatus.PAUSED:
        raise Problem(
            f"{connection} is paused ({chosen.paused_reason}): `orderhub connections resume {connection}`"
        )
    if not chosen.may_be_asked:
        resume = f"`orderhub connections resume {connection} --flow orders`"
        raise Problem(f"the flow orders of {connection} is paused: {resume}")
    return [chosen] if chosen.kind == "store" else []


async def _report_trouble(hub: HubContext, stores: list[Connection]) -> None:
    """What went wrong with a connection during this run, each on its own line; exit code 1."""
    wanted = {each.connection_id for each in stores}
    for each in await hub.database.read(hub.books.connections.all):
        is_new = each.connection_id in wanted or each.status is not ConnectionStatus.PAUSED
        if is_new and (trouble := each.paused_reason or each.last_error):
            raise Problem(f"{each.connection_id} does not work: {trouble}")


@app.command("backfill")
def backfill(
    since: Annotated[str, typer.Option(metavar="DATE", help="Oldest change to read.")],
    connection: Chosen = "",
) -> None:
    """Read older orders once, in the slow lane. Orders from before the arming become history."""
    start = entering.moment(since)

    async def work(hub: HubContext) -> tuple[int, int]:
        pages = documents = 0
        with progress() as shown:
            task = shown.add_task("reading")
            for each in await _stores(hub, connection):
                async for new in read_back(hub, each.connection_id, start):
                    pages, documents = pages + 1, documents + new
                    shown.update(
                        task, description=f"{each.connection_id}: {pages} pages, {documents} documents"
                    )
            await drain(hub)
        return pages, documents

    pages, documents = with_hub(work)
    typer.echo(f"{pages} pages read, {documents} documents were new.")
