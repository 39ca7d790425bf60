"""Trades become orders: samples exactly, every status, every tolerance of the wire."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.canonical import Fulfiller, PaymentStatus
from mappings.documents import escape_control_characters
from mappings.errors import MappingError, UnmappedCode
from mappings.stores.taobao import read_order, unknown_order_fields
from mappings.stores.taobao.answers import FullTrade, as_it_came, unwrap
from mappings.stores.taobao.tables import LINE_STATES, ORDER_TYPES, PAYMENTS, TRADE_KINDS
from mappings.stores.taobao.trade import TRADE_FIELDS, Order, Trade

SAMPLES = (
    "trade_fullinfo_get.two-lines.wait-ship.json",
    "composed.trade_fullinfo_get.oaid.part-shipped.json",
)


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_become_the_expected_orders(name, sample, expected):
    content = sample(name)
    document = as_it_came(content, unwrap(content, FullTrade).trade)
    order = read_order(document)
    assert msgspec.json.decode(msgspec.json.encode(order)) == expected(name)


def test_amounts_of_the_composed_sample_add_up(sample):
    content = sample(SAMPLES[1])
    order = read_order(as_it_came(content, unwrap(content, FullTrade).trade))
    assert order.expected_total() == order.total == Decimal("226.00")


def test_amounts_of_the_old_sample_do_not_add_up_and_are_left_to_the_audit(sample):
    content = sample(SAMPLES[0])
    order = read_order(as_it_came(content, unwrap(content, FullTrade).trade))
    assert abs(order.expected_total() - order.total) > order.rounding


def test_only_documented_fields_are_asked_for(contracts):
    listed = (contracts / "taobao" / "fields" / "taobao.trade.fullinfo.get.tsv").read_text()
    assert all(f"\ttrade.{name}\t" in listed for name in TRADE_FIELDS.split(","))
    assert all(f"\ttrade.orders[].{name}\t" in listed for name in Order.__struct_fields__)


def test_every_documented_type_is_asked_for(contracts):
    listed = (contracts / "taobao" / "fields" / "taobao.trades.sold.get.tsv").read_text()
    assert all(f"{code}" in listed for code in ORDER_TYPES.split(","))
    assert {"cod", "step", "tmall_i18n", "instant_trade", "nopaid"} <= set(ORDER_TYPES.split(","))


def test_ids_beyond_two_to_the_53rd_stay_exact(trade):
    order = read_order(trade())
    assert (order.external_id, order.lines[0].line_id) == ("4123456789012345678", "4123456789012345679")


def test_ids_may_be_text(trade, child):
    document = trade([child(oid="4123456789012345678", sku_id=5000000000001)], tid="4123456789012345678")
    order = read_order(document)
    assert order.external_id == order.lines[0].line_id == "4123456789012345678"
    assert order.lines[0].listing_id == "700000000001:5000000000001"


def test_a_single_child_may_come_without_its_list(trade, child):
    assert read_order(trade(child())) == read_order(trade([child()]))


@pytest.mark.parametrize("nothing", [{}, None, ...])
def test_absent_lists_may_be_empty_objects(trade, nothing):
    document = trade(promotion_details=nothing, service_orders=nothing, logistics_infos=nothing)
    assert read_order(document) == read_order(trade())


@pytest.mark.parametrize("orders", [{}, {"order": []}, {"order": None}])
def test_a_trade_without_children_is_refused(trade, orders):
    with pytest.raises(MappingError, match=r"^\$\.orders\.order: holds no child"):
        read_order(trade(orders=orders))


@given(st.text(st.characters(max_codepoint=0x2FF)))
def test_raw_control_characters_inside_texts_are_kept(memo):
    raw = '{ "memo":\n"' + memo.replace("\\", "\\\\").replace('"', '\\"') + '",\t"next": ["x"]\r}'
    assert json.loads(escape_control_characters(raw.encode())) == {"memo": memo, "next": ["x"]}


def test_a_memo_with_raw_line_breaks_is_read(trade):
    document = trade(seller_memo="first\nsecond\tlast").replace(b"\\n", b"\n").replace(b"\\t", b"\t")
    assert read_order(document).seller_note == "first\nsecond\tlast"
    assert unknown_order_fields(document) == set()


def test_times_are_beijing_time(trade):
    order = read_order(trade())
    assert order.placed_at == datetime(2026, 9, 9, 13, 3, 11, tzinfo=UTC)
    assert order.updated_at == datetime(2026, 9, 9, 23, 55, 2, tzinfo=UTC)


@pytest.mark.parametrize(("status", "payment"), PAYMENTS.codes.items())
def test_every_trade_status_is_read(trade, child, status, payment):
    order = read_order(trade([child(status=status if status in LINE_STATES.codes else ...)], status=status))
    assert order.payment_status is payment
    assert (order.cancelled_at is not None) == status.startswith("TRADE_CLOSED")


def test_tables_of_trades_and_children_name_the_same_statuses():
    assert PAYMENTS.codes.keys() == LINE_STATES.codes.keys()


@pytest.mark.parametrize(
    ("place", "changes"),
    [
        ("$.status", {"status": "NEW_STATUS"}),
        ("$.type", {"type": "new_type"}),
        ("$.step_trade_status", {"step_trade_status": "NEW_STEP"}),
        ("$.receiver_country", {"receiver_country": "Narnia"}),
    ],
)
def test_unknown_codes_of_the_trade_are_not_guessed(trade, child, place, changes):
    with pytest.raises(UnmappedCode) as caught:
        read_order(trade([child(status="WAIT_BUYER_PAY")], **changes))
    assert caught.value.path == place


@pytest.mark.parametrize("field", ["status", "refund_status"])
def test_unknown_codes_of_a_child_are_not_guessed(trade, child, field):
    with pytest.raises(UnmappedCode) as caught:
        read_order(trade([child(), child(2, **{field: "NEW"})]))
    assert caught.value.path == f"$.orders.order[1].{field}"


@pytest.mark.parametrize("field", ["tid", "created", "status", "payment", "orders"])
def test_a_missing_field_is_named(trade, field):
    with pytest.raises(MappingError) as caught:
        read_order(trade(**{field: ...}))
    assert caught.value.path == f"$.{field}"


@pytest.mark.parametrize(
    "optional", sorted(set(Trade.__struct_fields__) - {"tid", "created", "status", "payment", "orders"})
)
@pytest.mark.parametrize("nothing", [None, ...])
def test_optional_fields_may_be_null_or_absent(trade, optional, nothing):
    read_order(trade(**{optional: nothing}))


@pytest.mark.parametrize(
    "optional", sorted(set(Order.__struct_fields__) - {"oid", "num", "price", "status", "divide_order_fee"})
)
def test_optional_fields_of_a_child_may_be_null(trade, child, optional):
    assert read_order(trade([child(**{optional: None})])).expected_total() == Decimal("28.00")


def test_a_child_closed_before_payment_adds_nothing(trade, child):
    children = [child(), child(2, status="TRADE_CLOSED_BY_TAOBAO")]
    order = read_order(trade(children))
    assert order.expected_total() == order.total
    assert (order.lines[1].quantity_cancelled, order.lines[1].total) == (2, 0)
    assert order.payment_status is PaymentStatus.PAID


def test_a_refunded_child_is_cancelled_and_still_counts(trade, child):
    children = [child(), child(2, status="TRADE_CLOSED", refund_status="SUCCESS")]
    order = read_order(trade(children, payment="48.00"))
    assert order.payment_status is PaymentStatus.PARTIALLY_REFUNDED
    assert (order.refunded, order.expected_total()) == (Decimal("20.00"), Decimal("48.00"))
    assert (order.lines[1].quantity_wanted, order.lines[1].quantity_fulfilled) == (0, 0)


def test_a_child_refunded_after_shipping_was_shipped(trade, child):
    gone = child(status="TRADE_CLOSED", refund_status="SUCCESS", invoice_no="YT1")
    order = read_order(trade([gone], status="TRADE_CLOSED"))
    assert (order.lines[0].quantity_cancelled, order.lines[0].quantity_fulfilled) == (2, 2)
    assert order.refunded == order.total


@pytest.mark.parametrize(
    ("status", "requested"),
    [
        ("NO_REFUND", False),
        ("CLOSED", False),
        (None, False),
        ("WAIT_SELLER_AGREE", True),
        ("SELLER_REFUSE_BUYER", True),
        ("EXCHANGE_TRANSFORM_TO_REFUND", True),
        ("SUCCESS", True),
    ],
)
def test_an_open_child_with_a_refund_is_marked(trade, child, status, requested):
    assert read_order(trade([child(refund_status=status)])).lines[0].refund_requested is requested


def test_cash_on_delivery_is_payable_without_payment(trade):
    order = read_order(trade(type="cod", pay_time=...))
    assert order.payment_status is PaymentStatus.PENDING
    assert order.cash_on_delivery and order.is_payable


def test_cash_that_was_refused_at_the_door_was_never_refunded(trade, child):
    order = read_order(trade([child(status="TRADE_CLOSED")], type="cod", pay_time=..., status="TRADE_CLOSED"))
    assert (order.payment_status, order.refunded) == (PaymentStatus.VOIDED, Decimal(0))


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({}, False),
        ({"status": "PAID_FORBID_CONSIGN"}, True),
        ({"step_trade_status": "FRONT_PAID_FINAL_PAID"}, False),
        ({"step_trade_status": "FRONT_PAID_FINAL_NOPAID"}, True),
        ({"step_trade_status": "FRONT_NOPAID_FINAL_NOPAID"}, True),
        ({"step_trade_status": "FRONT_PAID_FRONT_FORFEITED"}, True),
        ({"is_sh_ship": True}, True),
        ({"top_hold": 0}, False),
        ({"top_hold": "1"}, True),
        ({"team_buy_hold": 1}, True),
        ({"rx_audit_status": "0"}, True),
        ({"rx_audit_status": "1"}, False),
    ],
)
def test_what_the_platform_holds_is_held(trade, changes, held):
    assert bool(read_order(trade(**changes)).platform_hold) is held


def test_a_deposit_is_a_part_payment(trade, child):
    order = read_order(
        trade(
            [child(status="WAIT_BUYER_PAY")],
            status="WAIT_BUYER_PAY",
            step_trade_status="FRONT_PAID_FINAL_NOPAID",
        )
    )
    assert order.payment_status is PaymentStatus.PARTIALLY_PAID


def test_a_masked_receiver_keeps_mask_and_token(trade):
    address = read_order(trade()).ship_to
    assert (address.masked, address.receiver_token, address.token_platform) == (True, "1oaid", "taobao")
    assert (address.name, address.country) == ("陈**", "CN")


def test_a_county_level_city_stands_in_the_district(trade):
    address = read_order(trade(receiver_city="", receiver_state="河南省", receiver_district="济源市")).ship_to
    assert (address.province, address.city, address.district) == ("河南省", "济源市", "")


@pytest.mark.parametrize(
    ("given", "street"),
    [
        ("浙江省杭州市西湖区文三路 1 号  ", "文三路 1 号"),
        ("浙江省 杭州市 西湖区 文三路 1 号", "文三路 1 号"),
        ("文三路 1 号", "文三路 1 号"),
        ("西湖区路 1 号", "西湖区路 1 号"),
    ],
)
def test_divisions_in_front_of_the_street_are_removed(trade, given, street):
    assert read_order(trade(receiver_address=given)).ship_to.street == (street,)


@pytest.mark.parametrize("marks", [{"is_force_dc": True}, {"is_force_wlb": True}])
def test_an_order_of_the_platform_warehouse_is_not_ours_to_ship(trade, marks):
    assert read_order(trade(**marks)).lines[0].fulfilled_by is Fulfiller.PLATFORM


def test_children_may_be_shipped_from_different_warehouses(trade, child):
    infos = {"logistics_info": {"sub_trade_id": child(2)["oid"], "consign_type": "CN"}}
    order = read_order(trade([child(), child(2), child(3, is_force_dc=True)], logistics_infos=infos))
    assert [line.is_ours_to_ship for line in order.lines] == [True, False, False]


def test_gifts_and_services_are_lines(trade, child):
    services = {"service_order": {"oid": 9, "num": 1, "price": "5.00", "payment": "5.00", "title": "Setup"}}
    gift = child(2, is_free_gift=True, price="0.00", divide_order_fee="0.00", num=1)
    order = read_order(trade([child(), gift], service_orders=services, payment="33.00"))
    assert order.lines[1].is_gift and not order.lines[2].requires_shipping
    assert order.expected_total() == order.total


def test_a_gift_of_a_promotion_is_shown_to_people(trade):
    promotions = {"promotion_detail": {"gift_item_name": "Cup", "gift_item_num": 2}}
    assert read_order(trade(promotion_details=promotions)).extra["promotion_gifts"] == "Cup x 2"


@pytest.mark.parametrize("changes", [{"shipping_type": "virtual"}, {"type": "eticket"}])
def test_virtual_goods_are_not_shipped(trade, changes):
    assert not read_order(trade(**changes)).lines[0].requires_shipping


def test_without_its_share_a_child_is_computed_by_the_documented_formula(trade, child):
    told = {
        "divide_order_fee": None,
        "discount_fee": "1.00",
        "part_mjz_discount": "2.00",
        "adjust_fee": "-0.50",
    }
    line = read_order(trade([child(**told)])).lines[0]
    assert (line.total, line.discount) == (Decimal("16.50"), Decimal("3.50"))


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 10**6), st.integers(0, 100)), min_size=1, max_size=5)
)
def test_consistent_amounts_reconcile(lines):
    children, goods = [], Decimal(0)
    for number, (units, cents, percent) in enumerate(lines):
        price = Decimal(cents) / 100
        share = (price * units * (100 - percent) / 100).quantize(Decimal("0.01"))
        goods += share
        children.append(
            {"oid": number, "num": units, "price": f"{price:.2f}", "divide_order_fee": f"{share:.2f}"}
        )
    document = {"tid": 1, "created": "2026-09-09 21:03:11", "status": "WAIT_SELLER_SEND_GOODS"}
    document |= {"payment": f"{goods + 8:.2f}", "post_fee": "8.00", "orders": {"order": children}}
    order = read_order(json.dumps(document).encode())
    assert order.expected_total() == order.total
    assert all(line.unit_price * line.quantity - line.discount == line.total for line in order.lines)


def test_new_fields_are_counted_and_harmless(trade, child):
    document = trade([child(new_thing=1)], newer_thing={})
    assert unknown_order_fields(document) == {"$.newer_thing", "$.orders.order[].new_thing"}
    assert read_order(document) == read_order(trade())


def test_every_trade_type_has_a_meaning(trade):
    for code in TRADE_KINDS.codes:
        read_order(trade(type=code))
