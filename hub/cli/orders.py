"""Look at orders, explain them, decide about them."""

from collections.abc import Callable
from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.parcels import PARCEL_COMMANDS
from hub.cli.problem import Problem
from hub.cli.search import filters, search_
from hub.cli.showing_orders import OrderName, decided, found_order, order_facts, parcel_facts, sealed_words
from hub.cli.shown import AsJson, plain, printable, show, show_facts, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.order import Order, Stage, headline
from hub.pipeline.resume import hold_orders, release_orders
from hub.storage import queries
from hub.storage.queries import OrderFilter, OrderItem
from hub.storage.story import StoryLine, tell

app = typer.Typer(no_args_is_help=True, help="Look at orders, explain them, decide about them.")
app.command("search")(search_)
for name, command in PARCEL_COMMANDS.items():
    app.command(name)(command)
app.add_typer(filters, name="filters")

OrderNames = Annotated[list[str], typer.Argument(metavar="ORDER…", help="Ids or numbers.")]
Reveal = Annotated[bool, typer.Option("--reveal", help="Show personal values.")]
Why = Annotated[str, typer.Option(help="Why; it becomes part of the order's story.")]


@app.command("list")
def list_(
    store: Annotated[str, typer.Option(help="Store.")] = "",
    connection: Annotated[str, typer.Option(help="Connection.")] = "",
    stage: Annotated[Stage | None, typer.Option(help="How far we took it.")] = None,
    number: Annotated[str, typer.Option(help="The platform's number.")] = "",
    sku: Annotated[str, typer.Option(help="Orders with this SKU.")] = "",
    email: Annotated[str, typer.Option(help="Whole address.")] = "",
    phone: Annotated[str, typer.Option(help="Whole number as the platform writes it.")] = "",
    buyer: Annotated[str, typer.Option(help="The platform's id of the buyer.")] = "",
    tracking: Annotated[str, typer.Option(help="Tracking number.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    before: Annotated[str, typer.Option(help="Go on before this id.")] = "",
    as_json: AsJson = False,
) -> None:
    """Orders, the newest first. Personal values are looked up without being readable."""
    wanted = OrderFilter(
        store=store,
        connection=connection,
        stage=stage.value if stage else "",
        number=number,
        sku=sku,
        email=email,
        phone=phone,
        buyer=buyer,
        tracking=tracking,
    )

    async def work(hub: HubContext) -> list[OrderItem]:
        index = await hub.database.run(hub.books.connections.open_index)
        return await hub.database.read(
            lambda uow: queries.orders(uow, wanted, index, limit=limit, before=before)
        )

    show(with_hub(work), _COLUMNS, as_json=as_json, nothing="No order is known that fits.")


_COLUMNS: dict[str, Callable[[OrderItem], object]] = {
    "order": lambda each: each.id,
    "number": lambda each: each.number,
    "store": lambda each: each.store,
    "stage": lambda each: each.stage,
    "why": lambda each: "; ".join(reason.text for reason in each.reasons) or "-",
    "placed": lambda each: each.placed_at,
    "total": lambda each: f"{each.total} {each.currency}",
}


@app.command("show")
def show_(order: OrderName, reveal: Reveal = False, as_json: AsJson = False) -> None:
    """One order: facts, lines, parcels. Personal values are masked unless they are revealed."""

    async def work(hub: HubContext) -> Order:
        return await found_order(hub, order)

    found = with_hub(work)
    if as_json:
        show_json(order_facts(found, reveal) | {"parcels": parcel_facts(found)})
        return
    facts = order_facts(found, reveal)
    lines = facts.pop("lines")
    show_facts({name.replace("_", " "): value for name, value in facts.items()})
    typer.echo("")
    show(lines, _cells("line", "sku", "title", "quantity", "to_ship", "total"), as_json=False, nothing="")
    typer.echo("")
    columns = ("parcel", "contents", "stage", "carrier", "tracking_number", "status", "told")
    show(parcel_facts(found), _cells(*columns), as_json=False, nothing="There are no parcels yet.")


def _cells(*names: str) -> dict[str, Callable[[dict[str, object]], object]]:
    return {name.replace("_", " "): lambda row, name=name: row[name] for name in names}  # type: ignore[misc]  # the default binds the name


@app.command("explain")
def explain(order: OrderName, reveal: Reveal = False, as_json: AsJson = False) -> None:
    """The story of one order from the first byte to the last."""

    async def work(hub: HubContext) -> tuple[Order, list[StoryLine]]:
        found = await found_order(hub, order)
        words = sealed_words(hub, found) if reveal else None
        return found, await hub.database.read(lambda uow: tell(uow, found, hub.now(), words))

    found, lines = with_hub(work)
    if as_json:
        show_json({"id": found.order_id, "number": found.sales.order_number, "story": lines})
        return
    typer.echo(printable(f"Order {found.sales.order_number} of store {found.store_id} ({found.order_id})"))
    typer.echo(f"Now: {printable(headline(found))}. All times are UTC.\n")
    for line in lines:
        _say(line)


def _say(line: StoryLine) -> None:
    by = f" (by {line.actor})" if line.actor not in ("", "hub") else ""
    typer.echo(f"{plain(line.at)}  {line.kind:<9} {printable(line.text)}{by}")
    for reason in line.reasons:
        typer.echo(f"{'':<32}because {printable(reason.text)} [{reason.code}]")


@app.command("hold")
def hold(orders: OrderNames, why: Why) -> None:
    """Stop orders; what has not left is taken back."""

    async def decide(hub: HubContext, ids: list[str]) -> list[Order]:
        return await hub.database.run(
            lambda uow: hold_orders(hub.books, uow, ids, why, entering.actor(), hub.now())
        )

    decided(orders, decide)


@app.command("release")
def release(
    orders: OrderNames,
    why: Why = "",
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="CODE", help="This reason and no other; repeatable.")
    ] = None,
) -> None:
    """Overrule what holds orders now; the same rules will not hold them again. Lines without SKU are then
    left to somebody else; an order without any address cannot be released. A review in stages names its
    stage: `--only review_finance`."""

    async def decide(hub: HubContext, ids: list[str]) -> list[Order]:
        before = await hub.database.read(lambda uow: hub.books.orders.by_ids(uow, ids, locked=False))
        for each in before.values():
            if each.order.stage is not Stage.ON_HOLD:
                number = each.order.sales.order_number
                raise Problem(f"order {number} is not on hold, it is {headline(each.order)}")
        try:
            return await hub.database.run(
                lambda uow: release_orders(hub.books, uow, ids, why, entering.actor(), hub.now(), only or ())
            )
        except ValueError as error:
            raise Problem(str(error)) from None

    decided(orders, decide)
