"""CSV files as people have them. Everything that is wrong is found before anything is applied, with line
numbers.

Spreadsheets write such files in many ways: with a byte order mark, with semicolons or tabs, in UTF-8, UTF-16
or GB18030. Cells stay text, so that the SKU 1E5 or 007 stays what it is.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import typer

from hub.cli.problem import Problem

T = TypeVar("T")

LARGEST = 50 * 1024 * 1024
_SPOILT = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE | re.ASCII)
"""What a spreadsheet makes of a long number that it took for an amount: 6.90123E+12."""


class UnreadableFile(Exception):
    """Not such a file; `faults` are sentences with line numbers."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults[:3]))
        self.faults = faults


FAULTS_SHOWN = 50


def read_file(csv_file: Path, read: Callable[[bytes], T]) -> T:
    """What `read` makes of the file. Mistakes are printed, then a `Problem` says that nothing was done."""
    try:
        return read(csv_file.read_bytes())
    except OSError as error:
        raise Problem(f"the file {csv_file} cannot be read: {error.strerror}") from None
    except UnreadableFile as error:
        for fault in error.faults[:FAULTS_SHOWN]:
            typer.echo(fault, err=True)
        more = len(error.faults) - FAULTS_SHOWN
        also = f" ({more} more are not shown)" if more > 0 else ""
        raise Problem(f"nothing of {csv_file.name} was applied: {len(error.faults)} mistakes{also}") from None


def rows_of(
    content: bytes, headings: Mapping[str, str], columns: Sequence[str], faults: list[str]
) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row, in the order of `columns`. `headings`: what a column may be called →
    its name. Faults of single rows are appended; `UnreadableFile` if nothing of it can be read."""
    text = _decoded(content)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        places = _columns(next(rows, []), headings, columns)
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) <= max(places):
                faults.append(f"line {rows.line_num}: has {len(row)} cells, the heading has more")
                continue
            yield rows.line_num, [row[place].strip() for place in places]
    except csv.Error as error:
        faults.append(f"line {rows.line_num}: is not CSV ({error})")


def sku_faults(sku: str, what: str = "SKU") -> list[str]:
    """Why this is none; `what` else it is meant to be."""
    if not sku:
        return [f"the {what} is empty"]
    if not sku.isprintable():
        return [f"the {what} holds characters that cannot be printed"]
    if _SPOILT.fullmatch(sku):
        return [f"the {what} {sku} was spoilt by a spreadsheet: format the column as text"]
    return []


def _columns(heading: list[str], headings: Mapping[str, str], columns: Sequence[str]) -> list[int]:
    """Positions of the columns. A file without a heading is refused: it could mean anything."""
    found: dict[str, int] = {}
    for position, cell in enumerate(heading):
        name = headings.get(cell.strip().casefold())
        if name in found:
            raise UnreadableFile([f"line 1: two columns are called {name}"])
        if name:
            found[name] = position
    if missing := [name for name in columns if name not in found]:
        raise UnreadableFile([f"line 1: the heading lacks {', '.join(missing)} ({','.join(columns)})"])
    return [found[name] for name in columns]


def _decoded(content: bytes) -> str:
    if len(content) > LARGEST:
        raise UnreadableFile([f"the file is larger than {LARGEST // 1024 // 1024} MB"])
    encodings = ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise UnreadableFile(["the file holds NUL characters"])
        return text
    raise UnreadableFile(["the file is neither UTF-8, UTF-16 nor GB18030 text"])


def _delimiter(text: str) -> str:
    heading = text.lstrip().partition("\n")[0]
    return max(",;\t", key=heading.count)
