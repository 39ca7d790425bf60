"""What an order document means: one change at a time."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.canonical import PaymentStatus
from mappings.errors import MappingError
from mappings.stores.woocommerce import read_listing, unknown_order_fields
from mappings.stores.woocommerce.order import _unit_price
from mappings.stores.woocommerce.tables import CHINESE_PROVINCES, ORDER_STATUSES, Standing


def test_usual_order_adds_up_with_tax_on_top(read):
    order = read()
    assert order.expected_total() == order.total == Decimal("33.62")
    assert (order.taxes_included, order.tax) == (False, Decimal("1.62"))
    assert order.placed_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert order.paid_at == datetime(2026, 3, 2, 8, 0, 5, tzinfo=UTC)


def test_line_is_read_before_and_after_coupons(read):
    (line,) = read().lines
    assert (line.unit_price, line.discount, line.total) == (Decimal(10), Decimal(3), Decimal(27))
    assert (line.title, line.listing_id) == ("Tea – 100 g", "91")


def test_variation_is_named_with_its_product_and_deleted_product_not_at_all(a, read):
    lines = [a.line(variation_id=23), a.line(2, product_id=0), a.line(3, product_id=None, variation_id=None)]
    assert [line.listing_id for line in read(line_items=lines).lines] == ["91:23", "", ""]


@pytest.mark.parametrize("sku", [None, "", 123, "A-1"])
def test_sku_may_be_null_or_a_number(a, read, sku):
    (line,) = read(line_items=[a.line(sku=sku)]).lines
    assert line.sku == ("" if sku is None else str(sku))


@pytest.mark.parametrize("status", sorted(ORDER_STATUSES.codes))
def test_every_status_is_known_and_holds_only_what_waits_although_paid(read, status):
    order = read(status=status)
    waits = ORDER_STATUSES.codes[status] is Standing.WAITING
    assert order.platform_hold == (f"order status {status}" if waits else "")
    assert not read(status=status, date_paid_gmt=None).platform_hold


def test_own_status_of_a_shop_is_held_for_a_person(read):
    assert read(status="packing").platform_hold == "order status packing"


@pytest.mark.parametrize(
    ("status", "paid", "expected"),
    [
        ("pending", None, PaymentStatus.PENDING),
        ("failed", None, PaymentStatus.PENDING),
        ("processing", None, PaymentStatus.PENDING),
        ("processing", "2026-03-02T08:00:05", PaymentStatus.PAID),
        ("completed", None, PaymentStatus.PAID),
        ("cancelled", None, PaymentStatus.VOIDED),
        ("cancelled", "2026-03-02T08:00:05", PaymentStatus.PAID),
        ("refunded", "2026-03-02T08:00:05", PaymentStatus.REFUNDED),
    ],
)
def test_payment_is_read_from_the_time_of_payment(read, status, paid, expected):
    assert read(status=status, date_paid_gmt=paid).payment_status is expected


@pytest.mark.parametrize("status", ["cancelled", "trash"])
def test_cancelled_and_binned_orders_are_cancelled(read, status):
    assert read(status=status).cancelled_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_cash_on_delivery_is_payable_only_while_it_is_processed(read):
    cash = {"payment_method": "cod", "date_paid_gmt": None}
    assert read(**cash).cash_on_delivery
    assert not read(**cash, status="pending").is_payable
    assert not read(**cash, status="cancelled").is_payable
    assert not read(date_paid_gmt=None).is_payable


def test_refunded_units_are_cancelled_and_the_total_stays(a, read):
    order = read(
        refunds=[{"id": 5, "total": "-10.54"}, {"id": 6, "total": "-1.00"}],
        refund_details=[a.refund(5), {"id": 6, "line_items": []}],
    )
    assert (order.lines[0].quantity, order.lines[0].quantity_cancelled) == (3, 1)
    assert (order.refunded, order.payment_status) == (Decimal("11.54"), PaymentStatus.PARTIALLY_REFUNDED)
    assert order.expected_total() == order.total


def test_money_without_goods_cancels_no_unit(a, read):
    nothing = [{"id": 8, "quantity": 0, "meta_data": []}]
    details = [{"id": 5, "line_items": nothing}]
    assert read(refunds=[{"id": 5, "total": "-5"}], refund_details=details).lines[0].quantity_cancelled == 0


@pytest.mark.parametrize("value", ["1", 1])
def test_refunded_line_may_be_named_by_text_or_number(a, read, value):
    named = [{"key": "_refunded_item_id", "value": value}]
    details = [{"id": 5, "line_items": [{"quantity": -2, "meta_data": named}]}]
    assert read(refunds=[{"id": 5, "total": "-5"}], refund_details=details).lines[0].quantity_cancelled == 2


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"refunds": [{"id": 5, "total": "-5"}]}, "$.refund_details"),
        (
            {"refund_details": [{"id": 5, "line_items": [{"quantity": -1}]}]},
            "$.refund_details[0].line_items[0].meta_data",
        ),
        ({"total": "NaN"}, "$.total"),
        ({"fee_lines": [{"total": "1e400"}]}, "$.fee_lines[0].total"),
        ({"currency": "€"}, "$.currency"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_path(read, changes, path):
    with pytest.raises(MappingError) as caught:
        read(**changes)
    assert caught.value.path == path


def test_completed_order_has_left_in_full_except_what_was_refunded(a, read):
    details = {"refunds": [{"id": 5, "total": "-5"}], "refund_details": [a.refund()]}
    (line,) = read(status="completed", **details).lines
    assert (line.quantity_fulfilled, line.quantity_open) == (2, 0)


def test_fees_and_gift_cards_reach_the_total(read):
    order = read(fee_lines=[{"total": "-2.00"}], gift_cards=[{"amount": 4}, {"amount": 1.5}], total="26.12")
    assert (order.surcharge, order.order_discount) == (Decimal(-2), Decimal("5.5"))
    assert order.expected_total() == order.total


def test_rounding_is_half_of_the_last_place_per_amount(read):
    assert read().rounding == Decimal("0.015")
    assert read(total="34").rounding == Decimal("1.5")


def test_container_is_not_shipped_but_what_is_in_it(a, read):
    lines = [
        a.line(1, bundled_items=[2]),
        a.line(2, bundled_by="1"),
        a.line(3, composite_children=["4"]),
        a.line(4, composite_parent=3),
        a.line(5, bundled_by="", bundled_items=[], composite_parent=None, composite_children=None),
    ]
    found = [(line.requires_shipping, line.bundle_of) for line in read(line_items=lines).lines]
    assert found == [(False, ""), (True, "1"), (False, ""), (True, "3"), (True, "")]


@pytest.mark.parametrize(
    ("changes", "ships"),
    [
        ({}, True),
        ({"shipping_lines": []}, True),
        ({"needs_processing": False}, False),
        ({"shipping_lines": [{"method_id": "local_pickup", "total": "0"}]}, False),
        (
            {
                "shipping_lines": [
                    {"method_id": "pickup_location", "total": "0"},
                    {"method_id": "flat_rate", "total": "5"},
                ]
            },
            True,
        ),
    ],
)
def test_virtual_and_collected_goods_need_no_parcel(read, changes, ships):
    assert read(**changes).lines[0].requires_shipping is ships


def test_empty_shipping_address_means_the_billing_address(a, read):
    empty = dict.fromkeys(a.address, "")
    order = read(shipping=empty)
    assert order.ship_to == read().ship_to
    assert read(shipping=empty, billing=empty).ship_to is None
    assert read(shipping=None, billing=None).ship_to is None


def test_telephone_of_the_bill_serves_a_shipping_address_without_one(a, read):
    without = {name: value for name, value in a.address.items() if name != "phone"}
    assert read(shipping=without).ship_to.telephone == "+33123456789"


def test_address_without_country_says_so(a, read):
    assert read(shipping={**a.address, "country": ""}).ship_to.country == "ZZ"


@pytest.mark.parametrize(
    ("state", "province", "code"),
    [("CA", "CA", "CA"), ("CN20", "广东", ""), ("", "", ""), ("Île-de-France", "Île-de-France", "")],
)
def test_state_is_a_code_or_free_text(a, read, state, province, code):
    address = read(shipping={**a.address, "state": state}).ship_to
    assert (address.province, address.province_code) == (province, code)


def test_chinese_provinces_are_as_many_as_the_core_has():
    assert len(set(CHINESE_PROVINCES.values())) == 32
    assert (CHINESE_PROVINCES["CN1"], CHINESE_PROVINCES["CN32"]) == ("云南", "新疆")


def test_documented_fields_are_no_drift_and_new_ones_are(a):
    assert unknown_order_fields(msgspec.json.encode(a.order(order_key="k", cart_tax="1"))) == set()
    assert unknown_order_fields(msgspec.json.encode(a.order(brand_new=1))) == {"$.brand_new"}


@given(st.integers(1, 400), st.decimals(0, 10**6, places=2))
def test_unit_price_times_units_is_the_line_or_within_its_last_place(units, subtotal):
    price = _unit_price(subtotal, units)
    assert abs(price * units - subtotal) <= Decimal("0.00005") * units


@pytest.mark.parametrize(
    ("document", "listing_id"),
    [
        ({"id": 93, "type": "simple", "parent_id": 0}, "93"),
        ({"id": 93, "type": "simple", "parent_id": 90}, "93"),
        ({"id": 23, "type": "variation", "parent_id": 22}, "22:23"),
        ({"id": 23, "type": "subscription_variation", "parent_id": 22}, "22:23"),
    ],
)
def test_listing_is_named_as_order_lines_name_it(document, listing_id):
    document |= {"name": "Tea &amp; cup", "sku": 7, "global_unique_id": "4006381333931"}
    listing = read_listing(msgspec.json.encode(document))
    assert (listing.listing_id, listing.sku, listing.title) == (listing_id, "7", "Tea & cup")
    assert listing.gtin == "4006381333931"
