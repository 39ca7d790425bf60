"""What stores owe each other: of one order, and the statement of a month."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from hub.cli.problem import Problem
from hub.cli.rules import known_store
from hub.cli.showing_orders import OrderName, found_order
from hub.cli.shown import AsJson, show, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.storage import settlement
from hub.storage.settlement import Balance, Posted
from mappings.canonical import minor_unit
from mappings.structs import FrozenStruct

app = typer.Typer(no_args_is_help=True, help="What stores owe each other (`territories crossing` says how).")

ENTRIES_AT_ONCE = 1_000

COLUMNS: Mapping[str, Callable[[Posted], object]] = {
    "at": lambda each: each.at,
    "order": lambda each: each.order_number,
    "parcel": lambda each: each.entry.consignment_id,
    "kind": lambda each: each.entry.kind.value,
    "for": lambda each: each.entry.share.value,
    "line": lambda each: each.entry.line_id or "-",
    "store": lambda each: each.entry.store_id,
    "with": lambda each: each.entry.other_id,
    "amount": lambda each: _money(each.entry.minor, each.entry.currency),
    "currency": lambda each: each.entry.currency,
}


def _money(minor: int, currency: str) -> Decimal:
    return minor * minor_unit(currency)


@app.command("show")
def show_(order: OrderName, as_json: AsJson = False) -> None:
    """All entries of one order: claims above zero, debts below. They add up to zero."""

    async def work(hub: HubContext) -> list[Posted]:
        found = await found_order(hub, order)
        return await hub.database.read(lambda uow: settlement.of_order(uow, found.order_id))

    rows = with_hub(work)
    if as_json:
        show_json([{name: cell(each) for name, cell in COLUMNS.items()} for each in rows])
        return
    nothing = "Nothing is owed for it: no other store's territory, goods or agreed shares (or not left yet)."
    show(rows, COLUMNS, as_json=False, nothing=nothing)


class Statement(FrozenStruct):
    """`start` and `end` are the month in the time zone of the store."""

    store: str
    start: datetime
    end: datetime
    balances: list[Balance]


@app.command("statement")
def statement(
    store: Annotated[str, typer.Option(help="Id of the store.")],
    month: Annotated[str, typer.Option(help="For example 2026-11, in the store's time zone.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="Every entry of the month, as CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """What a store has to get from others (below zero: owes them) before, in and after a month."""

    async def work(hub: HubContext) -> Statement:
        known = await hub.database.read(lambda uow: known_store(uow, store))
        start, end = _bounds(month, known.time_zone)
        found = await hub.database.read(lambda uow: settlement.balances(uow, store, start, end))
        if as_csv:
            await _print_csv(hub, store, start, end)
        return Statement(store=store, start=start, end=end, balances=found)

    found = with_hub(work)
    if as_csv:
        return
    rows = [_row(each) for each in found.balances]
    if as_json:
        show_json({"store": store, "from": found.start, "until": found.end, "balances": rows})
        return
    cells = {name: lambda row, name=name: row[name] for name in _ROW}
    show(rows, cells, as_json=False, nothing=f"Nothing was ever posted to store {store} until then.")


def _bounds(month: str, time_zone: str) -> tuple[datetime, datetime]:
    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=ZoneInfo(time_zone or "UTC"))
    except ValueError:
        raise Problem(f"{month!r} is not a month: write for example 2026-11") from None
    after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first, after


_ROW = ("with", "currency", "opening", "claims", "debts", "closing")


def _row(each: Balance) -> dict[str, object]:
    amounts = (each.opening, each.claims, each.debts, each.closing)
    values = (each.other_id, each.currency, *(_money(minor, each.currency) for minor in amounts))
    return dict(zip(_ROW, values, strict=True))


async def _print_csv(hub: HubContext, store: str, start: datetime, end: datetime) -> None:
    """Page by page, however many there are."""
    _print_row(list(COLUMNS))
    async for each in _entries(hub, store, start, end):
        _print_row([each.at.isoformat(), *(cell(each) for name, cell in COLUMNS.items() if name != "at")])


def _print_row(cells: Sequence[object]) -> None:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    typer.echo(line.getvalue())


async def _entries(hub: HubContext, store: str, start: datetime, end: datetime) -> AsyncIterator[Posted]:
    last: Posted | None = None
    while True:
        page = await hub.database.read(
            lambda uow: settlement.of_store(uow, store, start, end, last, ENTRIES_AT_ONCE)  # noqa: B023 - runs at once
        )
        for each in page:
            yield each
        if len(page) < ENTRIES_AT_ONCE:
            return
        last = page[-1]
