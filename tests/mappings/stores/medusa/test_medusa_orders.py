"""Medusa's orders → canonical orders: genuine samples, then every status that the contract allows."""

import json
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.canonical import SalesOrder
from mappings.errors import MappingError, UnmappedCode
from mappings.stores.medusa import read_listing, read_order, unknown_order_fields
from mappings.stores.medusa.tables import ORDER_STATUSES, PAYMENT_STATUSES

EXPECTED = Path(__file__).parent / "expected"

PLAIN: dict[str, Any] = {
    "id": "order_01",
    "display_id": 7,
    "status": "pending",
    "created_at": "2026-03-02T08:00:00.000Z",
    "updated_at": "2026-03-02T08:00:01.000Z",
    "canceled_at": None,
    "currency_code": "eur",
    "email": "b@example.com",
    "total": 29,
    "credit_line_total": 0,
    "payment_status": "captured",
    "fulfillment_status": "not_fulfilled",
    "customer_id": "cus_01",
    "customer": {"first_name": None, "last_name": None, "phone": None},
    "shipping_address": None,
    "items": [
        {
            "id": "ordli_01",
            "title": "Mug",
            "variant_id": "variant_01",
            "variant_sku": "MUG-1",
            "variant_title": "red",
            "requires_shipping": True,
            "quantity": 2,
            "unit_price": 12,
            "total": 24,
            "original_total": 24,
            "tax_total": 0,
            "detail": {"fulfilled_quantity": 0, "return_requested_quantity": 0},
        }
    ],
    "shipping_methods": [{"name": "Standard", "total": 5, "tax_total": 0}],
    "payment_collections": [{"refunded_amount": 0}],
}


def order(**changes: Any) -> SalesOrder:
    return read_order(json.dumps({**PLAIN, **changes}).encode())


def line(**changes: Any) -> dict[str, Any]:
    return {**PLAIN["items"][0], **changes}


@pytest.fixture(scope="session")
def samples(contracts: Path) -> Callable[[str], Any]:
    folder = contracts / "medusa" / "samples"
    return lambda name: json.loads((folder / f"{name}.json").read_bytes())["response"]


def test_genuine_list_becomes_what_was_checked(samples: Callable[[str], Any]):
    for position, item in enumerate(samples("orders_list")["orders"]):
        _is_expected(item, f"orders_list_{position}")


@pytest.mark.parametrize("name", ["order_get", "order_shipped"])
def test_genuine_order_becomes_what_was_checked(samples: Callable[[str], Any], name: str):
    _is_expected(samples(name)["order"], name)


def _is_expected(document: Any, name: str) -> None:
    found = read_order(json.dumps(document).encode())
    assert json.loads(msgspec.json.encode(found)) == json.loads((EXPECTED / f"{name}.json").read_bytes())
    assert found.expected_total() == found.total


@pytest.mark.parametrize("name", ["order_cancel", "shipment_create", "fulfillment_partial"])
def test_genuine_answer_to_a_change_is_no_order_document(samples: Callable[[str], Any], name: str):
    with pytest.raises(MappingError) as caught:
        read_order(json.dumps(samples(name)["order"]).encode())
    assert caught.value.path == "$.currency_code"


def test_every_genuine_sample_has_its_place(contracts: Path):
    orders = {"orders_list", "order_get", "order_shipped"}
    answers = {"fulfillment_partial", "shipment_create", "shipment_two_parcels", "order_cancel"}
    refusals = {"fulfillment_over_error", "shipment_again", "shipment_label_invalid", "stock_negative"}
    refusals |= {"order_not_found", "unauthenticated"}
    never_asked = {
        "auth_bad": "nobody signs in with a password",
        "inventory_items": "stock is read through variants",
        "payment_capture": "payments are the shop's",
        "stock_update": "levels are written in batches",
    }
    found = {file.stem for file in (contracts / "medusa" / "samples").glob("*.json")}
    assert found == orders | answers | refusals | never_asked.keys()


def test_every_payment_status_of_the_contract_is_in_the_table(contracts: Path):
    schema = json.loads((contracts / "medusa" / "admin_openapi.trimmed.json").read_bytes())
    allowed = schema["components"]["schemas"]["AdminOrder"]["properties"]["payment_status"]["enum"]
    assert set(allowed) == set(PAYMENT_STATUSES.codes)


@pytest.mark.parametrize("status", PAYMENT_STATUSES.codes)
def test_payment_status(status: str):
    assert order(payment_status=status).payment_status is PAYMENT_STATUSES.codes[status]


def test_only_what_is_captured_in_full_is_paid():
    payable = {status for status in PAYMENT_STATUSES.codes if order(payment_status=status).is_payable}
    assert payable == {"captured", "partially_refunded"}


@pytest.mark.parametrize("status", ORDER_STATUSES.codes)
def test_only_drafts_and_required_actions_are_held(status: str):
    holds = {"draft": "draft", "requires_action": "action"}
    assert bool(order(status=status).platform_hold) is (status in holds)
    assert holds.get(status, "") in order(status=status).platform_hold


@pytest.mark.parametrize("name", ["status", "payment_status"])
def test_codes_that_a_rule_reads_are_never_guessed(name: str):
    with pytest.raises(UnmappedCode) as caught:
        order(**{name: "weird"})
    assert caught.value.path == f"$.{name}"


@pytest.mark.parametrize("moment", ["2026-03-02T09:00:00Z", None])
def test_cancelled_order_says_when_and_leaves_nothing_open(moment: str | None):
    found = order(status="canceled", canceled_at=moment)
    assert found.cancelled_at is not None
    assert found.cancelled_at.hour == (9 if moment else 8)
    assert (found.lines[0].quantity, found.lines[0].quantity_open) == (2, 0)
    assert found.expected_total() == found.total


def test_refund_by_credit_line_leaves_the_total():
    found = order(
        payment_status="partially_refunded",
        total=24,
        credit_line_total=5,
        payment_collections=[{"refunded_amount": 5}],
    )
    assert (found.total, found.refunded, found.order_discount) == (29, 5, 0)
    assert found.expected_total() == found.total


def test_credit_that_is_no_refund_is_a_discount():
    found = order(total=24, credit_line_total=5)
    assert (found.total, found.refunded, found.order_discount) == (24, 0, 5)
    assert found.expected_total() == found.total


def test_refund_after_an_order_edit_lowers_the_total():
    found = order(
        items=[line(quantity=1, total=12, original_total=12)],
        total=17,
        payment_collections=[{"refunded_amount": 12}, {"refunded_amount": None}],
    )
    assert (found.total, found.refunded, found.lines[0].quantity) == (17, 12, 1)


def test_price_before_tax_becomes_one_with_tax():
    taxed = line(unit_price=12.99, total=30.9162, original_total=30.9162, tax_total=4.9362)
    found = order(items=[taxed], total=35.9162)
    assert found.lines[0].unit_price == Decimal("15.4581")
    assert found.tax == Decimal("4.9362")
    assert found.expected_total() == found.total == Decimal("35.9162")


def test_price_that_three_units_share_unevenly_is_rounded():
    (read,) = order(items=[line(quantity=3, unit_price=3, total=10, original_total=10)], total=15).lines
    assert (read.unit_price, read.total) == (Decimal("3.333333"), 10)


def test_amounts_are_the_digits_that_came():
    document = json.dumps(PLAIN).replace('"total": 29', '"total": 29.10000000000000000001').encode()
    assert read_order(document).total == Decimal("29.10000000000000000001")


@pytest.mark.parametrize("absurd", ["1e400", '"NaN"', "1" + "0" * 20])
def test_absurd_amount_is_refused(absurd: str):
    document = json.dumps(PLAIN).replace('"total": 5', f'"total": {absurd}').encode()
    with pytest.raises(MappingError) as caught:
        read_order(document)
    assert caught.value.path == "$.shipping_methods[0].total"


def test_discount_is_what_is_missing_of_the_original_total():
    (read,) = order(items=[line(total=20)]).lines
    assert (read.unit_price, read.discount, read.total) == (12, 4, 20)


def test_requested_return_is_a_dispute():
    (read,) = order(items=[line(detail={"fulfilled_quantity": 2, "return_requested_quantity": 1})]).lines
    assert (read.quantity_open, read.refund_requested) == (0, True)


def test_line_of_nothing_in_the_catalogue():
    (read,) = order(items=[line(variant_id=None, variant_sku=None, variant_title=None)]).lines
    assert (read.listing_id, read.sku, read.title) == ("", "", "Mug")


def test_address_and_buyer():
    address = {
        "first_name": "Jörg",
        "last_name": None,
        "address_1": "A",
        "address_2": "",
        "country_code": "de",
    }
    found = order(
        shipping_address=address, customer={"first_name": "J", "last_name": "M", "phone": "+49 30 0000000"}
    )
    assert found.ship_to is not None
    assert (found.ship_to.name, found.ship_to.country, found.ship_to.street) == ("Jörg", "DE", ("A",))
    assert (found.buyer.name, found.buyer.telephone) == ("J M", "+49 30 0000000")


def test_address_without_country_is_none():
    assert order(shipping_address={"first_name": "A", "country_code": None}).ship_to is None


def test_new_field_changes_nothing_and_is_seen():
    grown = json.dumps({**PLAIN, "newField": 1, "items": [line(subtitle="S", newField=1)]}).encode()
    assert read_order(grown) == order()
    assert unknown_order_fields(grown) == {"$.newField", "$.items[].newField"}
    assert unknown_order_fields(json.dumps(PLAIN).encode()) == set()


OPTIONAL = {"canceled_at", "credit_line_total", "customer", "customer_id", "email", "fulfillment_status"}
OPTIONAL |= {"payment_collections", "shipping_address"}


@pytest.mark.parametrize("name", sorted(PLAIN.keys() - OPTIONAL))
def test_missing_field_is_named(name: str):
    document = deepcopy(PLAIN)
    del document[name]
    with pytest.raises(MappingError) as caught:
        read_order(json.dumps(document).encode())
    assert caught.value.path == f"$.{name}"


@pytest.mark.parametrize("name", sorted(OPTIONAL))
def test_absent_optional_field_is_no_error(name: str):
    document = deepcopy(PLAIN)
    del document[name]
    assert read_order(json.dumps(document).encode()).external_id == "order_01"


units = st.integers(min_value=0, max_value=50)
prices = st.decimals(min_value=0, max_value=10**5, places=2)


@given(st.lists(st.tuples(units, prices, st.integers(0, 100)), max_size=5), prices)
def test_parts_add_up_although_totals_are_doubles(parts: list[tuple[int, Decimal, int]], shipping: Decimal):
    totals = [price * count * Decimal("1.19") * (100 - off) / 100 for count, price, off in parts]
    lines = [
        line(
            id=str(number),
            quantity=count,
            unit_price=float(price),
            original_total=float(price * count * Decimal("1.19")),
            total=float(total),
        )
        for number, ((count, price, _), total) in enumerate(zip(parts, totals, strict=True))
    ]
    found = order(
        items=lines,
        shipping_methods=[{"name": "S", "total": float(shipping)}],
        total=float(sum(totals, shipping)),
    )
    assert abs(found.expected_total() - found.total) <= found.rounding
    for read in found.lines:
        off = read.total - (read.unit_price * read.quantity_wanted - read.discount)
        assert abs(off) <= found.rounding


def test_listing():
    variant = {"id": "variant_01", "title": "red", "sku": "MUG-1", "ean": None, "upc": "012345678905"}
    found = read_listing(json.dumps({**variant, "product": {"title": "Mug"}}).encode())
    assert (found.listing_id, found.sku, found.gtin, found.title) == (
        "variant_01",
        "MUG-1",
        "012345678905",
        "Mug - red",
    )


def test_listing_without_sku():
    found = read_listing(b'{"id": "variant_01", "title": null, "sku": null}')
    assert (found.listing_id, found.sku, found.title) == ("variant_01", "", "")
