"""One row of the books, typed. Instants are local times of the books' zone."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation

from mappings.errors import MappingError
from mappings.structs import FrozenStruct

REQUIRED = ("invoice", "sku", "description", "qty", "ts", "price", "customer", "country")

HEADINGS: Mapping[str, str] = {
    **{name: name for name in REQUIRED},
    "invoiceno": "invoice",
    "stockcode": "sku",
    "quantity": "qty",
    "invoicedate": "ts",
    "unitprice": "price",
    "customer id": "customer",
    "customerid": "customer",
}
"""Heading in small letters → column; the second half is how the source itself calls them (Chen, *Online
Retail II*, UCI Machine Learning Repository, doi 10.24432/C5CG6D, both sheets)."""

LARGEST_QUANTITY = 10**9


class InvoiceRow(FrozenStruct):
    """`number` counts the file's lines from 1; `price` is per unit and contains tax."""

    number: int
    invoice: str
    sku: str
    title: str
    quantity: int
    at: datetime
    price: Decimal
    customer: str
    country: str

    @property
    def amount(self) -> Decimal:
        return self.price * self.quantity


def read_row(number: int, cells: Mapping[str, str], zone: tzinfo) -> InvoiceRow:
    """Raises `MappingError` with the column and what it should hold."""
    return InvoiceRow(
        number=number,
        invoice=_filled(cells, "invoice"),
        sku=_filled(cells, "sku"),
        title=cells["description"].strip(),
        quantity=_quantity(cells["qty"]),
        at=_instant(cells["ts"], zone),
        price=_price(cells["price"]),
        customer=cells["customer"].strip(),
        country=cells["country"].strip(),
    )


def _filled(cells: Mapping[str, str], column: str) -> str:
    if value := cells[column].strip():
        return value
    raise MappingError(column, "is empty")


def _quantity(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        raise MappingError("qty", "is not a whole number") from None
    if value == 0 or abs(value) > LARGEST_QUANTITY:
        raise MappingError("qty", "is 0 or too large")
    return value


def _instant(text: str, zone: tzinfo) -> datetime:
    try:
        value = datetime.fromisoformat(text.strip())
    except ValueError:
        raise MappingError("ts", "is not a date and time of ISO 8601") from None
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _price(text: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) >= 10**9:
        raise MappingError("price", "is not an amount")
    return value
