"""What eBay's statuses, costs, instructions and refunds mean."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from mappings.canonical import Fulfiller, PaymentStatus, SalesOrder
from mappings.errors import MappingError, UnmappedCode
from mappings.stores.ebay import read_listing, read_order
from mappings.stores.ebay.outward import StockResult, StockResults, fulfillment_body
from mappings.stores.ebay.tables import PAYMENT_STATUSES
from tests.mappings.stores.ebay.orders import instruction, line, money, order, shipment


@pytest.fixture
def read() -> Callable[..., SalesOrder]:
    """The usual order with some changes, as read."""
    return lambda **changes: read_order(msgspec.json.encode(order(**changes)))


@pytest.mark.parametrize("code", [*PAYMENT_STATUSES.codes])
def test_payment_is_what_ebay_says(read, code):
    assert read(orderPaymentStatus=code).payment_status is PAYMENT_STATUSES.codes[code]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"orderPaymentStatus": "BARTER"}, "$.orderPaymentStatus"),
        ({"cancelStatus": {"cancelState": "MAYBE"}}, "$.cancelStatus.cancelState"),
        (
            {"lineItems": [line(lineItemFulfillmentStatus="FLYING")]},
            "$.lineItems[0].lineItemFulfillmentStatus",
        ),
        (
            {"fulfillmentStartInstructions": [instruction("THROW")]},
            "$.fulfillmentStartInstructions[0].fulfillmentInstructionsType",
        ),
    ],
)
def test_unknown_code_is_never_guessed(read, changes, path):
    with pytest.raises(UnmappedCode) as raised:
        read(**changes)
    assert raised.value.path == path


def test_cost_of_a_line_is_of_all_its_units(read):
    found = read()
    assert (found.lines[0].unit_price, found.lines[0].total) == (Decimal("30.55"), Decimal("122.2"))
    assert found.expected_total() == found.total


def summary(total: str, **parts: str) -> dict[str, dict[str, str]]:
    usual = {"priceSubtotal": "122.2", "deliveryCost": "4.95", **parts, "total": total}
    return {name: money(value) for name, value in usual.items()}


@pytest.mark.parametrize("sign", ["", "-"])
def test_discounts_lower_line_order_and_delivery_whatever_their_sign(read, sign):
    parts = {"priceDiscount": f"{sign}22.2", "deliveryDiscount": f"{sign}1.95"}
    lines = [line(discountedLineItemCost=money("102.2"))]
    found = read(lineItems=lines, pricingSummary=summary("103.0", **parts))
    assert (found.lines[0].discount, found.order_discount) == (Decimal(20), Decimal("2.2"))
    assert (found.shipping_charge, found.expected_total()) == (Decimal(3), found.total)


def test_fees_and_adjustments_are_surcharges(read):
    found = read(pricingSummary=summary("125.65", fee="1.0", adjustment="-2.5"))
    assert (found.surcharge, found.expected_total()) == (Decimal("-1.5"), found.total)


@pytest.mark.parametrize(("total", "is_included"), [("127.15", True), ("137.15", False)])
def test_taxes_are_in_the_total_or_not_as_the_total_says(read, total, is_included):
    remitted = line(ebayCollectAndRemitTaxes=[{"taxType": "STATE_SALES_TAX", "amount": money("10.0")}])
    found = read(lineItems=[remitted], pricingSummary=summary(total))
    assert (found.tax, found.taxes_included) == (Decimal(10), is_included)
    assert found.expected_total() == found.total


def test_cancellation_under_way_stops_the_order(read):
    assert read(cancelStatus={"cancelState": "IN_PROGRESS"}).platform_hold
    done = read(cancelStatus={"cancelState": "CANCELED", "cancelledDate": "2026-03-02T08:04:00.000Z"})
    assert done.cancelled_at == datetime(2026, 3, 2, 8, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "ships", "fulfiller"),
    [
        ("SHIP_TO", True, Fulfiller.MERCHANT),
        ("SELLER_DEFINED", True, Fulfiller.MERCHANT),
        ("PREPARE_FOR_PICKUP", False, Fulfiller.MERCHANT),
        ("DIGITAL", False, Fulfiller.MERCHANT),
        ("FULFILLED_BY_EBAY", True, Fulfiller.PLATFORM),
    ],
)
def test_instruction_says_who_ships(read, kind, ships, fulfiller):
    found = read(fulfillmentStartInstructions=[instruction(kind)]).lines[0]
    assert (found.requires_shipping, found.fulfilled_by) == (ships, fulfiller)


def test_forwarder_s_reference_stands_above_its_street(read):
    forwarded = read(fulfillmentStartInstructions=[instruction(shipToReferenceId="123")])
    assert forwarded.ship_to.street == ("Reference #123", "Musterweg 3")


def test_units_on_their_way_are_those_of_the_parcels(read):
    parcels = [
        {"fulfillmentId": "1", "lineItems": [{"lineItemId": "1001", "quantity": 2}, {"lineItemId": "1001"}]}
    ]
    found = read(lineItems=[line(lineItemFulfillmentStatus="IN_PROGRESS")], fulfillments=parcels)
    assert found.lines[0].quantity_open == 1
    assert read(lineItems=[line(lineItemFulfillmentStatus="FULFILLED")]).lines[0].quantity_open == 0


@pytest.mark.parametrize(("paid_back", "left"), [("122.2", 0), ("100.0", 4)])
def test_line_that_was_refunded_in_full_is_not_sent(read, paid_back, left):
    found = read(
        orderPaymentStatus="PARTIALLY_REFUNDED",
        lineItems=[line(refunds=[{"amount": money(paid_back)}])],
        paymentSummary={"refunds": [
            {"amount": money(paid_back), "refundStatus": "REFUNDED"},
            {"amount": money("9.0"), "refundStatus": "FAILED"},
        ]},
    )  # fmt: skip
    assert (found.lines[0].quantity_open, found.refunded) == (left, Decimal(paid_back))
    assert found.payment_status is PaymentStatus.PARTIALLY_REFUNDED


def test_line_without_an_sku_is_named_by_its_listing(read):
    assert read(lineItems=[line(sku=None)]).lines[0].listing_id == "406/676"


def test_listing_takes_a_code_that_is_one():
    product = {"title": "Tea", "ean": ["Does not apply"], "upc": ["012345678905"]}
    found = read_listing(msgspec.json.encode({"sku": "S", "product": product}))
    assert (found.listing_id, found.gtin, found.title) == ("S", "012345678905", "Tea")


def test_number_without_letters_or_digits_cannot_be_told():
    with pytest.raises(MappingError) as raised:
        fulfillment_body(shipment(tracking_number="- -"))
    assert raised.value.path == "$.tracking_number"


def test_refusal_without_words_is_one_too():
    assert StockResults(responses=(StockResult(status_code=200), StockResult(status_code=500))).refusal
