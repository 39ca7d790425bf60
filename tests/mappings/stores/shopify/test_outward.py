"""Shipments and stock in Shopify's terms."""

from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.canonical import LineQuantity, Shipment, StockLevel, TrackingStatus
from mappings.stores.shopify import outward
from mappings.stores.shopify.outward import Fulfilment, TrackingInfo, UserError
from mappings.stores.shopify.tables import EVENT_OF_STATUS, EVENTS
from mappings.stores.shopify.wire import (
    Action,
    AssignedLocation,
    FulfilmentOrder,
    FulfilmentOrderLine,
    Location,
    PageOf,
    Reference,
)

SHIPPED = datetime(2026, 3, 2, 8, 30, 15, 999, tzinfo=UTC)


def shipment(lines: dict[str, int] | None = None, **changes: object) -> Shipment:
    usual = Shipment(
        shipment_id="S-1",
        order_external_id="gid://shopify/Order/1",
        carrier="sf-express",
        tracking_number="SF123",
        shipped_at=SHIPPED,
        lines=tuple(LineQuantity(line_id=line, quantity=n) for line, n in (lines or {"L1": 1}).items()),
    )
    return msgspec.structs.replace(usual, **changes)


def routed(number: int, location: int, units: dict[str, int], *, may: bool = True) -> FulfilmentOrder:
    return FulfilmentOrder(
        id=f"FO{number}",
        status="OPEN" if may else "ON_HOLD",
        supported_actions=[Action(action="CREATE_FULFILLMENT" if may else "RELEASE_HOLD")],
        assigned_location=AssignedLocation(location=Location(id=f"LOC{location}")),
        line_items=PageOf(
            nodes=[
                FulfilmentOrderLine(
                    id=f"FO{number}-{line}",
                    total_quantity=left,
                    remaining_quantity=left,
                    line_item=Reference(id=line),
                )
                for line, left in units.items()
            ]
        ),
    )


def plan(quantities: dict[str, int], orders: list[FulfilmentOrder]) -> outward.FulfilmentPlan:
    return outward.plan_fulfilment(shipment(quantities), quantities, orders, notify_customer=False)


def test_units_are_split_over_locations_and_not_over_held_orders():
    orders = [
        routed(1, 1, {"L1": 5}, may=False),
        routed(2, 1, {"L1": 2, "L2": 1}),
        routed(3, 2, {"L1": 4}),
        routed(4, 1, {"L2": 1}),
    ]
    result = plan({"L1": 3, "L2": 2}, orders)
    assert result.not_covered == {}
    first, second = (one["lineItemsByFulfillmentOrder"] for one in result.inputs)
    assert first == [
        {
            "fulfillmentOrderId": "FO2",
            "fulfillmentOrderLineItems": [{"id": "FO2-L1", "quantity": 2}, {"id": "FO2-L2", "quantity": 1}],
        },
        {"fulfillmentOrderId": "FO4", "fulfillmentOrderLineItems": [{"id": "FO4-L2", "quantity": 1}]},
    ]
    assert second == [
        {"fulfillmentOrderId": "FO3", "fulfillmentOrderLineItems": [{"id": "FO3-L1", "quantity": 1}]}
    ]


units = st.dictionaries(st.sampled_from(["L1", "L2", "L3"]), st.integers(1, 5), min_size=1)
routes = st.lists(st.tuples(st.integers(1, 3), units, st.booleans()), max_size=6)


@given(wanted=units, routes=routes)
def test_no_unit_is_lost_doubled_or_taken_from_nothing(wanted, routes):
    orders = [routed(number, place, left, may=may) for number, (place, left, may) in enumerate(routes)]
    result = plan(wanted, orders)
    remaining = {
        item.id: (item.line_item.id, item.remaining_quantity, one.assigned_location.location.id)
        for one in orders
        if one.supported_actions[0].action == outward.CREATE_FULFILMENT
        for item in one.line_items.nodes
    }
    planned: Counter[str] = Counter()
    for one in result.inputs:
        entries = [
            item
            for entry in one["lineItemsByFulfillmentOrder"]
            for item in entry["fulfillmentOrderLineItems"]
        ]
        assert len({remaining[item["id"]][2] for item in entries}) == 1
        for item in entries:
            line, left, _ = remaining[item["id"]]
            assert 0 < item["quantity"] <= left
            planned[line] += item["quantity"]
    assert planned + Counter(result.not_covered) == Counter(wanted)


def test_known_company_leaves_the_link_to_shopify():
    assert outward.tracking_input(shipment(tracking_url="https://sf.example/SF123")) == {
        "number": "SF123",
        "company": "SF Express",
    }


def test_unknown_company_brings_its_own_name_and_link():
    sent = outward.tracking_input(
        shipment(carrier="acme", carrier_name="Acme Couriers", tracking_url="https://acme.example/SF123")
    )
    assert sent == {"number": "SF123", "company": "Acme Couriers", "url": "https://acme.example/SF123"}
    assert outward.tracking_input(shipment(carrier="acme")) == {"number": "SF123", "company": "acme"}


def test_only_what_is_not_recorded_is_outstanding():
    wanted = shipment({"L1": 2, "L2": 1})
    assert outward.outstanding(wanted, {}) == {"L1": 2, "L2": 1}
    assert outward.outstanding(wanted, {"L1": 1, "L2": 1}) == {"L1": 1}
    assert outward.outstanding(wanted, {"L1": 3, "L2": 1}) == {}


@pytest.mark.parametrize("status", ["CANCELLED", "ERROR", "FAILURE"])
def test_dead_fulfilments_do_not_count(status):
    numbers = [TrackingInfo(number="OTHER"), TrackingInfo(number="SF123")]
    dead = Fulfilment(id="F1", status=status, tracking_info=numbers)
    living = Fulfilment(id="F2", status="SUCCESS", tracking_info=numbers)
    assert outward.carrying([dead, living], "SF123") == [living]


def test_every_status_but_unknown_has_a_word():
    assert set(TrackingStatus) - set(EVENT_OF_STATUS) == {TrackingStatus.UNKNOWN}
    assert set(EVENT_OF_STATUS.values()) <= set(EVENTS.codes)
    assert outward.event_input(shipment(status=TrackingStatus.UNKNOWN), "F1") is None


def test_event_happens_when_the_carrier_says_in_whole_seconds():
    assert outward.event_input(shipment(), "F1") == {
        "fulfillmentId": "F1",
        "status": "CARRIER_PICKED_UP",
        "happenedAt": "2026-03-02T08:30:15Z",
    }


def test_stock_states_that_nothing_is_compared():
    level = StockLevel(listing_id="V1", inventory_id="I1", sku="A", available=-2, as_of=SHIPPED)
    assert outward.stock_input([level], "LOC")["quantities"] == [
        {"inventoryItemId": "I1", "locationId": "LOC", "quantity": 0, "changeFromQuantity": None}
    ]


def test_refusals_name_the_listing_they_point_at():
    levels = [
        StockLevel(listing_id=f"V{n}", inventory_id=f"I{n}", sku="A", available=1, as_of=SHIPPED)
        for n in range(3)
    ]
    errors = [
        UserError(
            field=["input", "quantities", "1", "inventoryItemId"],
            message="gone",
            code="INVALID_INVENTORY_ITEM",
        ),
        UserError(field=["input"], message="general"),
        UserError(field=None, message="general"),
        UserError(field=["input", "quantities", "9"], message="beyond"),
    ]
    refused = outward.refused_levels(levels, errors)
    assert {position: (one.listing_id, one.reason) for position, one in refused.items()} == {
        1: ("V1", "INVALID_INVENTORY_ITEM: gone")
    }


def test_search_times_are_quoted_and_in_utc():
    paris = datetime.fromisoformat("2026-11-20T11:00:00+01:00")
    assert outward.search_time(paris) == "'2026-11-20T10:00:00Z'"
