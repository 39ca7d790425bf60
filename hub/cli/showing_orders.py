"""Orders by any of their names, as commands ask for them."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from hub.cli.problem import Problem
from hub.cli.shown import plain, printable
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.order import Order, headline
from hub.pipeline.by_name import NoOrder, SeveralOrders, named_order
from hub.storage.queries import OrderItem

OrderName = Annotated[str, typer.Argument(metavar="ORDER", help="The hub's id, the platform's id or number.")]

OrderNames = Annotated[list[str], typer.Argument(metavar="ORDER…", help="Ids or numbers.")]

Decide = Callable[[HubContext, list[str]], Awaitable[list[Order]]]


def decided(names: list[str], decide: Decide) -> None:
    """Decide about orders by any of their names, and say where they stand then."""

    async def work(hub: HubContext) -> list[Order]:
        ids = [(await found_order(hub, name)).order_id for name in names]
        return await decide(hub, ids)

    for order in with_hub(work):
        typer.echo(printable(f"order {order.sales.order_number} is {headline(order)}"))


async def found_order(hub: HubContext, text: str) -> Order:
    """The one order that is called so; a `Problem` lists the candidates if there are several."""
    try:
        return await hub.database.read(lambda uow: named_order(hub.books, uow, text).order)
    except SeveralOrders as error:
        candidates = "\n".join(f"  {printable(_candidate(each))}" for each in error.found)
        raise Problem(f"several orders are called {text!r}; name one by its id:\n{candidates}") from None
    except NoOrder:
        raise Problem(f"no order is called {text!r}: `orderhub orders list` shows what there is") from None


def _candidate(item: OrderItem) -> str:
    return (
        f"{item.id}  store {item.store}, number {item.number}, {item.stage}, placed {plain(item.placed_at)}"
    )
