"""Orders are read: samples exactly, every status, every tolerance of the wire; parcels and stock are told."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from mappings.canonical import LineQuantity, PaymentStatus, Shipment, StockLevel
from mappings.documents import decode
from mappings.errors import MappingError, UnmappedCode
from mappings.stores.pinduoduo import read_order, unknown_order_fields
from mappings.stores.pinduoduo.answers import OrdersPage, read_answer, unwrap
from mappings.stores.pinduoduo.outward import knows_parcel, send_call, stock_call
from mappings.stores.pinduoduo.wire import Item, Order

REQUIRED = {"order_sn", "created_time", "order_status", "refund_status", "pay_amount", "item_list"}
NOW = datetime(2026, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    ["order_information_get.shipped-no-logistics.json", "composed.order_information_get.encrypted.json"],
)
def test_samples_become_the_expected_orders(name, sample, expected):
    order = read_order(sample(name))
    assert msgspec.json.decode(msgspec.json.encode(order)) == expected(name)
    assert order.expected_total() == order.total


def test_every_field_is_documented(contracts):
    listed = (contracts / "pinduoduo" / "fields" / "pdd.order.information.get.tsv").read_text()
    named = "\torder_info_get_response.order_info."
    old = {"traking_number"}
    assert all(f"{named}{name}\t" in listed for name in set(Order.__struct_fields__) - old)
    assert all(f"{named}item_list[].{name}\t" in listed for name in Item.__struct_fields__)


def test_amounts_as_numbers_stay_exact(order):
    found = read_order(order())
    assert found.expected_total() == found.total == Decimal("26.2")


@pytest.mark.parametrize(
    ("changes", "status", "cancelled"),
    [
        ({}, PaymentStatus.PAID, False),
        ({"order_status": 3}, PaymentStatus.PAID, False),
        ({"refund_status": 2}, PaymentStatus.PAID, False),
        ({"refund_status": 4}, PaymentStatus.REFUNDED, True),
        ({"refund_status": 4, "order_status": 2}, PaymentStatus.REFUNDED, False),
        ({"confirm_status": 2}, PaymentStatus.REFUNDED, True),
        ({"group_status": 2, "pay_time": None, "confirm_time": None}, PaymentStatus.VOIDED, True),
        ({"confirm_status": 0}, PaymentStatus.PENDING, False),
        ({"group_status": 0}, PaymentStatus.PENDING, False),
        ({"confirm_status": ..., "group_status": ...}, PaymentStatus.PAID, False),
        ({"trade_type": 1, "step_order_info": {"step_trade_status": 0}}, PaymentStatus.PENDING, False),
        ({"trade_type": 1, "step_order_info": {"step_trade_status": 1}}, PaymentStatus.PARTIALLY_PAID, False),
        ({"trade_type": 1, "step_order_info": {"step_trade_status": 2}}, PaymentStatus.PAID, False),
    ],
)
def test_every_state_of_an_order_is_read(order, changes, status, cancelled):
    found = read_order(order(**changes))
    assert (found.payment_status, found.cancelled_at is not None) == (status, cancelled)


@pytest.mark.parametrize(
    "changes",
    [
        {"order_status": 4},
        {"refund_status": 5},
        {"confirm_status": 3},
        {"risk_control_status": 2},
        {"country": "Atlantis", "province": "x"},
        {"trade_type": 1, "step_order_info": {"step_trade_status": 3}},
    ],
)
def test_unknown_codes_that_decide_something_are_refused(order, changes):
    with pytest.raises(UnmappedCode):
        read_order(order(**changes))


def test_order_under_review_is_held(order):
    assert read_order(order(risk_control_status=1)).platform_hold


@pytest.mark.parametrize(
    ("changes", "requested", "fulfilled"),
    [
        ({"refund_status": 2}, True, 0),
        ({"refund_status": 3}, True, 0),
        ({"refund_status": 3, "order_status": 2}, False, 2),
        ({"order_status": 2}, False, 2),
    ],
)
def test_open_refund_of_waiting_goods_calls_for_a_person(order, changes, requested, fulfilled):
    (line,) = read_order(order(**changes)).lines
    assert (line.refund_requested, line.quantity_fulfilled) == (requested, fulfilled)


@pytest.mark.parametrize(
    "changes",
    [
        {"logistics_id": "999"},
        {"self_contained": 1},
        {"order_tag_list": [{"name": "self_contained", "value": 1}]},
    ],
)
def test_what_nobody_carries_is_not_shipped(order, changes):
    assert not read_order(order(**changes)).lines[0].requires_shipping


def test_plain_receiver_is_not_masked(order):
    told = {
        "receiver_name": "测试",
        "receiver_phone": "13800000001",
        "receiver_address": "浙江省杭州市文三路",
    }
    address = read_order(order(**told, province="浙江省", city="杭州市", town="西湖区")).ship_to
    assert (address.masked, address.street, address.receiver_token) == (False, ("文三路",), "")


@pytest.mark.parametrize("field", sorted(REQUIRED))
def test_missing_field_is_named(order, field):
    with pytest.raises(MappingError) as caught:
        read_order(order(**{field: ...}))
    assert caught.value.path == f"$.{field}"


@pytest.mark.parametrize("optional", sorted(set(Order.__struct_fields__) - REQUIRED))
@pytest.mark.parametrize("nothing", [None, ...])
def test_optional_fields_may_be_null_or_absent(order, optional, nothing):
    assert read_order(order(**{optional: nothing})).external_id


def test_new_fields_are_counted(order):
    assert unknown_order_fields(order(new_thing=1)) == {"$.new_thing"}


def parcel(count=2, **changes):
    usual = {"shipment_id": "s", "order_external_id": "1", "carrier": "zto", "shipped_at": NOW}
    lines = (LineQuantity(line_id="1:2", quantity=count),)
    return Shipment(**{**usual, "tracking_number": "789", "lines": lines, **changes})


def test_parcel_is_told_with_the_platforms_number_of_the_carrier(order):
    call = send_call(decode(order(), Order), parcel(), {})
    assert call.type == "pdd.logistics.online.send"
    assert call.parameters == {
        "order_sn": "260910-100000000000001",
        "logistics_id": "115",
        "tracking_number": "789",
        "redelivery_type": "1",
    }


def test_known_number_is_corrected(order):
    known = decode(order(order_status=2, tracking_number="700"), Order)
    assert send_call(known, parcel(former_numbers=("700",)), {}).parameters["redelivery_type"] == "2"


def test_other_carriers_are_asked_by_name(order):
    rare = parcel(carrier="x", carrier_name="某快递")
    assert send_call(decode(order(), Order), rare, {"某快递": "9"}).parameters["logistics_id"] == "9"
    with pytest.raises(MappingError, match="carriers"):
        send_call(decode(order(), Order), rare, {})


def test_part_of_an_order_cannot_be_told(order):
    with pytest.raises(MappingError, match="one piece"):
        send_call(decode(order(), Order), parcel(count=1), {})


@pytest.mark.parametrize(
    "known",
    [
        {"tracking_number": "789"},
        {"traking_number": "789"},
        {"extra_delivery_list": [{"tracking_number": "789"}]},
    ],
)
def test_parcel_is_known_by_its_number(order, known):
    assert knows_parcel(decode(order(**known), Order), parcel())
    assert not knows_parcel(decode(order(), Order), parcel())


def test_stock_is_absolute_and_never_below_zero():
    level = StockLevel(listing_id="1:2", sku="S", available=-2, as_of=NOW)
    told = {"goods_id": "1", "sku_id": "2", "quantity": "0", "update_type": "1"}
    assert stock_call(level).parameters == told
    with pytest.raises(MappingError):
        stock_call(StockLevel(listing_id="1", sku="S", available=1, as_of=NOW))


def test_composed_list_holds_whole_orders(contracts):
    content = (
        contracts / "pinduoduo" / "samples" / "composed.order_number_list_increment_get.json"
    ).read_bytes()
    ((head, document),) = unwrap(content, OrdersPage).documents
    assert read_order(document).external_id == head.order_sn == "260909-123456789012345"
    assert head.is_created_within("2026-09-09 20:00:00", "2026-09-09 20:00:01")
    assert not head.is_created_within("2026-09-09 20:00:01", "2026-09-10 20:00:00")


def test_composed_refusal_is_recognised(contracts):
    answer = read_answer(
        (contracts / "pinduoduo" / "samples" / "composed.error.token-expired.json").read_bytes()
    )
    assert (answer.is_success, answer.code, answer.message) == (False, "10019", "access_token已过期")
