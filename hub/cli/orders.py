"""Look at orders, explain them, decide about them."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer

from hub.cli import entering
from hub.cli.crossing import who_ships
from hub.cli.parcels import PARCEL_COMMANDS
from hub.cli.problem import Problem
from hub.cli.search import Limit, OfStore, filters, list_, search_
from hub.cli.showing_orders import OrderName, OrderNames, decided, found_order
from hub.cli.shown import AsJson, plain, printable, show, show_facts, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.order import Order, headline
from hub.pipeline.by_name import require_held, sealed_words
from hub.pipeline.resume import hold_orders, release_orders
from hub.storage import deadlines, tags
from hub.storage.database import UnitOfWork
from hub.storage.queries import OrderItem
from hub.storage.showing import order_facts, parcel_facts
from hub.storage.story import StoryLine, tell

app = typer.Typer(no_args_is_help=True, help="Look at orders, explain them, decide about them.")
app.command("list")(list_)
app.command("search")(search_)
app.command("who-ships")(who_ships)
for name, command in PARCEL_COMMANDS.items():
    app.command(name)(command)
app.add_typer(filters, name="filters")

Reveal = Annotated[bool, typer.Option("--reveal", help="Show personal values.")]
Why = Annotated[str, typer.Option(help="Why; it becomes part of the order's story.")]


@app.command("at-risk")
def at_risk(
    within: Annotated[str, typer.Option(help="Due in so much time, or late already: 90m, 24h, 3d.")] = "24h",
    store: OfStore = "",
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """Orders of which something must leave soon, the most urgent first."""
    time = entering.duration(within)

    async def work(hub: HubContext) -> tuple[datetime, list[OrderItem]]:
        now = hub.now()
        return now, await hub.database.read(lambda uow: deadlines.due(uow, now + time, limit, store))

    now, rows = with_hub(work)
    columns: dict[str, Callable[[OrderItem], object]] = {
        "order": lambda each: each.id,
        "number": lambda each: each.number,
        "store": lambda each: each.store,
        "stage": lambda each: each.stage,
        "due": lambda each: each.due_at,
        "left": lambda each: _left(each.due_at, now),
        "why": lambda each: "; ".join(reason.text for reason in each.reasons) or "-",
    }
    show(rows, columns, as_json=as_json, nothing=f"Nothing has to leave within {within}.")


def _left(due_at: datetime | None, now: datetime) -> str:
    minutes = int(((due_at or now) - now).total_seconds() // 60)
    hours = f"{abs(minutes) // 60} h {abs(minutes) % 60} min"
    return f"late by {hours}" if minutes < 0 else hours


@app.command("show")
def show_(order: OrderName, reveal: Reveal = False, as_json: AsJson = False) -> None:
    """One order: facts, lines, parcels. Personal values are masked unless they are revealed."""

    async def work(hub: HubContext) -> tuple[Order, list[str]]:
        found = await found_order(hub, order)
        return found, await hub.database.read(lambda uow: tags.of_order(uow, found.order_id))

    found, words = with_hub(work)
    facts = order_facts(found, reveal) | {"tags": words}
    if as_json:
        show_json(facts | {"parcels": parcel_facts(found)})
        return
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
        words = sealed_words(hub.books.connections, found) if reveal else None
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


@app.command("tag")
def tag(
    orders: OrderNames,
    put: Annotated[list[str] | None, typer.Option("--put", help="A word to put on them; repeatable.")] = None,
    off: Annotated[list[str] | None, typer.Option("--off", help="One to take off; repeatable.")] = None,
) -> None:
    """Put words on orders to find them again (`orders search --tag`); they decide nothing."""
    wanted, unwanted = [_word(each) for each in put or ()], [_word(each) for each in off or ()]
    if not wanted and not unwanted:
        raise Problem("say which: --put WORD or --off WORD")

    async def decide(hub: HubContext, ids: list[str]) -> list[Order]:
        def change(uow: UnitOfWork) -> list[Order]:
            tags.put(uow, ids, wanted, entering.actor(), hub.now())
            tags.take_off(uow, ids, unwanted)
            return [each.order for each in hub.books.orders.by_ids(uow, ids, locked=False).values()]

        return await hub.database.run(change)

    decided(orders, decide)


def _word(text: str) -> str:
    try:
        return tags.word(text)
    except ValueError as error:
        raise Problem(str(error)) from None


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
        try:
            for each in before.values():
                require_held(each.order)
            return await hub.database.run(
                lambda uow: release_orders(hub.books, uow, ids, why, entering.actor(), hub.now(), only or ())
            )
        except ValueError as error:
            raise Problem(str(error)) from None

    decided(orders, decide)
