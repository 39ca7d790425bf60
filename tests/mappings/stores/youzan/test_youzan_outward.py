"""Shipments and stock become calls; envelopes and pushes are understood in each of their forms."""

import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from mappings.canonical import LineQuantity, Shipment, StockLevel
from mappings.documents import decode
from mappings.errors import MappingError
from mappings.stores.youzan.answers import Companies, Company, contents, read_answer
from mappings.stores.youzan.messages import read_push
from mappings.stores.youzan.outward import (
    confirm_call,
    correction_call,
    express_id,
    knows_parcel,
    stock_call,
)
from mappings.stores.youzan.trade import Trade

NOW = datetime(2026, 9, 10, tzinfo=UTC)
TID = "E20260910080000000000001"
ONE, TWO = "1600000000000000001", "1600000000000000002"


def shipment(units, **changes):
    lines = tuple(LineQuantity(line_id=oid, quantity=count) for oid, count in units.items())
    usual = {"shipment_id": "s", "order_external_id": TID, "carrier": "zto", "shipped_at": NOW}
    return Shipment(**{**usual, "tracking_number": "789", "lines": lines, **changes})


@pytest.fixture
def two(trade, line):
    def make(**changes):
        return decode(trade([line(1), line(2)], **changes), Trade)

    return make


def parcel(number, *oids):
    dist = {"dist_id": "5", "express_info": {"express_id": 3, "express_no": number}}
    return {"express_state": 1, "oids": [{"oid": oid} for oid in oids], "dists": [dist]}


def test_whole_trade_names_no_lines(two):
    call = confirm_call(two(), shipment({ONE: 2, TWO: 2}), "3", "")
    assert call.api == "youzan.logistics.online.confirm/3.0.0"
    assert call.body == {"tid": TID, "is_no_express": 0, "out_stype": "3", "out_sid": "789"}


def test_part_of_a_trade_names_its_lines(two):
    assert confirm_call(two(), shipment({TWO: 2}), "3", "").body["oids"] == TWO


def test_sender_is_told_for_sf_express_only(two):
    call = confirm_call(two(), shipment({ONE: 2, TWO: 2}, carrier="sf-express"), "7", "13800000000")
    assert call.body["outer_sender"] == {"sender_mobile": "13800000000"}


@pytest.mark.parametrize("units", [{ONE: 1}, {"9": 1}, {}])
def test_parts_of_a_line_and_unknown_lines_cannot_be_told(two, units):
    with pytest.raises(MappingError):
        confirm_call(two(), shipment(units), "3", "")


def test_parcel_is_known_by_number_and_lines(two):
    trade = two(delivery_order=[parcel("789", ONE)])
    assert knows_parcel(trade, shipment({ONE: 2}))
    assert not knows_parcel(trade, shipment({TWO: 2}))
    assert not knows_parcel(trade, shipment({ONE: 2}, tracking_number="790"))


def test_number_is_corrected_once_the_whole_order_left(two):
    trade = two(delivery_order=[parcel("700", ONE, TWO)], status="WAIT_BUYER_CONFIRM_GOODS")
    call = correction_call(trade, shipment({ONE: 2, TWO: 2}, former_numbers=("700",)), "3")
    assert call.body["trade_express_modify"] == [{"dist_id": "5", "express_id": "3", "express_no": "789"}]
    assert correction_call(trade, shipment({ONE: 2}, former_numbers=("1",)), "3") is None


def test_number_of_a_part_cannot_be_corrected(two):
    trade = two(delivery_order=[parcel("700", ONE)])
    with pytest.raises(MappingError, match="whole order"):
        correction_call(trade, shipment({ONE: 2}, former_numbers=("700",)), "3")


def test_carrier_is_found_by_its_chinese_name():
    known = Companies(companies=[Company(id=2, name="圆通速递"), Company(id=99, name="Harbour Pigeons")])
    assert express_id(known, shipment({ONE: 2}, carrier="yto")) == "2"
    assert express_id(known, shipment({ONE: 2}, carrier="x", carrier_name="Harbour Pigeons")) == "99"
    with pytest.raises(MappingError, match="carriers"):
        express_id(known, shipment({ONE: 2}, carrier="zto"))


def test_stock_is_absolute_and_never_below_zero():
    level = StockLevel(listing_id="7:8", sku="S", available=-2, as_of=NOW)
    assert stock_call(level).body == {"item_id": 7, "sku_id": 8, "quantity": 0, "type": 0}
    without = StockLevel(listing_id="7", sku="S", available=5, as_of=NOW)
    assert stock_call(without).body == {"item_id": 7, "quantity": 5, "type": 0}


@pytest.mark.parametrize("text", ["", "7:", "x", "7:8:9"])
def test_stock_of_what_is_no_listing_cannot_be_told(text):
    with pytest.raises(MappingError, match="item_id"):
        stock_call(StockLevel(listing_id=text, sku="S", available=1, as_of=NOW))


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b'{"gw_err_resp":{"trace_id":"x","err_msg":"m","err_code":4201}}', "4201", "m"),
        (b'{"error_response":{"msg":"m","code":50000}}', "50000", "m"),
        (b'{"code":102570020,"data":null,"success":false,"message":"m"}', "102570020", "m"),
        (b'{"msg":"m","code":500100004}', "500100004", "m"),
    ],
)
def test_refusals_are_recognised_in_each_envelope(content, code, message):
    answer = read_answer(content)
    assert (answer.is_success, answer.code, answer.message) == (False, code, message)


@pytest.mark.parametrize(
    "content",
    [
        b'{"code":200,"success":true,"data":{"a":1},"message":"successful"}',
        b'{"response":{"a":1}}',
        b'{"a":1}',
    ],
)
def test_contents_are_taken_from_each_envelope(content):
    assert read_answer(content).is_success
    assert contents(content) == b'{"a":1}'


def test_sample_push_names_its_trade(sample):
    push = read_push(sample("composed.push.trade_TradeBuyerPay.json"))
    assert (push.is_about_a_trade, push.trade()) == (True, "E20190326101702000600011")


@pytest.mark.parametrize("message", [quote('{"tid":"E1"}'), {"tid": "E1", "refund_id": "2"}])
def test_push_holds_encoded_text_or_an_object(message):
    body = {"kdt_id": 1, "type": "youzan_trade_RefundCreated", "id": "x", "msg": message}
    assert read_push(json.dumps(body).encode()).trade() == "E1"


@pytest.mark.parametrize("message", ["%7B", "", {"x": 1}])
def test_push_that_names_no_trade_cannot_be_read(message):
    push = read_push(json.dumps({"kdt_id": 1, "type": "trade_TradeClose", "msg": message}).encode())
    with pytest.raises(MappingError):
        push.trade()
