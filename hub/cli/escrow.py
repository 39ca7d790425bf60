"""SKUs in escrow: each store may promise its own quota, so that no store sells another one's last unit."""

from collections.abc import Sequence
from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, show
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.jobs.quotas import adjust_quotas, close_quotas
from hub.jobs.stock import resume, tell_stock
from hub.storage import quotas
from hub.storage.database import UnitOfWork

escrow = typer.Typer(no_args_is_help=True, help="SKUs of which each store holds a quota of its own.")

Skus = Annotated[list[str], typer.Argument(metavar="SKU…", help="One SKU or several.")]


@escrow.command("on")
def on(skus: Skus) -> None:
    """Divide these SKUs between the stores that sell them. Their listings show 0 until every order from
    before is here (a pull of each store), then their quotas."""

    async def work(hub: HubContext) -> None:
        await hub.database.run(lambda uow: _put_in(hub, uow, skus))
        await adjust_quotas(hub)
        await close_quotas(hub)

    with_hub(work)
    typer.echo(f"{', '.join(skus)}: in escrow. `orderhub stock escrow list` shows the quotas.")


def _put_in(hub: HubContext, uow: UnitOfWork, skus: Sequence[str]) -> None:
    known = {each.sku for each in hub.books.stock.rows(uow, skus)}
    if unknown := [each for each in skus if each not in known]:
        raise Problem(f"the SKU {unknown[0]!r} was never counted: `orderhub stock set` counts it")
    if found := quotas.untellable(uow, skus):
        sku, connection = found[0]
        raise Problem(
            f"{sku} cannot be in escrow: {connection} lists it, and that platform cannot be told"
            " a stock level or asked for its orders;"
            " link the listing to another SKU (`orderhub listings link`)"
        )
    quotas.put_in_escrow(uow, skus, entering.actor(), hub.now())


@escrow.command("off")
def off(skus: Skus) -> None:
    """Let all stores share these SKUs again."""

    async def work(hub: HubContext) -> None:
        def take(uow: UnitOfWork) -> None:
            if missing := sorted(set(skus) - set(quotas.in_escrow(uow, skus))):
                raise Problem(f"{missing[0]} is not in escrow (`orderhub stock escrow list`)")
            quotas.take_from_escrow(uow, skus)
            hub.books.stock.note(uow, set(skus), set(skus), hub.now())

        await hub.database.run(take)
        await tell_stock(hub)
        await resume(hub)

    with_hub(work)
    typer.echo(f"{', '.join(skus)}: shared by all stores again.")


@escrow.command("adjust")
def adjust(skus: Skus) -> None:
    """Divide these SKUs anew now, in proportion to the sales of the last 14 days, and not only tonight."""

    async def work(hub: HubContext) -> None:
        await hub.database.run(lambda uow: quotas.arrived(uow, skus))
        await adjust_quotas(hub)
        await close_quotas(hub)

    with_hub(work)
    typer.echo(f"{', '.join(skus)}: decided. `orderhub stock escrow list` shows what is on its way.")


@escrow.command("list")
def list_(
    sku: Annotated[str, typer.Argument(help="One SKU; default: all in escrow.")] = "",
    as_json: AsJson = False,
) -> None:
    """Quotas by SKU and store."""
    show(
        with_hub(lambda hub: hub.database.read(lambda uow: quotas.listed(uow, sku))),
        {
            "SKU": lambda each: each.sku,
            "store": lambda each: each.store,
            "quota": lambda each: each.quota,
            "leaving": lambda each: each.leaving or "",
            "told": lambda each: "never" if each.told is None else each.told,
            "state": lambda each: each.phase or "open",
        },
        as_json=as_json,
        nothing=f"{sku or 'Nothing'} is in escrow. `orderhub stock escrow on SKU` divides a SKU.",
    )
