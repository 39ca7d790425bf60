"""How much of what is available a store is told."""

from typing import Annotated

import msgspec
import typer

from hub.cli.problem import Problem
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.policies import ShownStock
from hub.jobs.stock import tell_stock
from hub.storage import levels, stores
from hub.storage.database import UnitOfWork


def limit(
    store: Annotated[str, typer.Argument(metavar="STORE", help="Id of the store.")],
    keep_back: Annotated[int, typer.Option(min=0, help="Units of each SKU that it is never shown.")] = 0,
    least: Annotated[int, typer.Option(min=0, help="Fewer than these are shown as 0.")] = 0,
    most: Annotated[int | None, typer.Option(min=0, help="Never more than these; default: all.")] = None,
) -> None:
    """Set how much stock a store is told; options that are left out return to their defaults. A SKU in escrow
    is told with its whole quota."""
    limits = ShownStock(keep_back=keep_back, least=least, most=most)

    async def work(hub: HubContext) -> None:
        def change(uow: UnitOfWork) -> None:
            known = {each.store_id: each for each in stores.stores(uow)}
            if store not in known:
                there_are = ", ".join(known) or "none yet"
                raise Problem(f"there is no store {store!r}; there are: {there_are}")
            policy = known[store].policy.model_copy(update={"shown_stock": limits})
            stores.add_store(uow, msgspec.structs.replace(known[store], policy=policy))
            levels.retell(uow, store, hub.now())

        await hub.database.run(change)
        await tell_stock(hub)

    with_hub(work)
    upper = "all" if most is None else f"at most {most}"
    typer.echo(f"{store} is told {upper} of what is available less {keep_back}; fewer than {least} as 0.")
