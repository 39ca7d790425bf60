"""How people and scripts see values: tables and `--json`. The unknown is shown as unknown, never as 0."""

import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

Row = TypeVar("Row")
Cell = Callable[[Row], object]

UNKNOWN = "unknown"
WIDTH_IN_PIPES = 240

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON with stable field names.")]


def show(rows: Sequence[Row], columns: Mapping[str, Cell[Row]], *, as_json: bool, nothing: str) -> None:
    """A table with these columns, or all fields of the rows as JSON."""
    if as_json:
        show_json(rows)
        return
    if not rows:
        typer.echo(nothing)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in columns:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*(Text(plain(cell(row))) for cell in columns.values()))
    console().print(table)


def show_json(value: object) -> None:
    """Instants as ISO 8601 in UTC, null for what is not known."""
    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def show_facts(facts: Mapping[str, object]) -> None:
    """One thing, a line per fact."""
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        typer.echo(f"{name:<{width}}  {plain(value) or '-'}")


def plain(value: object) -> str:
    """A value in a cell."""
    match value:
        case None:
            return UNKNOWN
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case str():
            return printable(value)
        case list() | tuple() | set() | frozenset():
            return ", ".join(plain(each) for each in value)
        case _:
            return str(value)


def printable(text: str) -> str:
    """Text from outside without what would steer a terminal or turn its reading direction."""
    return "".join(
        "�" if unicodedata.category(each) in ("Cc", "Cf", "Cs") and each != _JOINER else each
        for each in " ".join(text.split())
    )


_JOINER = "\u200d"
"""Holds emoji together."""


def console() -> Console:
    """A console that takes texts literally and does not cut lines in pipes."""
    width = None if sys.stdout.isatty() else WIDTH_IN_PIPES
    return Console(markup=False, highlight=False, emoji=False, width=width)


def progress() -> Progress:
    """Shows on the error stream that something long is under way."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
