"""Find orders of all stores, and keep searches by name."""

import sys
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import typer

from hub.cli import entering
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, show, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.order import Stage
from hub.storage import saved_filters
from hub.storage.queries import OrderItem
from hub.storage.saved_filters import SavedFilter
from hub.storage.search import (
    MOST_ROWS,
    PERSONAL,
    BadSearch,
    OrderPage,
    OrderSearch,
    blinded,
    search,
)

OfStore = Annotated[str, typer.Option(help="Store.")]
OfConnection = Annotated[str, typer.Option(help="Connection.")]
OfStage = Annotated[Stage | None, typer.Option(help="How far we took it.")]
Limit = Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="At most so many.")]
After = Annotated[str, typer.Option(help="Go on where the page before ended.")]

filters = typer.Typer(no_args_is_help=True, help="Searches that are kept by name.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of a saved filter.")]
Prefix = "; with * at the end, all that begin so."


def list_(
    stage: OfStage = None,
    store: OfStore = "",
    connection: OfConnection = "",
    limit: Limit = 50,
    after: After = "",
    as_json: AsJson = False,
) -> None:
    """Orders, the newest first; `orders search` knows more filters."""
    wanted = OrderSearch(stage=stage.value if stage else "", store=store, connection=connection)
    page = with_hub(lambda hub: _found(hub, wanted, saved="", save="", limit=limit, after=after))
    if as_json:
        show_json(page.orders)
    else:
        _show(page, as_json=False)


def search_(
    number: Annotated[str, typer.Option(help=f"The order's number{Prefix}")] = "",
    external_id: Annotated[str, typer.Option(help=f"The platform's id{Prefix}")] = "",
    sku: Annotated[str, typer.Option(help=f"Orders with this SKU{Prefix}")] = "",
    tag: Annotated[str, typer.Option(help=f"Orders with this tag{Prefix}")] = "",
    tracking: Annotated[str, typer.Option(help=f"Tracking number{Prefix}")] = "",
    buyer: Annotated[str, typer.Option(help="The platform's id of the buyer, whole.")] = "",
    phone: Annotated[str, typer.Option(help="Telephone, whole, however written.")] = "",
    email: Annotated[str, typer.Option(help="E-mail, whole.")] = "",
    address: Annotated[str, typer.Option(help="Postal code and first line of the street.")] = "",
    stage: OfStage = None,
    hold_reason: Annotated[str, typer.Option(help="Code of a reason, of orders on hold.")] = "",
    store: OfStore = "",
    connection: OfConnection = "",
    carrier: Annotated[str, typer.Option(help="Carrier that has a parcel of it.")] = "",
    placed_from: Annotated[str, typer.Option(help="Placed at this instant or later.")] = "",
    placed_until: Annotated[str, typer.Option(help="Placed before this instant.")] = "",
    amount_from: Annotated[str, typer.Option(help="Total, at least; needs --currency.")] = "",
    amount_to: Annotated[str, typer.Option(help="Total, at most; needs --currency.")] = "",
    currency: Annotated[str, typer.Option(help="For example EUR.")] = "",
    saved: Annotated[str, typer.Option(metavar="NAME", help="Start from this saved filter.")] = "",
    save: Annotated[str, typer.Option(metavar="NAME", help="Keep these filters by this name.")] = "",
    limit: Limit = 50,
    after: After = "",
    as_json: AsJson = False,
) -> None:
    """Orders of all stores that fit all filters, the newest first. Personal values are looked up without
    being readable."""
    wanted = OrderSearch(
        number=number,
        external_id=external_id,
        sku=sku,
        tag=tag,
        tracking=tracking,
        buyer=buyer,
        phone=phone,
        email=email,
        address=address,
        stage=stage.value if stage else "",
        hold_reason=hold_reason,
        store=store,
        connection=connection,
        carrier=carrier,
        placed_from=_moment("--placed-from", placed_from),
        placed_until=_moment("--placed-until", placed_until),
        amount_from=_amount("--amount-from", amount_from),
        amount_to=_amount("--amount-to", amount_to),
        currency=currency.upper(),
    )
    if save:
        entering.slug(save, "name of a filter")
    page = with_hub(lambda hub: _found(hub, wanted, saved=saved, save=save, limit=limit, after=after))
    _show(page, as_json=as_json)


async def _found(
    hub: HubContext, given: OrderSearch, *, saved: str, save: str, limit: int, after: str
) -> OrderPage:
    index = await hub.database.run(hub.books.connections.open_index)
    try:
        wanted = blinded(given, index)
        if saved:
            wanted = saved_filters.over(
                await hub.database.read(lambda uow: saved_filters.load(uow, saved)), wanted
            )
        page = await hub.database.read(lambda uow: search(uow, wanted, limit=limit, after=after))
        if save:
            actor = entering.actor()
            await hub.database.run(lambda uow: saved_filters.save(uow, save, wanted, actor, hub.now()))
    except BadSearch as error:
        raise Problem(str(error)) from None
    return page


def _show(page: OrderPage, *, as_json: bool) -> None:
    if as_json:
        show_json(page)
        return
    nothing = "No order that fits was found so far." if page.is_cut else "No order is known that fits."
    show(page.orders, _COLUMNS, as_json=False, nothing=nothing)
    if page.is_cut:
        sys.stdout.flush()
        typer.echo(
            f"\nThese filters have no index together: {page.looked_at} orders were looked at, there are"
            " more. Add a filter with an index (store, date, SKU, …) or go on.",
            err=True,
        )
    if page.after:
        typer.echo(f"\nGo on with --after {page.after}", err=True)


_COLUMNS: dict[str, Callable[[OrderItem], object]] = {
    "order": lambda each: each.id,
    "number": lambda each: each.number,
    "store": lambda each: each.store,
    "stage": lambda each: each.stage,
    "why": lambda each: "; ".join(reason.text for reason in each.reasons) or "-",
    "placed": lambda each: each.placed_at,
    "total": lambda each: f"{each.total} {each.currency}",
}


def _moment(option: str, text: str) -> datetime | None:
    try:
        return entering.moment(text) if text else None
    except Problem as problem:
        raise Problem(f"{option}: {problem}") from None


def _amount(option: str, text: str) -> Decimal | None:
    try:
        return entering.amount(text) if text else None
    except Problem as problem:
        raise Problem(f"{option} {problem}") from None


@filters.command("list")
def list_filters(as_json: AsJson = False) -> None:
    """What is kept; personal values cannot be shown."""

    async def work(hub: HubContext) -> list[SavedFilter]:
        return list(await hub.database.read(saved_filters.saved))

    rows = [_plain(each) for each in with_hub(work)]
    columns: dict[str, Callable[[dict[str, Any]], object]] = {
        "name": lambda each: each["name"],
        "filters": lambda each: [f"{name} {value}" for name, value in each["filters"].items()],
        "by": lambda each: each["saved_by"],
        "at": lambda each: each["saved_at"],
    }
    show(rows, columns, as_json=as_json, nothing="No filter is saved.")


def _plain(saved: SavedFilter) -> dict[str, Any]:
    found = {
        name: "(hidden)" if name in PERSONAL else value
        for name, value in saved_filters.filled(saved.wanted).items()
    }
    return {
        "name": saved.name,
        "filters": found,
        "saved_by": saved.saved_by,
        "saved_at": saved.saved_at,
    }


@filters.command("remove")
def remove(name: Name) -> None:
    """Forget a saved filter."""

    async def work(hub: HubContext) -> None:
        try:
            await hub.database.run(lambda uow: saved_filters.remove(uow, name))
        except BadSearch as error:
            raise Problem(str(error)) from None

    with_hub(work)
    typer.echo(f"filter {name} is forgotten")
