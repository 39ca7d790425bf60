"""Trades become orders: samples exactly, every status, every tolerance of the wire."""

from decimal import Decimal

import msgspec
import pytest

from mappings.canonical import PaymentStatus
from mappings.errors import MappingError, UnmappedCode
from mappings.stores.youzan import read_order, unknown_order_fields
from mappings.stores.youzan.answers import contents
from mappings.stores.youzan.tables import KINDS, PAYMENTS, REFUNDS
from mappings.stores.youzan.trade import Order, OrderInfo

GENUINE = "trade.get.closed-refunded-two-lines.json"
LISTED = "composed.trades.sold.get.response.json"
OID = "1600000000000000001"


def as_json(order):
    return msgspec.json.decode(msgspec.json.encode(order))


def refund(state, fee="20.00", oids=(OID,)):
    return {"refund_state": state, "refund_fee": fee, "oids": [{"oid": oid} for oid in oids]}


def parcel(*oids, number="SF1"):
    dists = [{"dist_id": "1", "express_info": {"express_id": 7, "express_no": number}}]
    return {"express_state": 1, "oids": [{"oid": oid} for oid in oids], "dists": dists}


def test_genuine_trade_becomes_the_expected_order(sample, expected):
    order = read_order(contents(sample(GENUINE)))
    assert as_json(order) == expected(GENUINE)
    assert order.expected_total() == order.total == order.refunded == Decimal("1.00")


def test_row_of_the_composed_list_becomes_the_expected_order(sample, expected):
    (row,) = msgspec.json.decode(contents(sample(LISTED)))["full_order_info_list"]
    assert as_json(read_order(msgspec.json.encode(row))) == expected(LISTED)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": "WAIT_BUYER_PAY", "pay_time": ""}, PaymentStatus.PENDING),
        ({}, PaymentStatus.PAID),
        ({"status": "TRADE_SUCCESS"}, PaymentStatus.PAID),
        ({"pay_time": "", "pay_type_str": "PRESENTTAKE"}, PaymentStatus.PAID),
        ({"pay_time": "", "pay_type_str": "CODPAY"}, PaymentStatus.PENDING),
        ({"pay_time": "", "pay_type_str": "CODPAY", "status": "TRADE_SUCCESS"}, PaymentStatus.PAID),
        ({"status": "TRADE_CLOSED", "pay_time": "null"}, PaymentStatus.VOIDED),
        ({"status": "TRADE_CLOSED", "refund_state": 12}, PaymentStatus.REFUNDED),
        ({"status": "TRADE_CLOSED"}, PaymentStatus.PAID),
        ({"refund_order": [refund(60, "5.00")]}, PaymentStatus.PARTIALLY_REFUNDED),
    ],
)
def test_every_status_says_how_far_the_payment_got(trade, changes, status):
    assert read_order(trade(**changes)).payment_status is status


def test_every_documented_code_is_read(trade):
    for status in PAYMENTS.codes:
        read_order(trade(status=status))
    for kind in KINDS.codes:
        read_order(trade(type=int(kind)))
    for state in REFUNDS.codes:
        read_order(trade(refund_order=[refund(int(state))]))


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "NEW"},
        {"type": 99},
        {"express_type": 3},
        {"refund_order": [refund(70)]},
        {"pay_time": "", "pay_type_str": "NEWPAY"},
    ],
)
def test_unknown_codes_that_decide_something_are_refused(trade, changes):
    with pytest.raises(UnmappedCode):
        read_order(trade(**changes))


def test_unknown_way_of_payment_is_harmless_once_the_time_of_payment_is_told(trade):
    assert read_order(trade(pay_type_str="NEWPAY")).payment_status is PaymentStatus.PAID


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({}, False),
        ({"status": "TRADE_PAID"}, True),
        ({"status": "WAIT_CONFIRM"}, True),
        ({"type": 3}, True),
        ({"express_type": 2}, True),
    ],
)
def test_what_may_not_be_shipped_is_held(trade, changes, held):
    assert bool(read_order(trade(**changes)).platform_hold) is held


@pytest.mark.parametrize("changes", [{"express_type": 1}, {"express_type": 9}, {"type": 35}])
def test_what_is_picked_up_or_virtual_is_not_shipped(trade, changes):
    assert not read_order(trade(**changes)).lines[0].requires_shipping


@pytest.mark.parametrize(
    ("refunds", "cancelled", "requested"),
    [
        ([], 0, False),
        ([refund(1)], 0, True),
        ([refund(10)], 0, True),
        ([refund(50)], 0, False),
        ([refund(60)], 2, False),
        ([refund(60, "12.00"), refund(60, "8.00")], 2, False),
        ([refund(60, "12.00")], 0, True),
        ([refund(60, None)], 0, True),
        ([refund(60, "28.00", oids=())], 2, False),
    ],
)
def test_refunds_cancel_a_line_or_call_for_a_person(trade, refunds, cancelled, requested):
    (line,) = read_order(trade(refund_order=refunds)).lines
    assert (line.quantity_cancelled, line.refund_requested) == (cancelled, requested)


def test_refund_of_several_lines_cancels_them_only_if_it_is_all_of_them(trade, line):
    other = line(2)
    both = (OID, other["oid"])
    for fee, cancelled in (("40.00", 2), ("39.99", 0)):
        document = trade([line(), other], refund_order=[refund(60, fee, both)])
        assert [it.quantity_cancelled for it in read_order(document).lines] == [cancelled] * 2


def test_lines_leave_one_after_the_other(trade, line):
    other = line(2)
    waiting = {"express_state": 0, "oids": [{"oid": other["oid"]}], "dists": None}
    order = read_order(trade([line(), other], delivery_order=[parcel(OID), waiting]))
    assert [it.quantity_fulfilled for it in order.lines] == [2, 0]
    assert order.whole_lines


def test_everything_left_when_the_trade_says_so(trade):
    assert read_order(trade(status="WAIT_BUYER_CONFIRM_GOODS")).lines[0].quantity_fulfilled == 2


@pytest.mark.parametrize(
    ("paid", "shipping", "extra"), [("28.00", "8.00", None), ("20.00", "0", "8.00"), ("30.00", "8.00", None)]
)
def test_postage_stands_beside_the_lines_or_in_them(trade, paid, shipping, extra):
    order = read_order(trade(pay={"payment": paid, "post_fee": "8.00"}))
    assert (order.shipping_charge, order.extra.get("postage_in_lines")) == (Decimal(shipping), extra)
    assert (order.expected_total() == order.total) is (paid != "30.00")


@pytest.mark.parametrize("hidden", ["陈**", "$aGlkZGVu$", "~aGlkZGVu~"])
def test_hidden_receivers_are_kept_as_they_came(trade, hidden):
    address = {"receiver_name": hidden, "receiver_tel": "13800000001", "delivery_address": "文三路"}
    ship_to = read_order(trade(address=address)).ship_to
    assert (ship_to.masked, ship_to.name) == (True, hidden)


def test_text_that_says_null_is_nothing(trade, line):
    address = {"receiver_name": "null", "delivery_address": "null"}
    order = read_order(trade([line(outer_sku_id="null", outer_item_id="TEA")], address=address))
    assert (order.ship_to, order.lines[0].sku) == (None, "TEA")


@pytest.mark.parametrize("field", ["tid", "created", "status"])
def test_missing_field_is_named(trade, field):
    with pytest.raises(MappingError) as caught:
        read_order(trade(**{field: ...}))
    assert caught.value.path == f"$.full_order_info.order_info.{field}"


@pytest.mark.parametrize("optional", sorted(set(OrderInfo.__struct_fields__) - {"tid", "created", "status"}))
@pytest.mark.parametrize("nothing", [None, ...])
def test_optional_fields_may_be_null_or_absent(trade, optional, nothing):
    if optional == "pay_time":
        assert read_order(trade(pay_time=nothing)).paid_at is None
    else:
        assert read_order(trade(**{optional: nothing})).is_payable


@pytest.mark.parametrize("optional", sorted(set(Order.__struct_fields__) - {"oid", "num", "price"}))
def test_optional_fields_of_a_line_may_be_null(trade, line, optional):
    assert read_order(trade([line(**{optional: None})])).expected_total() == Decimal("28.00")


def test_trade_without_lines_is_refused(trade):
    with pytest.raises(MappingError, match="no line"):
        read_order(trade([]))


def test_new_fields_are_counted(trade, line):
    assert unknown_order_fields(trade([line(new_thing=1)])) == {"$.full_order_info.orders[].new_thing"}


def test_a_present_is_told_apart(trade, line):
    given, sold = read_order(trade([line(1, is_present=True), line(2)])).lines
    assert (given.is_gift, sold.is_gift) == (True, False)
