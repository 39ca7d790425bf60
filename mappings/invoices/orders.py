"""The rows of one invoice → an order, and the rows that are no part of one, each with its reason.

| Row | becomes |
|---|---|
| goods of an invoice | a line, shipped in full; the same row twice is two lines |
| price 0, quantity above 0, a customer | a gift line |
| postage, carriage (`POST`, `DOT`, `C2`, `C3`) | the order's shipping charge |
| discount (`D`) | the order's discount |
| fees, samples, corrections by hand (`M`, `S`, `BANK CHARGES` …) | the order's surcharge (may be negative) |
| vouchers (`gift_0001_…`) | a line that needs no shipping |
| test codes | a line; an order of nothing else is a test order |
| goods of a credit note (`C…`) | a line whose units are all cancelled |
| other price 0, negative price, negative goods on an invoice, positive row on a credit note | set aside |
| all of an adjustment (`A…`) | set aside |

The books name no invoice that a credit note belongs to, so it is an order of its own: cancelled, total 0, and
`refunded` is what was given back. So the sum of `total - refunded` of all orders is that of all rows kept.
Without a customer the buyer is unknown. The books hold no streets: rules about addresses cannot be asked.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

import msgspec

from mappings.canonical import Buyer, OrderLine, PaymentStatus, PostalAddress, SalesOrder
from mappings.errors import MappingError
from mappings.invoices.regions import country_code
from mappings.invoices.rows import InvoiceRow
from mappings.structs import FrozenStruct

SHIPPING = frozenset({"POST", "DOT", "C2", "C3"})
DISCOUNT = frozenset({"D"})
SURCHARGE = frozenset({"M", "m", "S", "B", "ADJUST", "ADJUST2", "AMAZONFEE", "BANK CHARGES", "CRUK"})
CHARGES = SHIPPING | DISCOUNT | SURCHARGE
"""Codes that are no products, in both sheets of Chen, *Online Retail II*."""

_VOUCHER, _TEST = "gift_", "TEST"


class SetAside(FrozenStruct):
    """A row that is no part of an order."""

    row: InvoiceRow
    why: str


class Read(FrozenStruct):
    """`order` is null where every row was set aside."""

    order: SalesOrder | None
    aside: tuple[SetAside, ...] = ()


def read_invoice(rows: Sequence[InvoiceRow], currency: str) -> Read:
    """All rows of one invoice number, in the order of the file."""
    kept: list[InvoiceRow] = []
    aside: list[SetAside] = []
    for row in rows:
        if why := _no_sale(row):
            aside.append(SetAside(row=row, why=why))
        else:
            kept.append(row)
    order = _order(kept, currency) if kept else None
    return Read(order=order, aside=tuple(aside))


def _no_sale(row: InvoiceRow) -> str:
    """Why a row is set aside; empty: it is not."""
    try:
        country_code(row.country)
    except MappingError as error:
        return f"{error.path} {error.reason}"
    if row.invoice.startswith("A"):
        return "an adjustment of the books (A…)"
    if row.price < 0:
        return "a negative price"
    is_credit = row.invoice.startswith("C")
    if is_credit and row.quantity > 0:
        return "a credit note that charges"
    if row.price == 0 and not (row.customer and row.quantity > 0 and row.sku not in CHARGES):
        return "no price and nobody who got it: a correction of stock"
    if row.quantity < 0 and not is_credit:
        return "a negative quantity on an invoice"
    return ""


def _order(rows: Sequence[InvoiceRow], currency: str) -> SalesOrder:
    first = rows[0]
    goods = [row for row in rows if row.sku not in CHARGES]
    plain = SalesOrder(
        external_id=first.invoice,
        order_number=first.invoice,
        placed_at=first.at,
        currency=currency,
        payment_status=PaymentStatus.PAID,
        paid_at=first.at,
        is_test=all(row.sku.startswith(_TEST) for row in rows),
        buyer=Buyer(reference=first.customer),
        ship_to=PostalAddress(country=country_code(first.country)),
        lines=(),
        total=Decimal(0),
    )
    return (_credited if first.invoice.startswith("C") else _sold)(plain, rows, goods)


def _sold(plain: SalesOrder, rows: Sequence[InvoiceRow], goods: Sequence[InvoiceRow]) -> SalesOrder:
    order = msgspec.structs.replace(
        plain,
        lines=_lines(goods, _sold_line),
        shipping_charge=_sum(row for row in rows if row.sku in SHIPPING),
        surcharge=_sum(row for row in rows if row.sku in SURCHARGE),
        order_discount=-_sum(row for row in rows if row.sku in DISCOUNT),
    )
    return msgspec.structs.replace(order, total=order.expected_total())


def _credited(plain: SalesOrder, rows: Sequence[InvoiceRow], goods: Sequence[InvoiceRow]) -> SalesOrder:
    return msgspec.structs.replace(
        plain,
        payment_status=PaymentStatus.REFUNDED,
        cancelled_at=plain.placed_at,
        cancel_reason="credit note",
        lines=_lines(goods, _credited_line),
        refunded=-_sum(rows),
    )


def _sum(rows: Iterable[InvoiceRow]) -> Decimal:
    return sum((row.amount for row in rows), Decimal(0))


def _lines(
    goods: Sequence[InvoiceRow], line: Callable[[OrderLine, InvoiceRow], OrderLine]
) -> tuple[OrderLine, ...]:
    return tuple(
        line(
            OrderLine(
                line_id=str(position),
                listing_id=row.sku,
                sku=row.sku,
                title=row.title,
                quantity=abs(row.quantity),
                unit_price=row.price,
                total=Decimal(0),
                requires_shipping=not row.sku.startswith(_VOUCHER),
                is_gift=not row.price,
            ),
            row,
        )
        for position, row in enumerate(goods, start=1)
    )


def _sold_line(line: OrderLine, row: InvoiceRow) -> OrderLine:
    return msgspec.structs.replace(line, quantity_fulfilled=line.quantity, total=row.amount)


def _credited_line(line: OrderLine, row: InvoiceRow) -> OrderLine:
    return msgspec.structs.replace(line, quantity_cancelled=line.quantity)
