"""What is on hand, promised and available."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.csv_file import read_file
from hub.cli.escrow import escrow
from hub.cli.problem import Problem
from hub.cli.risk import risk
from hub.cli.shown import AsJson, progress, show
from hub.cli.state import with_hub
from hub.cli.stock_file import read_counts
from hub.cli.stock_limits import limit
from hub.context import HubContext
from hub.jobs.stock import reaudit
from hub.pipeline.counting import BelowPromise, count_stock
from hub.storage import movements, queries, stores
from hub.storage.stock import Count

app = typer.Typer(no_args_is_help=True, help="What is on hand, promised and available.")
app.add_typer(escrow, name="escrow")
app.command("risk")(risk)
app.command("limit")(limit)


@app.command("import")
def import_(
    csv_file: Annotated[Path, typer.Argument(metavar="CSV", help="Columns sku, location, quantity.")],
) -> None:
    """Set what is physically there from a CSV file: all of it, or nothing if anything is wrong with it."""

    async def work(hub: HubContext) -> tuple[int, int]:
        places = [each.location_id for each in await hub.database.read(stores.locations)]
        counts = read_file(csv_file, lambda content: read_counts(content, places))
        with progress() as shown:
            shown.add_task(f"applying {len(counts)} counts")
            return len(counts), await _apply(hub, counts, csv_file.name)

    read, changed = with_hub(work)
    typer.echo(f"{read} counts read, {changed} of them changed what is on hand.")


async def _apply(hub: HubContext, counts: list[Count], reference: str) -> int:
    """Count in one transaction; what this releases (links of equal SKUs, held orders) follows at once."""
    actor = entering.actor()
    try:
        changed = await hub.database.run(
            lambda uow: count_stock(hub.books, uow, counts, hub.now(), actor=actor, reference=reference)
        )
    except BelowPromise as error:
        raise Problem(f"{error} (`orderhub orders search --sku …`)") from None
    await reaudit(hub)
    return changed


@app.command("set")
def set_(
    sku: Annotated[str, typer.Argument(help="SKU.")],
    location: Annotated[str, typer.Argument(help="Id of the location.")],
    quantity: Annotated[str, typer.Argument(help="Units that are physically there.")],
) -> None:
    """Set what is physically there of one SKU at one location."""
    units = entering.whole(quantity)
    if units is None:
        raise Problem(f"the quantity {quantity!r} is not a whole number from 0 on")
    if not sku.strip() or not sku.isprintable():
        raise Problem(f"{sku!r} cannot be a SKU")

    async def work(hub: HubContext) -> int:
        known = [each.location_id for each in await hub.database.read(stores.locations)]
        if location not in known:
            there_are = ", ".join(known) or "none yet"
            raise Problem(f"there is no location {location!r}; there are: {there_are}")
        count = Count(sku=sku.strip(), location_id=location, on_hand=units)
        return await _apply(hub, [count], "by hand")

    changed = with_hub(work)
    typer.echo(f"{sku} at {location}: {units} on hand{'' if changed else ', as before'}.")


@app.command("movements")
def movements_(
    sku: Annotated[str, typer.Argument(help="The SKU.")],
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Why so much is on hand: what came and went of a SKU, newest first, who did it and for which order."""
    show(
        with_hub(lambda hub: hub.database.read(lambda uow: movements.last(uow, sku, limit))),
        {
            "at": lambda each: each.at,
            "location": lambda each: each.location,
            "units": lambda each: f"{each.delta:+}",
            "cause": lambda each: each.kind,
            "by": lambda each: each.reference,
            "order": lambda each: each.order,
            "actor": lambda each: each.actor,
        },
        as_json=as_json,
        nothing=f"Nothing of {sku} ever came or went. `orderhub stock set` counts it.",
    )


@app.command("show")
def show_(
    sku: Annotated[str, typer.Argument(help="One SKU; default: all.")] = "",
    as_json: AsJson = False,
) -> None:
    """Stock by SKU and location. What was never counted is unknown, not 0."""
    show(
        with_hub(lambda hub: hub.database.read(lambda uow: queries.stock(uow, sku))),
        {
            "SKU": lambda each: each.sku,
            "location": lambda each: each.location,
            "on hand": lambda each: each.on_hand,
            "promised": lambda each: each.reserved,
            "available": lambda each: each.available,
        },
        as_json=as_json,
        nothing=f"{sku or 'All stock'} is unknown: never counted. `orderhub stock import CSV` counts.",
    )
