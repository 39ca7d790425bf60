"""Shipments and stock become calls: the right one for the trade as it stands."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from mappings.canonical import LineQuantity, Shipment, StockLevel
from mappings.errors import MappingError
from mappings.stores.taobao.answers import ParcelsOfTrade
from mappings.stores.taobao.outward import is_listing_id, knows_parcel, lists_parcel, send_call, stock_calls
from mappings.stores.taobao.tables import COMPANY_CODES
from mappings.stores.taobao.trade import decode_trade

NOW = datetime(2026, 9, 10, tzinfo=UTC)


def parcel(units, number="SF1000000000001", **changes):
    lines = tuple(LineQuantity(line_id=str(oid), quantity=count) for oid, count in units.items())
    usual = {"shipment_id": "s", "order_external_id": "1", "carrier": "sf-express", "shipped_at": NOW}
    return Shipment(**{**usual, "tracking_number": number, "lines": lines, **changes})


@pytest.fixture
def two(trade, child):
    """A trade with children 1 and 2, two units each."""

    def make(first="WAIT_SELLER_SEND_GOODS", second="WAIT_SELLER_SEND_GOODS", **changes):
        children = [child(oid=1, status=first), child(oid=2, status=second)]
        return decode_trade(trade(children, tid=10, **changes))

    return make


def test_a_whole_trade_is_no_split(two):
    call = send_call(two(), parcel({1: 2, 2: 2}), "SF")
    assert call.method == "taobao.logistics.offline.send"
    assert call.parameters == {"tid": "10", "company_code": "SF", "out_sid": "SF1000000000001"}


def test_some_children_are_a_split(two):
    call = send_call(two(), parcel({2: 2}, completes_order=False), "SF")
    assert (call.parameters["is_split"], call.parameters["sub_tid"]) == ("1", "2")


def test_the_rest_of_a_split_is_a_split(two):
    trade = two(first="WAIT_BUYER_CONFIRM_GOODS", status="SELLER_CONSIGNED_PART")
    assert send_call(trade, parcel({2: 2}), "SF").parameters["sub_tid"] == "2"


def test_the_rest_is_a_split_also_if_what_left_was_refunded(two):
    trade = two(first="TRADE_CLOSED", status="SELLER_CONSIGNED_PART")
    assert send_call(trade, parcel({2: 2}), "SF").parameters["sub_tid"] == "2"


def test_closed_children_are_not_part_of_the_whole(two):
    assert "sub_tid" not in send_call(two(first="TRADE_CLOSED"), parcel({2: 2}), "SF").parameters


def test_units_of_a_child_take_the_route_by_quantity(two):
    call = send_call(two(), parcel({1: 1, 2: 2}, completes_order=False), "SF")
    assert call.method == "alibaba.ascp.logistics.offline.send"
    (package,) = json.loads(call.parameters["consign_pkgs"])
    assert package["goods"] == [{"sub_tid": "1", "num": 1}, {"sub_tid": "2", "num": 2}]
    assert json.loads(call.parameters["consign_status"]) == [
        {"sub_tid": "1", "is_part_consign": True},
        {"sub_tid": "2", "is_part_consign": False},
    ]


def test_the_parcel_that_completes_the_order_completes_its_children(two):
    call = send_call(two(status="SELLER_CONSIGNED_PART"), parcel({1: 1}), "SF")
    states = json.loads(call.parameters["consign_status"])
    assert states == [{"sub_tid": "1", "is_part_consign": False}, {"sub_tid": "2", "is_part_consign": False}]


def test_many_children_of_a_larger_trade_take_the_route_by_quantity(trade, child):
    big = decode_trade(trade([child(oid=number) for number in range(60)]))
    call = send_call(big, parcel(dict.fromkeys(range(51), 2), completes_order=False), "SF")
    assert call.method == "alibaba.ascp.logistics.offline.send"


def test_cash_on_delivery_goes_online(two):
    call = send_call(two(type="cod"), parcel({1: 2, 2: 2}), "SF")
    assert (call.method, call.parameters["company_code"]) == ("taobao.logistics.online.send", "SF")


def test_an_ordered_pickup_is_confirmed(two):
    call = send_call(two(type="cod", cod_status="ACCEPTED_BY_COMPANY"), parcel({1: 2, 2: 2}), "SF")
    assert (call.method, call.parameters) == (
        "taobao.logistics.online.confirm",
        {"tid": "10", "out_sid": "SF1000000000001"},
    )


def test_cash_on_delivery_takes_no_parts_of_a_child(two):
    with pytest.raises(MappingError, match="cash-on-delivery"):
        send_call(two(type="cod"), parcel({1: 1}), "SF")


def test_services_are_nothing_to_tell(two):
    assert "sub_tid" not in send_call(two(), parcel({1: 2, 2: 2, 99: 1}), "SF").parameters
    with pytest.raises(MappingError, match="child order"):
        send_call(two(), parcel({99: 1}), "SF")


@pytest.mark.parametrize(("number", "known"), [("SF1000000000001", True), ("SF2", False), (None, False)])
def test_a_parcel_is_known_by_its_number_on_every_child(trade, child, number, known):
    found = decode_trade(
        trade([child(oid=1, invoice_no=number), child(oid=2, invoice_no="SF1000000000001 ")])
    )
    assert knows_parcel(found, parcel({1: 2, 2: 2})) is known


@pytest.mark.parametrize(
    ("shipping", "listed"),
    [
        ({"out_sid": "SF1000000000001"}, True),
        ([{"out_sid": "X"}, {"out_sid": "SF1000000000001", "sub_tids": {"number": [1, 2]}}], True),
        ({"out_sid": "SF1000000000001", "sub_tids": {"number": 1}}, True),
        ({"out_sid": "SF1000000000001", "sub_tids": {"number": [2]}}, False),
        ({"out_sid": "X"}, False),
        ([], False),
    ],
)
def test_a_parcel_is_found_among_the_logistics_orders(shipping, listed):
    answer = msgspec.json.decode(json.dumps({"shippings": {"shipping": shipping}}), type=ParcelsOfTrade)
    assert lists_parcel(answer, parcel({1: 1})) is listed


def level(listing_id, available=5):
    return StockLevel(listing_id=listing_id, sku="S", available=available, as_of=NOW)


def test_skus_of_one_item_are_written_together_and_never_below_zero():
    calls = list(stock_calls([level("7:1", 3), level("8", 4), level("7:2", -2)]))
    assert [call.method.split(".")[1] for call, _ in calls] == ["skus", "item"]
    assert calls[0][0].parameters == {"num_iid": "7", "skuid_quantities": "1:3;2:0", "type": "1"}
    assert calls[1][0].parameters == {"num_iid": "8", "quantity": "4", "type": "1"}


def test_at_most_twenty_skus_per_call():
    calls = list(stock_calls([level(f"7:{number}") for number in range(45)]))
    assert [len(group) for _, group in calls] == [20, 20, 5]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("7", True), ("7:8", True), ("", False), ("7:", False), ("x", False), ("7:8:9", False)],
)
def test_listing_ids_are_digits(text, is_one):
    assert is_listing_id(text) is is_one


def test_company_codes_are_the_platforms(contracts):
    table = (contracts.parent / "data" / "cn-carrier-codes.csv").read_text().splitlines()
    known = {row.split(",")[3] for row in table[1:]} - {""}
    assert set(COMPANY_CODES.codes.values()) <= known
