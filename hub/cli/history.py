"""Past orders from a store's own books: imported once, for search, what-if and planning."""

import csv
import gzip
import lzma
from collections.abc import Iterator
from contextlib import ExitStack
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, TextIO

import typer

from hub.cli import entering
from hub.cli.books_file import Aside, Books
from hub.cli.csv_file import UnreadableFile
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, progress, show_facts, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.jobs.history import PastStore, import_history
from hub.pipeline.history import Past
from mappings.invoices import REGIONS, country_code, region_of

app = typer.Typer(no_args_is_help=True)

UNREADABLE = (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError, csv.Error)


class StoresBy(StrEnum):
    """Which store an order belongs to."""

    REGION = "region"
    COUNTRY = "country"


@app.callback()
def history() -> None:
    """Past orders from a store's own books."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, also packed (.xz, .gz).")],
    stores_by: Annotated[
        StoresBy, typer.Option(help="One store per region of countries (docs/history.md) or per country.")
    ] = StoresBy.REGION,
    currency: Annotated[str, typer.Option(help="ISO 4217, of all prices.")] = "GBP",
    time_zone: Annotated[str, typer.Option(help="Of the times in the file.")] = "Europe/London",
    aside: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Write each row that is part of no order, and why.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import invoices as orders of the past: they close at once, reserve nothing and send nothing. Again with
    the same file, nothing changes; after a break, it goes on."""
    zone = entering.zone(time_zone)
    with ExitStack() as stack:
        try:
            lines = stack.enter_context(_opened(file))
            note = _noting(
                stack.enter_context(aside.open("w", encoding="utf-8", newline="")) if aside else None
            )
            books = Books(lines, zone, currency.upper(), note)
        except UnreadableFile as error:
            raise Problem(f"{file.name} is not such a file: {error}") from None
        except UNREADABLE as error:
            raise Problem(f"the file cannot be opened: {error}") from None
        counts = with_hub(lambda hub: _import(hub, books, stores_by, file, zone.key))
    facts = _facts(books, counts)
    if as_json:
        show_json(facts)
    else:
        show_facts({name.replace("_", " "): value for name, value in facts.items() if name != "aside"})
        for why, rows in books.aside.most_common():
            typer.echo(f"  {rows} rows set aside: {why}")


def _opened(file: Path) -> TextIOWrapper:
    match file.suffix:
        case ".xz":
            return lzma.open(file, "rt", encoding="utf-8", newline="")
        case ".gz":
            return gzip.open(file, "rt", encoding="utf-8", newline="")
        case _:
            return file.open(encoding="utf-8", newline="")


def _noting(into: TextIO | None) -> Aside:
    if into is None:
        return lambda line, invoice, why: None
    rows = csv.writer(into)
    rows.writerow(("line", "invoice", "why"))
    return lambda line, invoice, why: rows.writerow((line, invoice, why)) and None


async def _import(
    hub: HubContext, books: Books, stores_by: StoresBy, file: Path, zone: str
) -> dict[str, int]:
    counts = dict.fromkeys(("new", "changed", "known"), 0)
    stores = _stores(stores_by)
    with progress() as shown:
        task = shown.add_task("reading")
        try:
            async for taken in import_history(hub, stores, _past(books, stores_by), books.currency, zone):
                counts = {name: had + getattr(taken, name) for name, had in counts.items()}
                shown.update(task, description=f"{books.rows} rows, {sum(counts.values())} orders")
        except UNREADABLE as error:
            raise Problem(
                f"{file.name} ends or breaks after {books.rows} rows ({error}); {counts['new']} orders of it"
                " are imported: mend the file and import it again"
            ) from None
    return counts


def _past(books: Books, stores_by: StoresBy) -> Iterator[Past]:
    for country, sales in books.orders():
        by_region = stores_by is StoresBy.REGION
        store_id = region_of(country).region_id if by_region else country_code(country).lower()
        yield Past(store_id=store_id, sales=sales)


def _stores(stores_by: StoresBy) -> list[PastStore]:
    if stores_by is StoresBy.REGION:
        return [
            PastStore(
                store_id=each.region_id,
                name=each.name,
                countries=tuple(sorted(set(each.countries.values()))),
            )
            for each in REGIONS
        ]
    codes = {code: name for each in REGIONS for name, code in each.countries.items()}
    return [
        PastStore(store_id=code.lower(), name=name, countries=(code,)) for code, name in sorted(codes.items())
    ]


def _facts(books: Books, counts: dict[str, int]) -> dict[str, object]:
    return {
        "rows": books.rows,
        "rows_in_orders": books.kept,
        "rows_set_aside": sum(books.aside.values()),
        "new_orders": counts["new"],
        "changed_orders": counts["changed"],
        "known_orders": counts["known"],
        "credit_notes": books.credit_notes,
        "orders_without_customer": books.without_customer,
        "repeated_rows": books.repeated,
        "aside": dict(books.aside.most_common()),
    }
