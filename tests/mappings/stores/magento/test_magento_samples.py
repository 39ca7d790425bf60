"""What became of each sample: a canonical value, words that are ours too, a shape that we never meet."""

import json
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from connectors.kit import AuthenticationFailed
from connectors.stores.magento.refusals import classify
from mappings.stores.magento import read_order, unknown_order_fields

EXPECTED = Path(__file__).parent / "expected"

ORDERS = ("docs_order_get_3_elided.json", "orders_list_configurable.constructed.json")
"""Adobe's tutorial, which leaves out all items but one, so that nothing adds up; and an order of ours."""

BODIES = ("docs_order-create-shipment_1.json",)
REFUSALS = ("error_401.constructed.json",)
NEVER_MET = {
    "docs_order-create-invoice_1.json": "the hub invoices nothing",
    "docs_order-create-invoice_2.json": "an invoice; the order says what was paid",
    "docs_order-create-order_1.json": "the hub places no orders",
    "docs_order-issue-refund_1.json": "the hub makes no credit memos",
}


@pytest.fixture(scope="session")
def sample(contracts: Path) -> Any:
    folder = contracts / "magento" / "samples"
    return lambda name: json.loads((folder / name).read_bytes())


def test_every_sample_is_accounted_for(contracts):
    accounted = {*ORDERS, *BODIES, *REFUSALS, *NEVER_MET}
    assert {path.name for path in (contracts / "magento" / "samples").iterdir()} == accounted


def documents(sample: Any, name: str) -> list[bytes]:
    found = sample(name)
    orders = found["items"] if "total_count" in found else [found]
    return [json.dumps(order).encode() for order in orders]


@pytest.mark.parametrize("name", ORDERS)
def test_orders_become_the_canonical_orders(sample, name):
    found = [json.loads(msgspec.json.encode(read_order(it))) for it in documents(sample, name)]
    assert found == json.loads((EXPECTED / name).read_bytes())


@pytest.mark.parametrize("name", ORDERS)
def test_samples_show_no_drift(sample, name):
    assert set().union(*map(unknown_order_fields, documents(sample, name))) == set()


def test_constructed_order_adds_up(sample):
    (order,) = map(read_order, documents(sample, ORDERS[1]))
    assert abs(order.expected_total() - order.total) <= order.rounding


@pytest.mark.parametrize("name", BODIES)
def test_shipment_of_the_tutorial_has_the_fields_of_ours(sample, name):
    genuine = sample(name)
    assert set(genuine) <= {"items", "notify", "tracks", "arguments"}
    assert set(genuine["items"][0]) == {"order_item_id", "qty"}
    assert set(genuine["tracks"][0]) == {"track_number", "title", "carrier_code"}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal_has_its_name_and_words(sample, name):
    error = classify(httpx.Response(401, json=sample(name)), False)
    assert isinstance(error, AuthenticationFailed)
    assert "Magento_Sales::actions_view" in str(error)
