"""A stock count as a CSV file: `sku,location,quantity`. Everything that is wrong is found before anything is
applied, with line numbers.

Spreadsheets write such files in many ways: with a byte order mark, with semicolons or tabs, in UTF-8, UTF-16
or GB18030. Cells stay text, so that the SKU 1E5 or 007 stays what it is.
"""

import csv
import io
import re
from collections.abc import Collection, Mapping

from hub.cli import entering
from hub.storage.stock import Count

LARGEST = 50 * 1024 * 1024
_HEADINGS: Mapping[str, str] = {
    "sku": "sku",
    "商品编码": "sku",
    "location": "location",
    "location_id": "location",
    "仓库": "location",
    "quantity": "quantity",
    "on_hand": "quantity",
    "数量": "quantity",
}
_SPOILT = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE | re.ASCII)
"""What a spreadsheet makes of a long number that it took for an amount: 6.90123E+12."""


class UnreadableFile(Exception):
    """Not a stock count; `faults` are sentences with line numbers."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults[:3]))
        self.faults = faults


def read_counts(content: bytes, locations: Collection[str]) -> list[Count]:
    """All rows of the file, or `UnreadableFile` with everything that is wrong with it."""
    text = _decoded(content)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    faults: list[str] = []
    counts: dict[tuple[str, str], tuple[Count, int]] = {}
    try:
        places = _columns(next(rows, []))
        for row in rows:
            if any(cell.strip() for cell in row):
                _take(row, places, rows.line_num, locations, counts, faults)
    except csv.Error as error:
        faults.append(f"line {rows.line_num}: is not CSV ({error})")
    if faults:
        raise UnreadableFile(faults)
    return [count for count, _ in counts.values()]


def _take(
    row: list[str],
    places: Mapping[str, int],
    line: int,
    locations: Collection[str],
    counts: dict[tuple[str, str], tuple[Count, int]],
    faults: list[str],
) -> None:
    if len(row) <= max(places.values()):
        faults.append(f"line {line}: has {len(row)} cells, the heading has more")
        return
    sku, location, text = (row[places[name]].strip() for name in ("sku", "location", "quantity"))
    quantity = entering.whole(text)
    _, earlier = counts.get((sku, location), (None, 0))
    wrong = [
        fault
        for is_wrong, fault in (
            (not sku, "the SKU is empty"),
            (not sku.isprintable(), "the SKU holds characters that cannot be printed"),
            (_SPOILT.fullmatch(sku), f"the SKU {sku} was spoilt by a spreadsheet: format the column as text"),
            (location not in locations, f"there is no location {location!r}"),
            (quantity is None, f"the quantity {text!r} is not a whole number from 0 on"),
            (earlier, f"{sku} at {location} is counted already in line {earlier}"),
        )
        if is_wrong
    ]
    faults += [f"line {line}: {fault}" for fault in wrong]
    if quantity is not None and not wrong:
        counts[sku, location] = Count(sku=sku, location_id=location, on_hand=quantity), line


def _columns(heading: list[str]) -> Mapping[str, int]:
    """Column name → position. A file without a heading is refused: it could mean anything."""
    found: dict[str, int] = {}
    for position, cell in enumerate(heading):
        name = _HEADINGS.get(cell.strip().casefold())
        if name in found:
            raise UnreadableFile([f"line 1: two columns are called {name}"])
        if name:
            found[name] = position
    missing = [name for name in ("sku", "location", "quantity") if name not in found]
    if missing:
        raise UnreadableFile([f"line 1: the heading lacks {', '.join(missing)} (sku,location,quantity)"])
    return found


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
