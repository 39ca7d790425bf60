"""What Saleor's statuses and amounts mean, and what became of each sample."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mappings.canonical import PaymentStatus, SalesOrder
from mappings.errors import MappingError, UnmappedCode
from mappings.stores.saleor import read_listing, read_order, unknown_order_fields
from mappings.stores.saleor.wire import is_id_of

Document = dict[str, Any]

NOTIFICATIONS = {
    "the_fulfillment_has_been_updated.json": "$.number",
    "the_order_has_been_confirmed_by_the_staff_user.json": "$.lines[0].productName",
    "the_order_has_been_created.json": "$.lines[0].productName",
    "the_order_has_been_fulfilled.json": "$.number",
}
"""Payloads of Saleor's own e-mails (NOTIFY_USER), in another shape, that the hub never asks for:
where each is refused."""

NEVER_MET = {
    "product_variant_back_in_stock.json": "the hub writes stock and listens to none",
    "product_variant_out_of_stock.json": "the same",
}

ADDRESS = {
    "firstName": "Jane", "lastName": "Doe", "companyName": "", "streetAddress1": "1 Main St",
    "streetAddress2": "", "city": "AUSTIN", "cityArea": "", "postalCode": "78701", "country": {"code": "US"},
    "countryArea": "TX", "phone": "+1",
}  # fmt: skip


def gross(amount: float) -> Document:
    return {"gross": {"amount": amount}}


def line(number: int = 1, **changes: Any) -> Document:
    return {
        "id": f"L{number}",
        "productSku": f"SKU-{number}",
        "productVariantId": f"V{number}",
        "productName": "Tea",
        "variantName": "1l",
        "quantity": 3,
        "quantityFulfilled": 0,
        "isShippingRequired": True,
        "isGift": False,
        "totalPrice": gross(27),
        "undiscountedTotalPrice": gross(30),
        "undiscountedUnitPrice": gross(10),
        **changes,
    }


def order(**changes: Any) -> Document:
    return {
        "id": "T3JkZXI6MQ==",
        "number": "52",
        "status": "UNFULFILLED",
        "created": "2026-03-02T08:00:00.697075+00:00",
        "updatedAt": "2026-03-02T09:00:00+00:00",
        "channel": {"slug": "default-channel"},
        "chargeStatus": "FULL",
        "authorizeStatus": "NONE",
        "total": {"currency": "USD", "gross": {"amount": 32}, "tax": {"amount": 2.5}},
        "shippingPrice": gross(5),
        "totalCharged": {"amount": 32},
        "totalRefunded": {"amount": 0},
        "user": None,
        "userEmail": "jane@example.com",
        "customerNote": "",
        "shippingMethodName": "DHL",
        "collectionPointName": None,
        "billingAddress": ADDRESS,
        "shippingAddress": ADDRESS,
        "lines": [line()],
        "fulfillments": [],
        **changes,
    }


@pytest.fixture
def read() -> Callable[..., SalesOrder]:
    """The usual order with some changes, as read."""
    return lambda **changes: read_order(msgspec.json.encode(order(**changes)))


def test_every_sample_is_accounted_for(contracts: Path):
    found = {path.name for path in (contracts / "saleor" / "samples").iterdir()}
    assert found == {*NOTIFICATIONS, *NEVER_MET}


@pytest.mark.parametrize("name", NOTIFICATIONS)
def test_payload_of_an_email_is_refused(contracts: Path, name: str):
    sample = json.loads((contracts / "saleor" / "samples" / name).read_bytes())
    with pytest.raises(MappingError) as raised:
        read_order(json.dumps(sample["payload"]["order"]).encode())
    assert raised.value.path == NOTIFICATIONS[name]


def test_amounts_add_up(read):
    found = read()
    assert (found.expected_total(), found.lines[0].discount) == (found.total, Decimal(3))
    assert found.placed_at == datetime(2026, 3, 2, 8, 0, 0, 697075, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"chargeStatus": "NONE"}, PaymentStatus.PENDING),
        ({"chargeStatus": "NONE", "authorizeStatus": "FULL"}, PaymentStatus.AUTHORIZED),
        ({"chargeStatus": "NONE", "authorizeStatus": "PARTIAL"}, PaymentStatus.PENDING),
        ({"chargeStatus": "PARTIAL"}, PaymentStatus.PARTIALLY_PAID),
        ({"chargeStatus": "FULL"}, PaymentStatus.PAID),
        ({"chargeStatus": "OVERCHARGED"}, PaymentStatus.PAID),
        ({"chargeStatus": "NONE", "status": "CANCELED"}, PaymentStatus.VOIDED),
        ({"status": "CANCELED"}, PaymentStatus.PAID),
        ({"totalRefunded": {"amount": 5}}, PaymentStatus.PARTIALLY_REFUNDED),
        ({"totalRefunded": {"amount": 32}, "totalCharged": {"amount": 0}}, PaymentStatus.REFUNDED),
    ],
)
def test_amounts_and_statuses_say_how_far_the_payment_got(read, changes, expected):
    assert read(**changes).payment_status is expected


@pytest.mark.parametrize("field", ["status", "chargeStatus", "authorizeStatus"])
def test_unknown_code_is_never_guessed(read, field):
    with pytest.raises(UnmappedCode) as raised:
        read(**{field: "TELEPORTED"})
    assert raised.value.path == f"$.{field}"


@pytest.mark.parametrize("status", ["DRAFT", "UNCONFIRMED"])
def test_unconfirmed_orders_are_held(read, status):
    assert read(status=status).platform_hold


@pytest.mark.parametrize("status", ["CANCELED", "EXPIRED"])
def test_cancelled_and_expired_orders_ship_nothing_more(read, status):
    found = read(status=status, lines=[line(quantityFulfilled=1)])
    assert found.cancelled_at == found.updated_at
    assert (found.lines[0].quantity_fulfilled, found.lines[0].quantity_open) == (1, 0)


def test_units_that_were_refunded_did_not_leave(read):
    withdrawn = {"status": "REFUNDED", "lines": [{"quantity": 1, "orderLine": {"id": "L1"}}]}
    shipped = {"status": "FULFILLED", "lines": [{"quantity": 1, "orderLine": {"id": "L1"}}]}
    (found,) = read(lines=[line(quantityFulfilled=2)], fulfillments=[withdrawn, shipped]).lines
    assert (found.quantity_fulfilled, found.quantity_cancelled, found.quantity_open) == (1, 1, 1)


def test_goods_that_are_collected_are_not_shipped(read):
    assert not read(collectionPointName="Shop", shippingAddress=None).lines[0].requires_shipping


def test_order_without_address_or_buyer_is_read(read):
    found = read(shippingAddress=None, billingAddress=None, userEmail=None)
    assert (found.ship_to, found.buyer.name, found.buyer.email) == (None, "", "")


def test_variant_that_was_deleted_leaves_a_line(read):
    (found,) = read(lines=[line(productVariantId=None, productSku=None, variantName="")]).lines
    assert (found.listing_id, found.sku, found.title) == ("", "", "Tea")


def test_what_is_not_selected_is_drift():
    assert unknown_order_fields(msgspec.json.encode(order(surprise=1))) == {"$.surprise"}


def test_listing_is_a_variant():
    found = read_listing(b'{"id":"V1","name":"1l","sku":null,"product":{"name":"Tea"}}')
    assert (found.listing_id, found.sku, found.title) == ("V1", "", "Tea - 1l")


@pytest.mark.parametrize(("text", "is_one"), [("T3JkZXI6MQ==", True), ("T3JkZXI6MQ", False), ("", False)])
def test_global_ids_are_recognised(text, is_one):
    assert is_id_of("Order", text) is is_one
    assert not is_id_of("OrderLine", text)
