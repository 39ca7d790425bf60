"""What stores offer, and which of our SKUs it is."""

from typing import Annotated

import typer

from hub.cli.connections import known
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, progress, show
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.jobs.listings import pull_listings
from hub.jobs.stock import reaudit
from hub.storage import queries, stores
from hub.storage.connections import Connection
from hub.storage.database import UnitOfWork

app = typer.Typer(no_args_is_help=True, help="What stores offer, and which SKU it is.")


@app.command("pull")
def pull(
    connection: Annotated[str, typer.Argument(help="Default: all stores that can be asked.")] = "",
) -> None:
    """Read what stores offer. An equal SKU links itself."""

    async def work(hub: HubContext) -> None:
        wanted = [await known(hub, connection)] if connection else await _readable(hub)
        for each in wanted:
            if "PullsListings" not in each.capabilities:
                raise Problem(f"{each.connection_id} ({each.platform}) cannot be asked what it offers")
            with progress() as shown:
                shown.add_task(f"reading {each.connection_id}")
                new = await pull_listings(hub, each.connection_id)
            rows = await hub.database.read(lambda uow: queries.listings(uow, connection=each.connection_id))  # noqa: B023 - runs at once
            unlinked = sum(row.sku is None for row in rows)
            typer.echo(
                f"{each.connection_id}: {len(rows)} listings, {new} of them new or changed,"
                f" {unlinked} not linked to a SKU"
            )
        await reaudit(hub)

    with_hub(work)


async def _readable(hub: HubContext) -> list[Connection]:
    every = await hub.database.read(hub.books.connections.all)
    found = [each for each in every if "PullsListings" in each.capabilities]
    if not found:
        raise Problem("there is no store that can be asked what it offers: `orderhub connections add`")
    return found


@app.command("link")
def link(
    connection: Annotated[str, typer.Argument(help="The store's connection.")],
    listing: Annotated[str, typer.Argument(help="The listing's id on the platform.")],
    sku: Annotated[str, typer.Argument(help="Our SKU.")],
) -> None:
    """Say which SKU a listing sells; orders that were held for it are audited again."""

    async def work(hub: HubContext) -> None:
        await known(hub, connection)
        await hub.database.run(lambda uow: _link(hub, uow, connection, listing, sku))
        await reaudit(hub)

    with_hub(work)
    typer.echo(f"{listing} of {connection} sells {sku}.")


def _link(hub: HubContext, uow: UnitOfWork, connection: str, listing: str, sku: str) -> None:
    if not queries.stock(uow, sku):
        raise Problem(f"the SKU {sku!r} was never counted: `orderhub stock set {sku} LOCATION QUANTITY`")
    if not stores.link(uow, connection, listing, sku, hub.now()):
        raise Problem(
            f"{connection} has no listing {listing!r}: `orderhub listings pull {connection}` reads them anew"
        )


@app.command("list")
def list_(
    connection: Annotated[str, typer.Argument(help="Default: all.")] = "",
    unlinked: Annotated[bool, typer.Option("--unlinked", help="Only those without a SKU.")] = False,
    as_json: AsJson = False,
) -> None:
    """Listings with what is available and what the store was told last."""
    show(
        with_hub(
            lambda hub: hub.database.read(
                lambda uow: queries.listings(uow, connection=connection, unlinked=unlinked)
            )
        ),
        {
            "connection": lambda each: each.connection,
            "listing": lambda each: each.listing,
            "title": lambda each: each.title,
            "platform's SKU": lambda each: each.platform_sku or "-",
            "SKU": lambda each: each.sku or "not linked",
            "available": lambda each: each.available,
            "told": lambda each: each.told,
            "told at": lambda each: each.told_at,
        },
        as_json=as_json,
        nothing="No listings are known: `orderhub listings pull` reads them.",
    )
