"""A store's books as a CSV file, read row by row: an invoice is complete an hour after its last row."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from hub.cli.csv_file import UnreadableFile
from mappings.canonical import SalesOrder
from mappings.errors import MappingError
from mappings.invoices import HEADINGS, REQUIRED, InvoiceRow, read_invoice, read_row

COMPLETE_AFTER = timedelta(hours=1)
"""Rows of invoices that were written at the same time stand mixed in such files."""

REMEMBERED_INVOICES = 100_000
"""Numbers of complete invoices, so that rows that come too late are noticed."""

TOO_LATE = "its invoice was complete an hour before"

Aside = Callable[[int, str, str], None]
"""(line of the file, the row's invoice, why it is part of no order)"""


class Books:
    """Orders of the books, with the country of each; everything is counted while they are read.

    `rows` = `kept` + the sum of `aside` (reason → rows), once all is read.
    """

    def __init__(self, lines: Iterable[str], zone: tzinfo, currency: str, note: Aside) -> None:
        """Raises `UnreadableFile` if the heading lacks a column."""
        self._rows = csv.reader(lines, strict=True)
        self._places = _places(next(self._rows, []))
        self._zone, self.currency, self._note = zone, currency, note
        self._complete: dict[str, None] = {}
        self.rows = self.kept = self.repeated = self.credit_notes = self.without_customer = 0
        self.aside: Counter[str] = Counter()

    def orders(self) -> Iterator[tuple[str, SalesOrder]]:
        """(name of the country, order), as invoices become complete. Holds the rows of an hour in memory."""
        open_: dict[str, list[InvoiceRow]] = {}
        latest = datetime.min.replace(tzinfo=self._zone)
        for row in self._read():
            if row.at > latest:
                latest = row.at
                yield from self._completed(open_, latest - COMPLETE_AFTER)
            if row.invoice in self._complete:
                self._put_aside(row.number, row.invoice, TOO_LATE)
            else:
                open_.setdefault(row.invoice, []).append(row)
        yield from self._completed(open_, None)

    def _read(self) -> Iterator[InvoiceRow]:
        for cells in self._rows:
            self.rows += 1
            line = self._rows.line_num
            try:
                yield read_row(line, self._named(cells), self._zone)
            except MappingError as error:
                invoice = cells[self._places["invoice"]] if len(cells) > self._places["invoice"] else ""
                self._put_aside(line, invoice, f"{error.path} {error.reason}")

    def _named(self, cells: Sequence[str]) -> Mapping[str, str]:
        if len(cells) <= max(self._places.values()):
            raise MappingError("row", "has fewer cells than the heading")
        return {name: cells[place] for name, place in self._places.items()}

    def _completed(
        self, open_: dict[str, list[InvoiceRow]], before: datetime | None
    ) -> Iterator[tuple[str, SalesOrder]]:
        for invoice, rows in list(open_.items()):
            if before is None or rows[-1].at < before:
                del open_[invoice]
                self._remember(invoice)
                yield from self._order(rows)

    def _remember(self, invoice: str) -> None:
        self._complete[invoice] = None
        if len(self._complete) > REMEMBERED_INVOICES:
            del self._complete[next(iter(self._complete))]

    def _order(self, rows: Sequence[InvoiceRow]) -> Iterator[tuple[str, SalesOrder]]:
        read = read_invoice(rows, self.currency)
        for each in read.aside:
            self._put_aside(each.row.number, each.row.invoice, each.why)
        self.kept += len(rows) - len(read.aside)
        if read.order is None:
            return
        self.repeated += len(rows) - len({(r.sku, r.title, r.quantity, r.price) for r in rows})
        self.credit_notes += read.order.cancelled_at is not None
        self.without_customer += not read.order.buyer.reference
        yield rows[0].country, read.order

    def _put_aside(self, line: int, invoice: str, why: str) -> None:
        self.aside[why] += 1
        self._note(line, invoice, why)


def _places(heading: Sequence[str]) -> dict[str, int]:
    names = [HEADINGS.get(cell.strip().lstrip("\ufeff").casefold(), "") for cell in heading]
    if missing := [name for name in REQUIRED if name not in names]:
        raise UnreadableFile([f"line 1: the heading lacks {', '.join(missing)} ({','.join(REQUIRED)})"])
    return {name: names.index(name) for name in REQUIRED}
