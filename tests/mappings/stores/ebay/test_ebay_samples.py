"""What became of each sample: a canonical value, a request of ours, a refusal that we read."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mappings.documents import decode
from mappings.stores.ebay import outward, read_order, unknown_order_fields
from tests.mappings.stores.ebay.orders import shipment

EXPECTED = Path(__file__).parent / "expected"
ORDERS = "orders_page_pseudonymised.json"
REQUEST, REFUSAL = "create_shipping_fulfillment.constructed.json", "error_32300.constructed.json"
SIGNATURES = "notification_signature_vectors.json"


@pytest.fixture(scope="session")
def samples(contracts: Path) -> dict[str, Any]:
    found = (contracts / "ebay" / "samples").iterdir()
    return {path.name: json.loads(path.read_bytes()) for path in found}


def test_every_sample_is_accounted_for(samples):
    assert set(samples) == {ORDERS, REQUEST, REFUSAL, SIGNATURES}


def test_orders_become_the_canonical_orders(samples):
    documents = [json.dumps(one).encode() for one in samples[ORDERS]["orders"]]
    found = json.loads(msgspec.json.encode([read_order(one) for one in documents]))
    assert found == json.loads((EXPECTED / ORDERS).read_bytes())
    assert [unknown_order_fields(one) for one in documents] == [set()] * len(documents)
    assert decode(json.dumps(samples[ORDERS]).encode(), outward.OrdersPage).total == 480


def test_request_is_that_of_the_sample(samples):
    asked = samples[REQUEST]["request"]
    assert outward.fulfillment_body(shipment()) == {
        "lineItems": [{"lineItemId": "1001", "quantity": 2}],
        "shippedDate": "2026-03-02T09:00:00.000Z",
        "shippingCarrierCode": "DHL",
        "trackingNumber": "003404",
    }
    assert outward.fulfillment_body(shipment()).keys() == asked.keys()


def test_refusal_is_told_in_ebay_s_words(samples):
    words = outward.refusal_words(json.dumps(samples[REFUSAL]).encode())
    assert words == "Invalid shipment tracking number or carrier (32300)"
