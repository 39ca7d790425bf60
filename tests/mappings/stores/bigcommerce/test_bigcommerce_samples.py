"""What became of each genuine sample: a canonical value, the refusal it deserves, an answer that we read."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mappings.documents import decode
from mappings.errors import MappingError
from mappings.stores.bigcommerce import outward, read_order, unknown_order_fields
from mappings.stores.bigcommerce.tables import ORDER_STATUSES

EXPECTED = Path(__file__).parent / "expected"

WITHOUT_LINES = ("order_218.json", "orders_response.json")
"""Orders as they come when nothing is included: links stand for their lines."""

PARTS = ("order_products_response.json", "order_shipping_addresses_response.json")
"""What `include` puts into an order: read below as a part of order 218."""

ANSWERS = {"order_shipments_application_json.json": tuple[outward.ShipmentAnswer, ...]}
NEVER_MET = {
    "order_statuses_response.json": "labels of statuses; only their ids are read",
    "order_taxes_response.json": "single taxes; the order has their sum",
}
EVENTS = {
    "webhook_store_order_archived.json": "250",
    "webhook_store_order_created.json": "250",
    "webhook_store_order_message_created.json": "250",
    "webhook_store_order_updated.json": "250",
    "webhook_store_shipment_created.json": "251",
    "webhook_store_shipment_deleted.json": "251",
    "webhook_store_product_inventory_order_updated.json": None,
    "webhook_store_product_inventory_updated.json": None,
    "webhook_store_sku_inventory_order_updated.json": None,
    "webhook_store_sku_inventory_updated.json": None,
}
"""Sample → the order that it makes the hub read again."""


@pytest.fixture(scope="session")
def sample(contracts: Path) -> Any:
    folder = contracts / "bigcommerce" / "samples"
    return lambda name: json.loads((folder / name).read_bytes())


def test_every_sample_is_accounted_for(contracts):
    accounted = {*WITHOUT_LINES, *PARTS, *ANSWERS, *NEVER_MET, *EVENTS}
    assert {path.name for path in (contracts / "bigcommerce" / "samples").iterdir()} == accounted


@pytest.mark.parametrize("name", WITHOUT_LINES)
def test_order_without_its_lines_is_refused(sample, name):
    found = sample(name)
    for order in found if isinstance(found, list) else [found]:
        with pytest.raises(MappingError) as raised:
            read_order(json.dumps(order).encode())
        assert raised.value.path == "$.consignments"


def completed(sample: Any) -> bytes:
    """Order 218 with the samples' lines and addresses where `include` puts them. They are of other orders, so
    that nothing adds up."""
    first, second = sample("order_shipping_addresses_response.json")
    shipping = [{**first, "line_items": sample("order_products_response.json")}, {**second, "line_items": []}]
    return json.dumps({**sample("order_218.json"), "consignments": {"shipping": shipping}}).encode()


def test_order_with_its_lines_becomes_the_canonical_order(sample):
    found = json.loads(msgspec.json.encode(read_order(completed(sample))))
    assert found == json.loads((EXPECTED / "order_218_with_lines.json").read_bytes())


def test_samples_show_no_drift(sample):
    assert unknown_order_fields(completed(sample)) == set()


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_are_read(sample, name):
    for parcel in (one.as_parcel() for one in decode(json.dumps(sample(name)).encode(), ANSWERS[name])):
        assert parcel.tracking_number.startswith("EJ958083578")
        assert list(parcel.quantities.values()) == [1]


def test_every_status_has_a_meaning(sample):
    assert {str(it["id"]) for it in sample("order_statuses_response.json")} == set(ORDER_STATUSES.codes)


@pytest.mark.parametrize("name", EVENTS)
def test_events_name_their_order(sample, name):
    event = decode(json.dumps(sample(name)).encode(), outward.HookEvent)
    number = event.data.id if event.data.type == "order" else event.data.order_id
    assert (str(number) if number else None) == EVENTS[name]
