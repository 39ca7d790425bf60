"""Shipments and stock → Vendure's inputs, and its result unions, genuine ones included."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.canonical import LineQuantity, Shipment, StockLevel
from mappings.documents import decode
from mappings.stores.vendure import outward, queries
from mappings.stores.vendure.answers import WrittenAnswer
from mappings.stores.vendure.documents import FulfilmentDocument, LineQuantityDocument

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)

SHIPMENT = Shipment(
    shipment_id="S-1",
    order_external_id="1",
    carrier="ups",
    carrier_name="UPS",
    tracking_number="1Z999AA10123456784",
    shipped_at=NOW,
    lines=(LineQuantity(line_id="1", quantity=1),),
)


def fulfilment(**changes: object) -> FulfilmentDocument:
    usual = {
        "id": "1",
        "state": "Shipped",
        "tracking_code": SHIPMENT.tracking_number,
        "lines": (LineQuantityDocument(order_line_id="1", quantity=1),),
    }
    return FulfilmentDocument(**{**usual, **changes})


def test_input_equals_the_genuine_request(contracts: Path):
    sample = json.loads((contracts / "vendure" / "samples" / "fulfil_partial.json").read_bytes())
    assert outward.fulfilment_input(SHIPMENT) == sample["request"]["variables"]["i"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fulfil_partial", outward.MutationResult(id="1", state="Pending")),
        ("fulfil_rest", outward.MutationResult(id="2", state="Pending")),
        ("fulfil_again_error", outward.MutationResult(error_code="ITEMS_ALREADY_FULFILLED_ERROR")),
        ("fulfil_empty_error", outward.MutationResult(error_code="EMPTY_ORDER_LINE_SELECTION_ERROR")),
        ("transition_1_Shipped", outward.MutationResult(id="1", state="Shipped")),
        ("login_ok", outward.MutationResult(id="1")),
        ("login_bad", outward.MutationResult(error_code="INVALID_CREDENTIALS_ERROR")),
    ],
)
def test_genuine_results_are_read(contracts: Path, name: str, expected: outward.MutationResult):
    sample = json.loads((contracts / "vendure" / "samples" / f"{name}.json").read_bytes())
    (result,) = sample["response"]["data"].values()
    assert decode(msgspec.json.encode(result), outward.MutationResult) == expected


def test_genuine_stock_answer_is_read(contracts: Path):
    sample = json.loads((contracts / "vendure" / "samples" / "stock_update.json").read_bytes())
    answer = decode(msgspec.json.encode(sample["response"]["data"]), WrittenAnswer)
    assert [it and it.id for it in answer.update_product_variants] == ["1"]


@pytest.mark.parametrize(
    "changes",
    [
        {"tracking_code": "other"},
        {"tracking_code": None},
        {"state": "Cancelled"},
        {"lines": (LineQuantityDocument(order_line_id="1", quantity=2),)},
        {"lines": ()},
    ],
)
def test_other_parcels_are_not_taken_for_this_one(changes: dict[str, object]):
    assert outward.find_parcel([fulfilment(**changes)], SHIPMENT) is None


def test_parcel_is_found_in_any_standing_state():
    for state in ("Pending", "Shipped", "Delivered", "OwnStateOfTheShop"):
        assert outward.find_parcel([fulfilment(state=state)], SHIPMENT) is not None


count = st.integers(min_value=0, max_value=10_000)


@given(count, count, count, count, count, st.booleans())
def test_shop_then_sells_exactly_what_is_available(
    available: int, allocated: int, elsewhere: int, own: int, everybodys: int, uses_global: bool
):
    variant = outward.VariantStockDocument(
        id="1",
        out_of_stock_threshold=own,
        use_global_out_of_stock_threshold=uses_global,
        stock_levels=(
            outward.StockLevelDocument(stock_location_id="1", stock_on_hand=5, stock_allocated=allocated),
            outward.StockLevelDocument(stock_location_id="2", stock_on_hand=elsewhere, stock_allocated=1),
        ),
    )
    level = StockLevel(listing_id="1", sku="A", available=available, as_of=NOW)
    written = outward.stock_input(level, variant, "1", everybodys)["stockLevels"][0]["stockOnHand"]
    threshold = everybodys if uses_global else own
    assert written + elsewhere - allocated - 1 - threshold == available


def test_back_orders_are_left_to_the_shop():
    variant = outward.VariantStockDocument(
        id="1", out_of_stock_threshold=-50, use_global_out_of_stock_threshold=False, stock_levels=()
    )
    level = StockLevel(listing_id="1", sku="A", available=3, as_of=NOW)
    assert outward.stock_input(level, variant, "1", 0)["stockLevels"] == [
        {"stockLocationId": "1", "stockOnHand": 3}
    ]


def test_instants_are_written_in_milliseconds_of_utc():
    assert queries.wire_time(NOW) == "2026-03-02T08:00:00.000Z"


@pytest.mark.parametrize(
    "conditions", [queries.changed_after(None), queries.changed_after(NOW), queries.placed_between(NOW, NOW)]
)
def test_carts_and_drafts_are_never_listed(conditions: dict[str, Any]):
    assert conditions["active"] == {"eq": False}
    assert conditions["orderPlacedAt"].keys() & {"isNull", "after"}, "both leave out what was never placed"


def test_list_limit_is_read_from_the_refusal():
    assert queries.list_limit("Cannot take more than 100 results from a list query") == 100
    assert queries.list_limit("something else") is None


def test_told_parcel_is_found_though_units_were_refunded_before_it_was_told():
    three = msgspec.structs.replace(SHIPMENT, lines=(LineQuantity(line_id="1", quantity=3),))
    fewer, other = fulfilment(id="fewer"), fulfilment(id="other", tracking_code="1Z0")
    same = fulfilment(id="same", lines=(LineQuantityDocument(order_line_id="1", quantity=3),))

    assert outward.find_told([other, fewer], three) == fewer
    assert outward.find_told([fewer, same], three) == same
    assert outward.find_told([same], SHIPMENT) is None
    with_another = (*three.lines, LineQuantity(line_id="2", quantity=1))
    assert outward.find_told([same], msgspec.structs.replace(three, lines=with_another)) == same
    assert outward.find_parcel([fewer], three) is None
