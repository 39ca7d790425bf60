"""What became of each genuine sample: a canonical value, the refusal it deserves, an answer that we read."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mappings.canonical import Shipment
from mappings.documents import decode
from mappings.errors import MappingError
from mappings.stores.amazon import outward, read_listing, read_order, unknown_order_fields
from mappings.stores.amazon.listing import ItemDocument
from tests.mappings.stores.amazon.orders import shipment

EXPECTED = Path(__file__).parent / "expected"

ORDERS = ("orders_2026-01-01_getOrder_200_0.json", "orders_2026-01-01_searchOrders_200_0.json")
ITEMS = (
    "listingsItems_2021-08-01_getListingsItem_200_0.json",
    "listingsItems_2021-08-01_searchListingsItems_200_0.json",
)
V0_ORDERS = ("ordersV0_getOrder_200_0.json", "ordersV0_getOrders_200_0.json", "ordersV0_getOrders_200_1.json")
SUBMISSIONS = tuple(
    f"listingsItems_2021-08-01_{it}ListingsItem_200_0.json" for it in ("delete", "patch", "put")
)
CONFIRMED = "ordersV0_confirmShipment_204_0.json"
NEVER_MET = ("feeds_", "listings-feed", "notification", "tokens_", "tracking_")
"""Feeds, notifications at a queue of AWS, tokens for v0's personal data, parcels that Amazon carries."""
NEVER_CALLED = tuple(
    f"ordersV0_{operation}_"
    for operation in (
        "getOrderAddress", "getOrderBuyerInfo", "getOrderItems", "getOrderItemsBuyerInfo",
        "getOrderRegulatedInfo", "updateShipmentStatus", "updateVerificationStatus",
    )
)  # fmt: skip


@pytest.fixture(scope="session")
def samples(contracts: Path) -> dict[str, Any]:
    """Name → what the platform answered."""
    found = sorted((contracts / "amazon" / "samples").iterdir())
    return {path.name: json.loads(path.read_bytes()) for path in found}


def answer(samples: dict[str, Any], name: str) -> Any:
    return samples[name]["case"]["response"]


def rows(said: Any) -> list[bytes]:
    found = said.get("orders") or said.get("items") or [said.get("order") or said]
    return [json.dumps(one).encode() for one in found]


def test_every_sample_is_accounted_for(samples):
    accounted = {*ORDERS, *ITEMS, *V0_ORDERS, *SUBMISSIONS, CONFIRMED}
    rest = [it for it in samples if it not in accounted and not it.startswith((*NEVER_MET, *NEVER_CALLED))]
    assert all("_400_" in name for name in rest), rest
    assert all(outward.refusal_words(json.dumps(answer(samples, it)).encode()) for it in rest)


@pytest.mark.parametrize("name", ORDERS)
def test_orders_become_the_canonical_orders(samples, name):
    documents = rows(answer(samples, name))
    found = json.loads(msgspec.json.encode([read_order(one) for one in documents]))
    assert found == json.loads((EXPECTED / name).read_bytes())
    assert [unknown_order_fields(one) for one in documents] == [set()] * len(documents)


@pytest.mark.parametrize("name", ITEMS)
def test_items_become_the_canonical_listings(samples, name):
    found = json.loads(msgspec.json.encode([read_listing(one) for one in rows(answer(samples, name))]))
    assert found == json.loads((EXPECTED / name).read_bytes())


@pytest.mark.parametrize("name", V0_ORDERS)
def test_order_of_v0_is_refused(samples, name):
    payload = answer(samples, name)["payload"]
    for order in payload.get("Orders", [payload]):
        with pytest.raises(MappingError) as raised:
            read_order(json.dumps(order).encode())
        assert raised.value.path == "$.orderId"


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_accepted_submission_is_no_refusal(samples, name):
    assert decode(json.dumps(answer(samples, name)).encode(), outward.Submission).refusal == ""


def test_confirmation_has_the_fields_of_the_sample(samples):
    asked = samples[CONFIRMED]["case"]["request"]["parameters"]["body"]["value"]
    body = outward.confirmation(shipment(), "ATVPDKIKX0DER")

    assert body.keys() == asked.keys()
    assert body["packageDetail"].keys() < asked["packageDetail"].keys()
    assert type(body["packageDetail"]["packageReferenceId"]) is str


def test_search_names_the_next_page_and_items_when_they_were_made(samples):
    page = decode(json.dumps(answer(samples, ORDERS[1])).encode(), outward.OrdersPage)
    assert page.pagination and page.pagination.next_token == "2YgYW55IGNhcm5hbCBwbGVhc3VyZS4"
    item = decode(rows(answer(samples, ITEMS[1]))[0], ItemDocument)
    assert item.summaries and item.summaries[0].created_date == "2021-02-01T00:00:00Z"


def test_parcel_keeps_its_reference_and_others_have_another():
    first, corrected = shipment(), shipment(tracking_number="T-2")
    other: Shipment = shipment(shipment_id="S-2")
    assert outward.package_reference(first) == outward.package_reference(corrected)
    assert outward.package_reference(first) != outward.package_reference(other)
