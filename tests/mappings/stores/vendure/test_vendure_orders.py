"""Vendure's orders → canonical orders: genuine samples, then every state that the schema allows."""

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

from mappings.canonical import PaymentStatus, SalesOrder
from mappings.errors import MappingError, UnmappedCode
from mappings.stores.vendure import read_listing, read_order, unknown_order_fields
from mappings.stores.vendure.tables import ORDER_STATES, ORDER_TYPES, PAYMENT_STATES, WITHOUT_MONEY

EXPECTED = Path(__file__).parent / "expected"

PLAIN: dict[str, Any] = {
    "id": "7",
    "code": "ABCDEFGH23456789",
    "state": "PaymentSettled",
    "type": "Regular",
    "createdAt": "2026-03-02T08:00:00.000Z",
    "updatedAt": "2026-03-02T08:00:01.000Z",
    "orderPlacedAt": "2026-03-02T08:00:02.000Z",
    "currencyCode": "EUR",
    "total": 2500,
    "totalWithTax": 2900,
    "shippingWithTax": 500,
    "couponCodes": [],
    "customer": None,
    "shippingAddress": None,
    "lines": [
        {
            "id": "11",
            "quantity": 2,
            "orderPlacedQuantity": 2,
            "unitPriceWithTax": 1200,
            "linePriceWithTax": 2400,
            "proratedLinePriceWithTax": 2400,
            "productVariant": {"id": "3", "sku": "MUG-1", "name": "Mug"},
        }
    ],
    "surcharges": [],
    "shippingLines": [{"shippingMethod": {"code": "standard-shipping"}}],
    "payments": [{"state": "Settled", "amount": 2900, "refunds": []}],
    "fulfillments": None,
}


def order(**changes: Any) -> SalesOrder:
    return read_order(json.dumps({**PLAIN, **changes}).encode())


def payment(state: str, amount: int = 2900, *refunds: tuple[str, int]) -> dict[str, Any]:
    given_back = [
        {"state": refund, "total": total, "lines": [{"orderLineId": "11", "quantity": 1}]}
        for refund, total in refunds
    ]
    return {"state": state, "amount": amount, "refunds": given_back}


def line(**changes: Any) -> dict[str, Any]:
    return {**PLAIN["lines"][0], **changes}


@pytest.fixture(scope="session")
def samples(contracts: Path) -> Callable[[str], Any]:
    folder = contracts / "vendure" / "samples"
    return lambda name: json.loads((folder / f"{name}.json").read_bytes())["response"]["data"]


def test_genuine_list_becomes_what_was_checked(samples: Callable[[str], Any]):
    for position, item in enumerate(samples("orders_list")["orders"]["items"]):
        _is_expected(item, f"orders_list_{position}")


def test_genuine_order_half_delivered_becomes_what_was_checked(samples: Callable[[str], Any]):
    _is_expected(samples("order_partially_delivered")["order"], "order_partially_delivered")


def _is_expected(document: Any, name: str) -> None:
    found = read_order(json.dumps(document).encode())
    assert json.loads(msgspec.json.encode(found)) == json.loads((EXPECTED / f"{name}.json").read_bytes())
    assert found.expected_total() == found.total


def test_every_genuine_sample_has_its_place(contracts: Path):
    orders = {"orders_list", "order_partially_delivered"}
    results = {"fulfil_partial", "fulfil_rest", "transition_1_Shipped", "login_ok", "stock_update"}
    error_results = {"fulfil_again_error", "fulfil_empty_error", "login_bad"}
    refusals = {"unauthenticated", "validation_error", "refund"}
    never_asked = {"cancel_full", "cancel_partial"}
    found = {file.stem for file in (contracts / "vendure" / "samples").glob("*.json")}
    assert found == orders | results | error_results | refusals | never_asked


def test_quantities_after_a_genuine_cancellation(samples: Callable[[str], Any]):
    for item in samples("cancel_partial")["cancelOrder"]["lines"]:
        left = line(quantity=item["quantity"], orderPlacedQuantity=4, proratedLinePriceWithTax=0)
        (read,) = order(lines=[left], totalWithTax=500).lines
        assert (read.quantity, read.quantity_open) == (4, item["quantity"])


@pytest.mark.parametrize("state", ORDER_STATES.codes)
def test_state_says_how_far_the_money_is(state: str):
    found = order(state=state, payments=None)
    assert found.payment_status is ORDER_STATES.codes[state]
    assert (found.platform_hold, found.cancelled_at) == ("", None)


@pytest.mark.parametrize("state", WITHOUT_MONEY)
@pytest.mark.parametrize(
    ("payments", "status"),
    [
        ([], None),
        ([payment("Created"), payment("Declined"), payment("Error"), payment("Cancelled")], None),
        ([payment("Authorized")], PaymentStatus.AUTHORIZED),
        ([payment("Settled", 2000)], PaymentStatus.PARTIALLY_PAID),
        ([payment("Settled", 2000), payment("Settled", 900)], PaymentStatus.PAID),
        ([payment("Settled", 2900, ("Settled", 2900))], PaymentStatus.REFUNDED),
    ],
)
def test_payments_are_asked_where_the_state_is_silent(
    state: str, payments: Any, status: PaymentStatus | None
):
    assert order(state=state, payments=payments).payment_status is (status or WITHOUT_MONEY[state])


@pytest.mark.parametrize("state", ["Modifying", "ArrangingAdditionalPayment", "AwaitingPersonalisation"])
def test_order_that_the_shop_still_changes_is_held(state: str):
    assert order(state=state).platform_hold == f"order state {state}"


def test_own_state_of_a_shop_is_unmapped_where_payments_say_nothing():
    with pytest.raises(UnmappedCode) as caught:
        order(state="AwaitingPersonalisation", payments=[])
    assert caught.value.path == "$.state"


def test_cancelled_order_says_when():
    found = order(state="Cancelled", lines=[line(quantity=0, proratedLinePriceWithTax=0)], totalWithTax=500)
    assert found.cancelled_at == found.updated_at
    assert found.platform_hold == ""


@pytest.mark.parametrize(
    ("refunds", "status", "refunded", "disputed"),
    [
        ([("Pending", 1200)], PaymentStatus.PAID, 0, True),
        ([("Failed", 1200)], PaymentStatus.PAID, 0, False),
        ([("Settled", 1200)], PaymentStatus.PARTIALLY_REFUNDED, 12, False),
        ([("Settled", 1200), ("Settled", 1700)], PaymentStatus.REFUNDED, 29, False),
    ],
)
def test_refunds(refunds: Any, status: PaymentStatus, refunded: int, disputed: bool):
    found = order(payments=[payment("Settled", 2900, *refunds)])
    assert (found.payment_status, found.refunded) == (status, refunded)
    assert found.lines[0].refund_requested is disputed


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"type": "Rental"}, "$.type"),
        ({"payments": [payment("Settled", 2900, ("Reversed", 1))]}, "$.payments[0].refunds[0].state"),
        ({"state": "Modifying", "payments": [payment("Weird")]}, "$.payments[0].state"),
    ],
)
def test_codes_that_a_rule_reads_are_never_guessed(changes: dict[str, Any], path: str):
    with pytest.raises(UnmappedCode) as caught:
        order(**changes)
    assert caught.value.path == path


def test_payment_state_that_no_rule_reads_parks_nothing():
    assert order(payments=[payment("Weird")]).payment_status is PaymentStatus.PAID


@pytest.mark.parametrize("kind", ORDER_TYPES.codes)
def test_only_an_aggregate_order_is_held(kind: str):
    assert bool(order(type=kind).platform_hold) is (kind == "Aggregate")


def test_units_added_by_the_shop_count_as_ordered():
    (read,) = order(lines=[line(quantity=3, orderPlacedQuantity=0)]).lines
    assert (read.quantity, read.quantity_cancelled) == (3, 0)


def test_cancelled_fulfilments_free_their_units():
    parcels = [
        {"id": "1", "state": state, "trackingCode": None, "lines": [{"orderLineId": "11", "quantity": 1}]}
        for state in ("Pending", "Cancelled")
    ]
    assert order(fulfillments=parcels).lines[0].quantity_fulfilled == 1


def test_surcharges_are_beside_the_lines():
    found = order(surcharges=[{"priceWithTax": 300}, {"priceWithTax": -100}], totalWithTax=3100)
    assert found.surcharge == Decimal(2)
    assert found.expected_total() == found.total


def test_rounding_of_a_line_is_no_discount():
    (read,) = order(
        lines=[line(unitPriceWithTax=356, linePriceWithTax=1069, proratedLinePriceWithTax=1069, quantity=3)],
        totalWithTax=1569,
    ).lines
    assert (read.discount, read.total) == (0, Decimal("10.69"))


def test_yen_are_hundredths_too():
    assert order(currencyCode="JPY", totalWithTax=429900).total == 4299


def test_unset_address_is_none():
    assert order(shippingAddress=dict.fromkeys(("fullName", "countryCode"))).ship_to is None


def test_notes_of_the_shop_are_kept():
    notes = {"items": [{"data": {"note": "gift wrap"}}, {"data": {"note": "call first"}}]}
    assert order(history=notes).seller_note == "gift wrap\ncall first"


def test_new_field_changes_nothing_and_is_seen():
    grown = json.dumps({**PLAIN, "newField": 1}).encode()
    assert read_order(grown) == order()
    assert unknown_order_fields(grown) == {"$.newField"}
    assert unknown_order_fields(json.dumps(PLAIN).encode()) == set()


OPTIONAL = {"orderPlacedAt", "couponCodes", "customer", "shippingAddress", "payments", "fulfillments"}


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
    assert read_order(json.dumps(document).encode()).external_id == "7"


units = st.integers(min_value=0, max_value=50)
minor = st.integers(min_value=0, max_value=10**7)


@given(st.lists(st.tuples(units, units, minor), max_size=5), minor, st.integers(-(10**5), 10**5))
def test_parts_add_up_whatever_was_cancelled(parts: list[tuple[int, int, int]], shipping: int, extra: int):
    lines = [
        line(id=str(it), quantity=left, orderPlacedQuantity=gone + left, unitPriceWithTax=price)
        | {"linePriceWithTax": price * left, "proratedLinePriceWithTax": price * left * 9 // 10}
        for it, (left, gone, price) in enumerate(parts)
    ]
    total = sum(it["proratedLinePriceWithTax"] for it in lines) + shipping + extra
    found = order(
        lines=lines, shippingWithTax=shipping, surcharges=[{"priceWithTax": extra}], totalWithTax=total
    )
    assert found.expected_total() == found.total
    for read in found.lines:
        assert read.total == read.unit_price * read.quantity_wanted - read.discount


def test_every_payment_state_is_in_its_table():
    assert set(PAYMENT_STATES.codes) == {"Created", "Authorized", "Settled", "Declined", "Error", "Cancelled"}


def test_listing():
    found = read_listing(b'{"id": "3", "sku": "MUG-1", "name": "Mug", "enabled": true}')
    assert (found.listing_id, found.sku, found.title) == ("3", "MUG-1", "Mug")
