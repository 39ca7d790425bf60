"""What Magento's states, items and amounts mean."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from mappings.canonical import PaymentStatus, SalesOrder
from mappings.errors import MappingError
from mappings.stores.magento import read_listing, read_order

Document = dict[str, Any]

ADDRESS = {
    "firstname": "Jane", "lastname": "Doe", "street": ["1 Main St"], "city": "Austin", "region": "Texas",
    "region_code": "TX", "postcode": "78701", "country_id": "US", "telephone": "1",
}  # fmt: skip


def item(number: int = 1, **changes: Any) -> Document:
    usual = {"item_id": number, "sku": f"SKU-{number}", "name": "Tea", "product_type": "simple"}
    amounts = {"qty_ordered": 3, "price": 10, "row_total": 30, "discount_amount": 3, "tax_amount": 1.62}
    return {**usual, **amounts, **changes}


def order(**changes: Any) -> Document:
    shipping = {"address": ADDRESS, "method": "flatrate_flatrate"}
    return {
        "entity_id": 31,
        "increment_id": "000000031",
        "state": "processing",
        "status": "processing",
        "created_at": "2026-03-02 08:00:00",
        "updated_at": "2026-03-02 09:00:00",
        "order_currency_code": "USD",
        "grand_total": 33.62,
        "tax_amount": 1.62,
        "shipping_amount": 5,
        "total_paid": 33.62,
        "customer_email": "jane@example.com",
        "items": [item()],
        "payment": {"method": "checkmo"},
        "extension_attributes": {"shipping_assignments": [{"shipping": shipping}]},
        **changes,
    }


@pytest.fixture
def read() -> Callable[..., SalesOrder]:
    """The usual order with some changes, as read."""
    return lambda **changes: read_order(msgspec.json.encode(order(**changes)))


def test_times_are_utc(read):
    assert read().placed_at == datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_amounts_add_up_before_tax(read):
    found = read()
    assert (found.expected_total(), found.lines[0].total, found.taxes_included) == (
        found.total,
        Decimal(27),
        False,
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, PaymentStatus.PAID),
        ({"total_paid": None}, PaymentStatus.PENDING),
        ({"total_paid": 10}, PaymentStatus.PARTIALLY_PAID),
        ({"total_paid": 0, "payment": {"method": "x", "amount_authorized": 33.62}}, PaymentStatus.AUTHORIZED),
        ({"total_refunded": 5}, PaymentStatus.PARTIALLY_REFUNDED),
        ({"total_refunded": 33.62}, PaymentStatus.REFUNDED),
        ({"state": "closed"}, PaymentStatus.REFUNDED),
        ({"state": "canceled", "total_paid": 0}, PaymentStatus.VOIDED),
        ({"state": "canceled"}, PaymentStatus.PAID),
        ({"grand_total": 0, "total_paid": None}, PaymentStatus.PAID),
    ],
)
def test_amounts_say_how_far_the_payment_got(read, changes, expected):
    assert read(**changes).payment_status is expected


def test_cash_on_delivery_is_unpaid_and_payable(read):
    found = read(state="new", total_paid=None, payment={"method": "cashondelivery"})
    assert (found.payment_status, found.cash_on_delivery, found.is_payable) == (
        PaymentStatus.PENDING,
        True,
        True,
    )


@pytest.mark.parametrize("state", ["holded", "payment_review", "state of an extension"])
def test_what_only_a_person_can_judge_is_held(read, state):
    assert read(state=state).platform_hold == f"order state {state}"


def test_cancelled_order_says_when(read):
    found = read(state="canceled", items=[item(qty_canceled=3)])
    assert (found.cancelled_at, found.lines[0].quantity_open) == (found.updated_at, 0)


def test_configurable_and_its_part_are_one_line(read):
    part = item(2, parent_item_id=1, row_total=0, price=0, discount_amount=0, sku="SKU-1")
    (line,) = read(items=[item(1, product_type="configurable"), part]).lines
    assert (line.line_id, line.listing_id, line.total) == ("1", "SKU-1", Decimal(27))


def test_bundle_ships_its_parts_and_counts_their_prices(read):
    parts = [item(number, parent_item_id=1, row_total=15, discount_amount=1.5) for number in (2, 3)]
    whole, *lines = read(items=[item(1, product_type="bundle"), *parts]).lines
    assert (whole.requires_shipping, whole.total, whole.listing_id) == (False, 0, "")
    assert [(it.bundle_of, it.requires_shipping, it.total) for it in lines] == [
        ("1", True, Decimal("13.5"))
    ] * 2


def test_bundle_of_a_fixed_price_keeps_it(read):
    part = item(2, parent_item_id=1, row_total=0, price=0, discount_amount=0)
    whole, line = read(items=[item(1, product_type="bundle"), part]).lines
    assert (whole.total, line.total) == (Decimal(27), Decimal(0))


def test_part_without_its_whole_is_a_line(read):
    assert [line.line_id for line in read(items=[item(2, parent_item_id=1)]).lines] == ["2"]


def test_refunded_units_that_did_not_leave_are_cancelled(read):
    (line,) = read(items=[item(qty_shipped=1, qty_refunded=3)]).lines
    assert (line.quantity_fulfilled, line.quantity_cancelled, line.quantity_open) == (1, 2, 0)


@pytest.mark.parametrize("changes", [{"items": [item(is_virtual=1)]}, {"extension_attributes": {
    "shipping_assignments": [{"shipping": {"method": "instore_pickup"}}]}}])  # fmt: skip
def test_nobody_ships_what_is_virtual_or_collected(read, changes):
    assert not read(**changes).lines[0].requires_shipping


@pytest.mark.parametrize("nothing", [[], {}, None])
def test_empty_extensions_have_no_address(read, nothing):
    assert read(extension_attributes=nothing).ship_to is None


def test_gift_cards_credit_and_wrapping_are_counted(read):
    more = {
        "gift_cards_amount": 10,
        "customer_balance_amount": 2,
        "reward_currency_amount": 1,
        "gw_price": "3.0000",
    }
    found = read(extension_attributes=more, grand_total=23.62)
    assert (found.order_discount, found.surcharge, found.expected_total()) == (13, 3, found.total)


def test_shipping_discount_lowers_the_charge(read):
    found = read(shipping_discount_amount=2, shipping_discount_tax_compensation_amount=0.5)
    assert found.shipping_charge == Decimal("3.5")


@pytest.mark.parametrize("quantity", [0.5, -1, "many"])
def test_parts_of_a_unit_are_refused(read, quantity):
    with pytest.raises(MappingError) as raised:
        read(items=[item(qty_ordered=quantity)])
    assert raised.value.path == "$.items[0].qty_ordered"


def test_listing_is_named_by_its_sku():
    found = read_listing(b'{"id":7,"sku":"A/1","name":"Tea","type_id":"simple"}')
    assert (found.listing_id, found.sku, found.title) == ("A/1", "A/1", "Tea")
