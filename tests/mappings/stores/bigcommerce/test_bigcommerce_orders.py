"""What BigCommerce's statuses, payments, consignments and amounts mean."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from mappings.canonical import PaymentStatus, SalesOrder
from mappings.errors import MappingError, UnmappedCode
from mappings.stores.bigcommerce import read_listing, read_order
from mappings.stores.bigcommerce.tables import PAYMENT_STATUSES

Document = dict[str, Any]


def line(number: int = 1, **changes: Any) -> Document:
    return {
        "id": number,
        "variant_id": 70 + number,
        "name": "Tea",
        "sku": f"SKU-{number}",
        "type": "physical",
        "quantity": 3,
        "quantity_shipped": 0,
        "quantity_refunded": 0,
        "price_inc_tax": "10.0000",
        "total_inc_tax": "30.0000",
        "discounted_total_inc_tax": "27.0000",
        **changes,
    }


def consignment(*lines: Document, **changes: Any) -> Document:
    address = {"first_name": "Jane", "last_name": "Doe", "street_1": "1 Main St", "city": "Austin"}
    place = {"state": "Texas", "zip": "78701", "country_iso2": "US", "shipping_method": "Flat Rate"}
    return {"id": 118, **address, **place, "line_items": list(lines or [line()]), **changes}


def order(**changes: Any) -> Document:
    return {
        "id": 218,
        "status_id": 11,
        "date_created": "Tue, 05 Mar 2019 21:40:11 +0000",
        "date_modified": "Mon, 11 Mar 2019 10:17:25 -0500",
        "payment_status": "captured",
        "payment_method": "Credit Card",
        "default_currency_code": "USD",
        "total_inc_tax": "32.0000",
        "total_tax": "2.0000",
        "shipping_cost_inc_tax": "5.0000",
        "discount_amount": "3.0000",
        "coupon_discount": "0.0000",
        "consignments": {"shipping": [consignment()]},
        "fees": [],
        **changes,
    }


@pytest.fixture
def read() -> Callable[..., SalesOrder]:
    """The usual order with some changes, as read."""
    return lambda **changes: read_order(msgspec.json.encode(order(**changes)))


def test_times_keep_their_zone(read):
    assert read().placed_at == datetime(2019, 3, 5, 21, 40, 11, tzinfo=UTC)
    assert read().updated_at == datetime(2019, 3, 11, 15, 17, 25, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "2019-03-05T21:40:11Z", "Tue, 05 Mrz 2019 21:40:11 +0000", "Tue, 05"])
def test_other_times_are_refused_with_their_path(read, text):
    with pytest.raises(MappingError) as raised:
        read(date_modified=text)
    assert raised.value.path == "$.date_modified"


def test_discounts_are_those_of_the_lines_and_what_no_line_carries(read):
    assert (read().expected_total(), read().order_discount) == (Decimal(32), Decimal(0))
    undivided = read(consignments={"shipping": [consignment(line(discounted_total_inc_tax=None))]})
    assert (undivided.expected_total(), undivided.order_discount) == (Decimal(32), Decimal(3))


def test_handling_wrapping_and_fees_are_added(read):
    more = {"handling_cost_inc_tax": "1.5000", "wrapping_cost_inc_tax": 2, "total_inc_tax": "38.5000"}
    found = read(**more, fees=[{"cost_inc_tax": "3.0000"}])
    assert (found.surcharge, found.expected_total()) == (Decimal("6.5"), found.total)


@pytest.mark.parametrize("code", [*PAYMENT_STATUSES.codes])
def test_gateway_says_how_far_the_payment_got(read, code):
    assert read(payment_status=code).payment_status is PAYMENT_STATUSES.codes[code]


def test_unknown_payment_is_never_guessed(read):
    with pytest.raises(UnmappedCode) as raised:
        read(payment_status="paid twice")
    assert raised.value.path == "$.payment_status"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (1, PaymentStatus.PENDING),
        (7, PaymentStatus.PENDING),
        (11, PaymentStatus.PAID),
        (9, PaymentStatus.PAID),
        (2, PaymentStatus.PAID),
        (4, PaymentStatus.REFUNDED),
        (14, PaymentStatus.PARTIALLY_REFUNDED),
        (5, PaymentStatus.VOIDED),
        (99, PaymentStatus.PENDING),
    ],
)
def test_without_gateway_the_status_says_whether_the_seller_has_the_money(read, status, expected):
    assert read(status_id=status, payment_status="").payment_status is expected


def test_cash_is_collected_at_the_door(read):
    found = read(payment_status="", payment_method="Cash On Delivery")
    assert (found.payment_status, found.cash_on_delivery) == (PaymentStatus.PENDING, True)
    assert not read(payment_status="", payment_method="Cash On Delivery", status_id=2).cash_on_delivery


def test_test_gateway_makes_a_test_order(read):
    assert read(payment_method="Test Payment Gateway").is_test


@pytest.mark.parametrize(
    "changes",
    [
        {"status_id": 12},
        {"status_id": 13},
        {"status_id": 99},
        {"status_id": 7},
        {"payment_status": "held for review"},
        {"payment_status": "", "payment_method": "Nachnahme"},
        {"is_deleted": True},
        {"consignments": {"shipping": [consignment(line(1)), consignment(line(2), id=119)]}},
    ],
)
def test_what_only_a_person_can_judge_is_held(read, changes):
    assert read(**changes).platform_hold


def test_known_offline_method_is_not_held(read):
    assert read(payment_status="", payment_method="Bank Deposit").platform_hold == ""


def test_unpaid_order_is_not_held(read):
    assert read(status_id=7, payment_status="").platform_hold == ""


@pytest.mark.parametrize("status", [5, 6])
def test_cancelled_and_declined_orders_are_cancelled(read, status):
    assert read(status_id=status).cancelled_at == read().updated_at


def test_refunded_units_that_did_not_leave_are_cancelled(read):
    lines = line(quantity=5, quantity_shipped=2, quantity_refunded=4)
    (found,) = read(consignments={"shipping": [consignment(lines)]}).lines
    assert (found.quantity_fulfilled, found.quantity_cancelled, found.quantity_open) == (2, 3, 0)


def test_shipped_order_left_in_full(read):
    (found,) = read(status_id=2).lines
    assert found.quantity_fulfilled == 3


def test_refunds_add_up(read):
    found = read(payment_status="partially refunded", refunds=[{"total_amount": 5.5}, {"total_amount": 1}])
    assert found.refunded == Decimal("6.5")


def test_nobody_ships_what_is_collected_downloaded_or_mailed(read):
    found = read(
        consignments={
            "shipping": [],
            "pickups": [{"line_items": [line(1)]}],
            "downloads": [{"line_items": [line(2, type="digital")]}],
            "email": {"gift_certificates": [{"line_items": [line(3, type="giftcertificate")]}]},
        }
    )
    assert [(it.line_id, it.requires_shipping) for it in found.lines] == [
        ("1", False),
        ("2", False),
        ("3", False),
    ]
    assert found.ship_to is None


def test_goods_awaiting_pickup_are_not_shipped(read):
    assert not read(status_id=8).lines[0].requires_shipping


@pytest.mark.parametrize("consignments", [{"url": "u", "resource": "r"}, {"shipping": [], "pickups": None}])
def test_order_without_lines_is_refused(read, consignments):
    with pytest.raises(MappingError) as raised:
        read(consignments=consignments)
    assert raised.value.path == "$.consignments"


def test_line_that_is_only_a_link_is_refused(read):
    with pytest.raises(MappingError) as raised:
        read(consignments={"shipping": [consignment({"url": "u", "resource": "r"})]})
    assert raised.value.path == "$.consignments.shipping[0].line_items[0].id"


def test_listing_is_a_variant():
    item = b'{"identity":{"sku":"A","variant_id":7,"product_id":3,"sku_id":null},"locations":[]}'
    assert (read_listing(item).listing_id, read_listing(item).sku) == ("7", "A")
