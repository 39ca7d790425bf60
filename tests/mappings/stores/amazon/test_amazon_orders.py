"""What Amazon's statuses, proceeds, programmes and cancellations mean."""

from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest

from mappings.canonical import Fulfiller, PaymentStatus, SalesOrder
from mappings.errors import MappingError, UnmappedCode
from mappings.stores.amazon import read_listing, read_order
from tests.mappings.stores.amazon.orders import item, money, order


@pytest.fixture
def read() -> Callable[..., SalesOrder]:
    """The usual order with some changes, as read."""
    return lambda **changes: read_order(msgspec.json.encode(order(**changes)))


def fulfilled(status: str = "UNSHIPPED", by: str | None = "MERCHANT") -> dict[str, str | None]:
    return {"fulfillmentStatus": status, "fulfilledBy": by}


@pytest.mark.parametrize(
    ("status", "payment", "is_cancelled", "is_held"),
    [
        ("PENDING_AVAILABILITY", PaymentStatus.PENDING, False, False),
        ("PENDING", PaymentStatus.PENDING, False, False),
        ("UNSHIPPED", PaymentStatus.PAID, False, False),
        ("PARTIALLY_SHIPPED", PaymentStatus.PAID, False, False),
        ("SHIPPED", PaymentStatus.PAID, False, False),
        ("CANCELLED", PaymentStatus.VOIDED, True, False),
        ("UNFULFILLABLE", PaymentStatus.PAID, False, True),
    ],
)
def test_status_says_whether_the_order_is_paid(read, status, payment, is_cancelled, is_held):
    found = read(fulfillment=fulfilled(status))
    assert (found.payment_status, found.cancelled_at is not None) == (payment, is_cancelled)
    assert bool(found.platform_hold) is is_held


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"fulfillment": fulfilled("TELEPORTED")}, "$.fulfillment.fulfillmentStatus"),
        ({"fulfillment": fulfilled(by="NEIGHBOUR")}, "$.fulfillment.fulfilledBy"),
    ],
)
def test_unknown_code_is_never_guessed(read, changes, path):
    with pytest.raises(UnmappedCode) as raised:
        read(**changes)
    assert raised.value.path == path


def test_what_amazon_ships_is_not_ours(read):
    assert read(fulfillment=fulfilled(by="AMAZON")).lines[0].fulfilled_by is Fulfiller.PLATFORM
    assert read().lines[0].is_ours_to_ship
    assert read(fulfillment=fulfilled(by=None)).platform_hold


def test_cash_on_delivery_is_not_paid_yet(read):
    found = read(payment={"paymentExecutions": [{"paymentMethod": "CashOnDelivery"}]})
    assert (found.payment_status, found.cash_on_delivery) == (PaymentStatus.PENDING, True)
    assert read(payment={"paymentExecutions": [{"paymentMethod": "Shells"}]}).platform_hold


def test_taxes_are_part_of_the_amounts_where_the_total_says_so(read):
    added = read()
    assert (added.taxes_included, added.tax, added.expected_total()) == (False, Decimal("1.2"), added.total)
    included = read(proceeds={"grandTotal": money("25.00")})
    assert (included.taxes_included, included.expected_total()) == (True, included.total)


@pytest.mark.parametrize("sign", ["", "-"])
def test_discount_lowers_its_line_whatever_its_sign(read, sign):
    parts = [
        {"type": "ITEM", "subtotal": money("20.00")},
        {"type": "DISCOUNT", "subtotal": money(f"{sign}3.00")},
    ]
    found = read(orderItems=[item(proceeds={"breakdowns": parts})], proceeds={"grandTotal": money("17.00")})
    assert (found.lines[0].discount, found.expected_total()) == (Decimal(3), found.total)


def test_wrapping_fees_tips_and_parts_that_nobody_knows_are_surcharges(read):
    kinds = ("GIFT_WRAP", "COD_FEE", "OTHER", "MOON_TAX")
    parts = [
        {"type": "ITEM", "subtotal": money("20.00")},
        *({"type": it, "subtotal": money("1.00")} for it in kinds),
    ]
    tip = [{"type": "DELIVERY_TIP", "subtotal": money("2.00")}]
    proceeds = {"grandTotal": money("26.00"), "breakdowns": tip}
    found = read(orderItems=[item(proceeds={"breakdowns": parts})], proceeds=proceeds)
    assert (found.surcharge, found.expected_total()) == (Decimal(6), found.total)


def test_order_that_is_not_paid_has_no_prices_and_the_marketplace_s_currency(read):
    bare = item(product={"sellerSku": "SKU-1"}, proceeds=None)
    found = read(orderItems=[bare], proceeds=None, fulfillment=fulfilled("PENDING"))
    assert (found.currency, found.total, found.ship_to) == ("USD", Decimal(0), None)


@pytest.mark.parametrize(
    ("told", "status", "expected"),
    [
        ({"quantityFulfilled": 1, "quantityUnfulfilled": 1}, "PARTIALLY_SHIPPED", (1, 0)),
        ({"quantityFulfilled": 1, "quantityUnfulfilled": 0}, "SHIPPED", (1, 1)),
        ({"quantityFulfilled": 0, "quantityUnfulfilled": 0}, "PENDING", (0, 0)),
        (None, "SHIPPED", (2, 0)),
        (None, "CANCELLED", (0, 2)),
    ],
)
def test_what_is_neither_fulfilled_nor_to_be_was_cancelled(read, told, status, expected):
    line = read(orderItems=[item(fulfillment=told)], fulfillment=fulfilled(status)).lines[0]
    assert (line.quantity_fulfilled, line.quantity_cancelled) == expected


def test_buyer_s_wish_to_cancel_is_a_refund_request_until_it_is_done(read):
    asked = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "late"}}
    line = read(orderItems=[item(cancellation=asked)]).lines[0]
    assert (line.refund_requested, line.quantity_open) == (True, 2)
    done = {**asked, "cancellationExecution": {"cancelledBy": "MERCHANT", "cancelReason": "late"}}
    line = read(orderItems=[item(cancellation=done)]).lines[0]
    assert (line.refund_requested, line.quantity_open) == (False, 0)


@pytest.mark.parametrize("programs", ["AMAZON_EASY_SHIP", "DELIVERY_BY_AMAZON"])
def test_order_that_amazon_carries_waits_for_a_person(read, programs):
    assert read(programs=[programs]).platform_hold
    assert not read(programs=[programs], fulfillment=fulfilled("SHIPPED")).platform_hold


def test_transparency_codes_are_for_a_person(read):
    assert "Transparency" in read(orderItems=[item(programs=["TRANSPARENCY"])]).platform_hold


def test_collected_order_is_not_shipped(read):
    assert not read(programs=["IN_STORE_PICK_UP"]).lines[0].requires_shipping


@pytest.mark.parametrize("field", ["createdTime", "lastUpdatedTime"])
def test_time_without_a_zone_is_refused(read, field):
    with pytest.raises(MappingError) as raised:
        read(**{field: "2026-03-02T08:00:00"})
    assert raised.value.path == f"$.{field}"


@pytest.mark.parametrize(
    ("channels", "inventory"),
    [(["DEFAULT"], ""), (["AMAZON_NA"], "AMAZON_NA"), (["AMAZON_NA", "DEFAULT"], "")],
)
def test_listing_names_the_warehouse_of_amazon_that_holds_its_stock(channels, inventory):
    document = {"sku": "S", "fulfillmentAvailability": [{"fulfillmentChannelCode": it} for it in channels]}
    assert read_listing(msgspec.json.encode(document)).inventory_id == inventory
