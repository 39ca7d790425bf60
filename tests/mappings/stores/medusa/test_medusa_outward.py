"""Shipments and stock → Medusa's bodies; its fulfilments and refusals, read."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mappings.canonical import LineQuantity, Shipment, StockLevel
from mappings.documents import decode
from mappings.stores.medusa import outward, queries
from mappings.stores.medusa.answers import WrittenAnswer
from mappings.stores.medusa.outward import FulfilmentDocument, VariantStockDocument

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def shipment(**changes: Any) -> Shipment:
    usual: dict[str, Any] = {
        "shipment_id": "S-1",
        "order_external_id": "order_01",
        "carrier": "dhl",
        "carrier_name": "DHL",
        "tracking_number": "T-1",
        "shipped_at": NOW,
        "lines": (LineQuantity(line_id="ordli_1", quantity=2), LineQuantity(line_id="ordli_2", quantity=1)),
    }
    return Shipment(**{**usual, **changes})


def fulfilment(**changes: Any) -> FulfilmentDocument:
    usual: dict[str, Any] = {
        "id": "ful_1",
        "shipped_at": "2026-03-02T08:00:00Z",
        "metadata": {"shipment_id": "S-1", "note": [1]},
        "items": [{"line_item_id": "ordli_2", "quantity": 1}, {"line_item_id": "ordli_1", "quantity": 2}],
        "labels": [{"tracking_number": "T-1"}],
    }
    return decode(json.dumps({**usual, **changes}).encode(), FulfilmentDocument)


@pytest.fixture(scope="session")
def sample(contracts: Path) -> Callable[[str], Any]:
    folder = contracts / "medusa" / "samples"
    return lambda name: json.loads((folder / f"{name}.json").read_bytes())


@pytest.fixture(scope="session")
def schema(contracts: Path) -> Any:
    return json.loads((contracts / "medusa" / "admin_openapi.trimmed.json").read_bytes())


def test_bodies_hold_only_fields_of_the_contract(schema: Any):
    orders = "/admin/orders/{id}/fulfillments"
    bodies = {
        orders: outward.fulfilment_body(shipment(), "sloc_1"),
        f"{orders}/{{fulfillment_id}}/shipments": outward.shipment_body(shipment(), notify=True),
    }
    for path, body in bodies.items():
        content = schema["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        properties = content["allOf"][0]["properties"]
        assert body.keys() <= properties.keys()
        assert set(body["items"][0]) == set(properties["items"]["items"]["required"])
        for label in body.get("labels", ()):
            assert set(label) == set(properties["labels"]["items"]["required"])


def test_genuine_partial_fulfilment_is_asked_for_in_the_same_words(sample: Callable[[str], Any]):
    genuine = sample("fulfillment_partial")["request"]["body"]
    (item,) = genuine["items"]
    part = shipment(lines=(LineQuantity(line_id=item["id"], quantity=1),))
    body = outward.fulfilment_body(part, genuine["location_id"])
    assert {name: body[name] for name in genuine} == genuine


def test_without_a_location_none_is_named():
    assert "location_id" not in outward.fulfilment_body(shipment(), "")


def test_label_of_a_carrier_without_tracking_page_is_complete():
    (label,) = outward.shipment_body(shipment(), notify=False)["labels"]
    assert label == {"tracking_number": "T-1", "tracking_url": "", "label_url": ""}


def test_genuine_order_shows_its_parcels(sample: Callable[[str], Any]):
    genuine = decode(
        json.dumps(sample("order_shipped")["response"]).encode(), WrittenAnswer
    ).order.fulfillments
    assert genuine is not None
    units = {"ordli_01M81EVEYH6BEQ19APK6YFHX0J": 1, "ordli_01M81EVEYJ1WNGYEEQ3JZ92FC5": 1}
    lines = tuple(LineQuantity(line_id=it, quantity=count) for it, count in units.items())
    for number in ("1Z999AA10123456785", "1Z999AA10123456786"):
        found = outward.find_shipped(genuine, shipment(tracking_number=number, lines=lines))
        assert found is genuine[1]
    assert outward.find_shipped(genuine, shipment(tracking_number="1Z999AA10123456784", lines=lines)) is None
    assert [it.delivered_at is not None for it in genuine] == [True, False]


@pytest.mark.parametrize("name", ["shipment_create", "shipment_two_parcels", "order_cancel"])
def test_genuine_answer_without_a_selection_shows_no_fulfilments(sample: Callable[[str], Any], name: str):
    answer = decode(json.dumps(sample(name)["response"]).encode(), WrittenAnswer)
    assert answer.order.fulfillments is None


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": [{"tracking_number": "T-2"}]},
        {"labels": []},
        {"items": [{"line_item_id": "ordli_1", "quantity": 2}]},
    ],
)
def test_other_number_or_other_units_are_another_parcel(changes: dict[str, Any]):
    assert outward.find_shipped([fulfilment(**changes)], shipment()) is None
    assert outward.find_shipped([fulfilment(**changes), fulfilment()], shipment()) == fulfilment()


def test_parcel_in_a_fulfilment_of_several_labels_is_found():
    labels = [{"tracking_number": "T-0"}, {"tracking_number": "T-1"}]
    assert outward.find_shipped([fulfilment(labels=labels)], shipment()) is not None


@pytest.mark.parametrize(("units", "found"), [(1, True), (2, True), (3, False)])
def test_parcel_that_lost_units_to_a_refund_can_be_told_as_delivered(units: int, found: bool):
    told = fulfilment(items=[{"line_item_id": "ordli_1", "quantity": units}])
    assert (outward.find_told([told], shipment()) is not None) is found
    assert outward.find_shipped([told], shipment()) is None


def test_parcel_is_found_under_a_former_number():
    corrected = shipment(tracking_number="T-9", former_numbers=("T-0", "T-1"))
    assert outward.find_former([fulfilment()], corrected) is not None
    assert outward.find_former([fulfilment()], shipment()) is None


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"shipped_at": None, "labels": []}, True),
        ({"shipped_at": None, "labels": [], "canceled_at": "2026-03-02T08:00:00Z"}, False),
        ({"shipped_at": None, "labels": [], "metadata": None}, False),
        ({"shipped_at": None, "labels": [], "metadata": {"shipment_id": "S-2"}}, False),
        ({}, False),
    ],
)
def test_only_our_own_unshipped_fulfilment_is_taken_up_again(changes: dict[str, Any], found: bool):
    assert (outward.find_added([fulfilment(**changes)], shipment()) is not None) is found


def variant(*levels: tuple[str, int, int], **changes: Any) -> VariantStockDocument:
    part = {
        "inventory_item_id": "iitem_1",
        "required_quantity": 1,
        "inventory": {
            "location_levels": [
                {"location_id": place, "stocked_quantity": stocked, "reserved_quantity": reserved}
                for place, stocked, reserved in levels
            ]
        },
    }
    usual: dict[str, Any] = {"id": "variant_1", "manage_inventory": True, "inventory_items": [part]}
    return decode(json.dumps({**usual, **changes}).encode(), VariantStockDocument)


def level(available: int) -> StockLevel:
    return StockLevel(listing_id="variant_1", sku="A", available=available, as_of=NOW)


@pytest.mark.parametrize(
    ("levels", "available", "count"),
    [
        ([("here", 50, 0)], 7, 7),
        ([("here", 50, 3)], 7, 10),
        ([("here", 50, 3), ("there", 4, 2)], 7, 8),
        ([("here", 50, 3)], 0, 3),
        ([("here", 50, 0)], -5, 0),
    ],
)
def test_count_contains_what_is_reserved_and_not_what_is_elsewhere(
    levels: list[tuple[str, int, int]], available: int, count: int
):
    change = outward.level_body(level(available), variant(*levels), "here")
    wanted = {"inventory_item_id": "iitem_1", "location_id": "here", "stocked_quantity": count}
    assert change == ("update", wanted)
    others = sum(stocked for place, stocked, _ in levels if place != "here")
    assert count + others - sum(reserved for *_, reserved in levels) == max(0, available)


def test_first_stock_at_a_location_is_created():
    change = outward.level_body(level(7), variant(), "here")
    assert isinstance(change, tuple)
    assert change[0] == "create"


def test_variant_of_two_units_of_its_item_takes_twice_as_many():
    part = {"inventory_item_id": "iitem_1", "required_quantity": 2, "inventory": None}
    change = outward.level_body(level(7), variant(inventory_items=[part]), "here")
    assert isinstance(change, tuple)
    assert change[1]["stocked_quantity"] == 14


PART = {"inventory_item_id": "iitem_1"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"manage_inventory": False}, "no single stock"),
        ({"inventory_items": None}, "no single stock"),
        ({"inventory_items": [PART, {"inventory_item_id": "iitem_2"}]}, "no single stock"),
    ],
)
def test_variant_without_a_stock_of_its_own_is_refused(changes: dict[str, Any], words: str):
    assert words in outward.level_body(level(7), variant(**changes), "here")


def test_other_locations_that_hold_too_much_are_named():
    change = outward.level_body(level(7), variant(("here", 1, 0), ("there", 20, 0)), "here")
    assert isinstance(change, str)
    assert "other stock locations" in change


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fulfillment_over_error", "already in another fulfilment"),
        ("shipment_again", "Medusa refused with not_allowed"),
        ("shipment_label_invalid", "Medusa refused with invalid_data"),
        ("stock_negative", "Medusa refused with invalid_data"),
    ],
)
def test_genuine_refusals_say_what_to_do_and_name_no_goods(
    sample: Callable[[str], Any], name: str, words: str
):
    refusal = sample(name)["response"]
    text = outward.refusal_text(refusal["type"], refusal["message"])
    assert words in text
    assert "T-Shirt" not in text


def test_bounds_are_a_millisecond_wider_than_asked():
    bounds = dict(queries.placed_between(NOW, NOW))
    assert bounds == {
        "created_at[$gte]": "2026-03-02T07:59:59.999Z",
        "created_at[$lte]": "2026-03-02T08:00:00.001Z",
    }


def test_page_asks_for_an_order_that_never_changes():
    assert dict(queries.page("id", queries.after("order_1"), limit=5, offset=2)) == {
        "fields": "id",
        "order": "id",
        "limit": "5",
        "offset": "2",
        "id[$gt]": "order_1",
    }
    assert "offset" not in dict(queries.page("id", (), limit=5))
