"""Rows of a store's books become orders by stated rules; money and rows are conserved."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.canonical import PaymentStatus
from mappings.errors import MappingError
from mappings.invoices import read_invoice, read_row, region_of

LONDON = ZoneInfo("Europe/London")


def row(number=2, **cells):
    plain = {
        "invoice": "536365",
        "sku": "85123A",
        "description": "LIGHT HOLDER",
        "qty": "6",
        "ts": "2010-12-01T08:26:00",
        "price": "2.55",
        "customer": "17850",
        "country": "United Kingdom",
    }
    return read_row(number, plain | cells, LONDON)


def order_of(*rows):
    return read_invoice(rows, "GBP").order


def test_goods_become_lines_that_were_shipped_and_add_up():
    order = order_of(row(), row(sku="71053", qty="2", price="3.39"))

    assert [(line.sku, line.quantity, line.quantity_fulfilled) for line in order.lines] == [
        ("85123A", 6, 6),
        ("71053", 2, 2),
    ]
    assert order.total == order.expected_total() == Decimal("22.08")
    assert (order.ship_to.country, order.buyer.reference) == ("GB", "17850")
    assert order.placed_at.utcoffset().total_seconds() == 0


def test_times_are_those_of_the_books_zone():
    assert row(ts="2011-07-01T12:00:00").at.utcoffset().total_seconds() == 3600


def test_codes_that_are_no_products_become_charges():
    order = order_of(
        row(),
        row(sku="POST", qty="1", price="18"),
        row(sku="M", qty="1", price="4"),
        row(sku="D", qty="1", price="2"),
    )

    assert len(order.lines) == 1
    assert (order.shipping_charge, order.surcharge, order.order_discount) == (18, 4, -2)
    assert order.total == order.expected_total() == Decimal("39.30")


def test_credit_note_is_a_cancelled_order_that_gives_money_back():
    order = order_of(
        row(invoice="C536379", qty="-1", price="4.65"),
        row(invoice="C536379", sku="D", qty="-1", price="27.50"),
    )

    assert order.cancelled_at == order.placed_at
    assert (order.total, order.refunded) == (0, Decimal("32.15"))
    assert order.payment_status is PaymentStatus.REFUNDED
    assert [line.quantity_wanted for line in order.lines] == [0]
    assert order.total == order.expected_total()


def test_missing_customer_is_an_unknown_buyer():
    assert order_of(row(customer="")).buyer.reference == ""


def test_same_row_twice_is_two_lines():
    assert [line.line_id for line in order_of(row(2), row(3)).lines] == ["1", "2"]


def test_free_goods_of_a_customer_are_a_gift():
    (line,) = order_of(row(price="0")).lines
    assert (line.is_gift, line.total) == (True, 0)


def test_voucher_needs_no_shipping_and_test_codes_make_a_test_order():
    (voucher,) = order_of(row(sku="gift_0001_20")).lines
    assert not voucher.requires_shipping
    assert order_of(row(sku="TEST001")).is_test
    assert not order_of(row(sku="TEST001"), row()).is_test


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"invoice": "A563185", "sku": "B"}, "adjustment"),
        ({"price": "-4"}, "negative price"),
        ({"price": "0", "customer": ""}, "correction of stock"),
        ({"price": "0", "customer": "", "qty": "-10"}, "correction of stock"),
        ({"qty": "-1"}, "negative quantity"),
        ({"invoice": "C1", "qty": "1"}, "credit note that charges"),
        ({"country": "Atlantis"}, "'Atlantis' is in no region"),
    ],
)
def test_what_is_no_sale_is_set_aside_with_its_reason(cells, why):
    read = read_invoice([row(**cells)], "GBP")

    assert read.order is None
    assert why in read.aside[0].why


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"price": "abc"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"qty": "1.5"}, "qty"),
        ({"qty": "0"}, "qty"),
        ({"ts": "yesterday"}, "ts"),
        ({"invoice": " "}, "invoice"),
        ({"sku": ""}, "sku"),
    ],
)
def test_spoilt_cell_is_named(cells, column):
    with pytest.raises(MappingError) as error:
        row(**cells)
    assert error.value.path == column


def test_country_that_is_in_no_region_is_not_guessed():
    assert region_of("EIRE").region_id == "ireland"
    with pytest.raises(MappingError, match="Wessex"):
        region_of("Wessex")


ROWS = st.builds(
    row,
    sku=st.sampled_from(["85123A", "POST", "D", "M", "gift_0001_10", "TEST001", "DCGS0058"]),
    qty=st.integers(-50, 50).filter(bool).map(str),
    price=st.decimals(-1, 99, places=3).map(str),
    customer=st.sampled_from(["", "17850"]),
)


@given(st.lists(ROWS, min_size=1, max_size=8), st.sampled_from(["", "C"]))
def test_money_and_rows_are_conserved(rows, prefix):
    rows = [read_row(2, _cells(each, f"{prefix}1"), LONDON) for each in rows]

    read = read_invoice(rows, "GBP")

    aside = [each.row for each in read.aside]
    worth = sum((each.amount for each in rows), Decimal(0)) - sum((a.amount for a in aside), Decimal(0))
    order = read.order
    assert (order.total - order.refunded if order else 0) == worth
    assert order is None or order.total == order.expected_total()


def _cells(each, invoice):
    return {
        "invoice": invoice,
        "sku": each.sku,
        "description": each.title,
        "qty": str(each.quantity),
        "ts": each.at.replace(tzinfo=None).isoformat(),
        "price": str(each.price),
        "customer": each.customer,
        "country": each.country,
    }
