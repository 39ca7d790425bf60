"""Orders are read: samples exactly, every status, every tolerance of the wire; parcels and stock are told."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from mappings.canonical import LineQuantity, PaymentStatus, Shipment, StockLevel
from mappings.documents import decode
from mappings.errors import MappingError, UnmappedCode
from mappings.stores.douyin import read_order, unknown_order_fields
from mappings.stores.douyin.answers import Company, Token, read_answer, unwrap
from mappings.stores.douyin.messages import read_push
from mappings.stores.douyin.outward import knows_parcel, send_call, stock_call
from mappings.stores.douyin.tables import AFTER_SALES, STATES
from mappings.stores.douyin.wire import ShopOrder, SkuOrder

NOW = datetime(2026, 9, 10, tzinfo=UTC)
ONE, TWO = "6900000000000000001", "6900000000000000002"
GENUINE = "order.searchList.refunded-after-ship.json"
DOCUMENTED = "order.orderDetail.all-fields-doc.json"
REQUIRED = {"order_id", "create_time", "order_status", "pay_amount", "sku_order_list"}


@pytest.mark.parametrize("name", [GENUINE, DOCUMENTED])
def test_samples_become_the_expected_orders(name, sample, expected):
    order = read_order(sample(name))
    assert msgspec.json.decode(msgspec.json.encode(order)) == expected(name)
    assert order.expected_total() == order.total


def test_every_field_is_documented(contracts):
    listed = (contracts / "douyin" / "fields" / "order.searchList.tsv").read_text()
    named = "\tdata.shop_order_list[]."
    seen_in_a_genuine_order = {"open_address_id"}
    fields = set(ShopOrder.__struct_fields__) - seen_in_a_genuine_order
    assert all(f"{named}{name}\t" in listed for name in fields)
    assert all(f"{named}sku_order_list[].{name}\t" in listed for name in SkuOrder.__struct_fields__)


@pytest.mark.parametrize(
    ("changes", "status", "cancelled"),
    [
        ({}, PaymentStatus.PAID, False),
        ({"order_status": 5}, PaymentStatus.PAID, False),
        ({"order_status": 1, "pay_time": 0}, PaymentStatus.PENDING, False),
        ({"order_status": 1, "main_status": 103, "pay_time": 0}, PaymentStatus.PARTIALLY_PAID, False),
        ({"pay_type": 0, "pay_time": 0}, PaymentStatus.PENDING, False),
        ({"pay_type": 0, "pay_time": 0, "order_status": 5}, PaymentStatus.PAID, False),
        ({"pay_type": 7, "pay_time": 0}, PaymentStatus.PAID, False),
        ({"order_status": 4, "main_status": 21}, PaymentStatus.REFUNDED, True),
        ({"order_status": 4, "pay_time": 0}, PaymentStatus.VOIDED, True),
    ],
)
def test_every_status_says_how_far_the_payment_got(order, changes, status, cancelled):
    found = read_order(order(**changes))
    assert (found.payment_status, found.cancelled_at is not None) == (status, cancelled)


def test_every_documented_code_is_read(order, line):
    for state in STATES.codes:
        read_order(order([line(order_status=int(state))], order_status=int(state)))
    for state in AFTER_SALES.codes:
        read_order(order([line(after_sale_info={"after_sale_status": int(state)})]))


@pytest.mark.parametrize(
    ("changes", "of_line"),
    [
        ({"order_status": 9}, {}),
        ({}, {"order_status": 9}),
        ({}, {"after_sale_info": {"after_sale_status": 99}}),
        ({"pay_type": 99, "pay_time": 0}, {}),
        ({"pay_type": None, "pay_time": 0}, {}),
    ],
)
def test_unknown_codes_that_decide_something_are_refused(order, line, changes, of_line):
    with pytest.raises(UnmappedCode):
        read_order(order([line(**of_line)], **changes))


def test_paid_order_that_must_wait_is_held(order):
    found = read_order(order(order_status=105))
    assert found.platform_hold and found.payment_status is PaymentStatus.PAID


def test_closed_order_closes_lines_that_say_otherwise(order, line):
    (found,) = read_order(order([line(order_status=2)], order_status=4)).lines
    assert found.quantity_cancelled == 2


def test_units_leave_one_after_the_other(order, line):
    parcel = {"tracking_no": "1", "product_info": [{"sku_order_id": ONE, "product_count": 1}]}
    found = read_order(order([line(order_status=101)], order_status=101, logistics_info=[parcel]))
    assert (found.lines[0].quantity_fulfilled, found.whole_lines) == (1, False)


@pytest.mark.parametrize(
    ("after_sale", "status", "requested"),
    [
        (6, 2, True),
        (27, 2, True),
        (12, 2, True),
        (28, 2, False),
        (0, 2, False),
        (6, 3, False),
        (12, 4, False),
    ],
)
def test_open_goods_with_an_after_sale_call_for_a_person(order, line, after_sale, status, requested):
    told = line(order_status=status, after_sale_info={"after_sale_status": after_sale})
    assert read_order(order([told])).lines[0].refund_requested is requested


@pytest.mark.parametrize("changes", [{"order_type": 2}, {"order_type": 4}])
def test_virtual_goods_are_not_shipped(order, line, changes):
    assert not read_order(order(**changes)).lines[0].requires_shipping
    assert not read_order(order([line(goods_type=1)])).lines[0].requires_shipping


@pytest.mark.parametrize(("paid", "shipping"), [(2800, "8.00"), (2000, "0"), (3000, "8.00")])
def test_postage_stands_beside_the_lines_or_in_them(order, paid, shipping):
    found = read_order(order(pay_amount=paid))
    assert found.shipping_charge == Decimal(shipping)
    assert (found.expected_total() == found.total) is (paid != 3000)


@pytest.mark.parametrize("field", sorted(REQUIRED))
def test_missing_field_is_named(order, field):
    with pytest.raises(MappingError) as caught:
        read_order(order(**{field: ...}))
    assert caught.value.path == f"$.{field}"


@pytest.mark.parametrize("optional", sorted(set(ShopOrder.__struct_fields__) - REQUIRED))
@pytest.mark.parametrize("nothing", [None, ...])
def test_optional_fields_may_be_null_or_absent(order, optional, nothing):
    assert read_order(order(**{optional: nothing})).is_payable


@pytest.mark.parametrize(
    "optional",
    sorted(set(SkuOrder.__struct_fields__) - {"order_id", "item_num", "pay_amount", "order_status"}),
)
def test_optional_fields_of_a_line_may_be_null(order, line, optional):
    assert read_order(order([line(**{optional: None})])).expected_total() == Decimal("28.00")


def test_impossible_time_is_named(order):
    with pytest.raises(MappingError) as caught:
        read_order(order(create_time=10**15))
    assert caught.value.path == "$.create_time"


def test_new_fields_are_counted(order):
    assert unknown_order_fields(order(new_thing=1)) == {"$.new_thing"}


def shipment(units, **changes):
    lines = tuple(LineQuantity(line_id=it, quantity=count) for it, count in units.items())
    usual = {"shipment_id": "s", "order_external_id": ONE, "carrier": "zto", "shipped_at": NOW}
    return Shipment(**{**usual, "tracking_number": "789", "lines": lines, **changes})


@pytest.fixture
def two(order, line):
    return lambda **changes: decode(order([line(), line(order_id=TWO)], **changes), ShopOrder)


def known(number, *lines):
    products = [{"sku_order_id": it, "product_count": 1} for it in lines]
    return [{"tracking_no": number, "delivery_id": "5", "product_info": products}]


def test_parcel_names_its_units_and_our_key(two):
    call = send_call(two(), shipment({ONE: 1, "service": 1}), {}, "k")
    assert call.method == "order.logisticsAddMultiPack"
    (pack,) = call.parameters["pack_list"]
    assert (call.parameters["request_id"], pack["company_code"]) == ("k", "zhongtong")
    assert pack["shipped_order_info"] == [{"shipped_order_id": ONE, "shipped_num": 1}]


def test_known_number_is_corrected(two):
    corrected = shipment({ONE: 1}, former_numbers=("700",))
    call = send_call(two(logistics_info=known("700", ONE)), corrected, {}, "k")
    assert (call.method, call.parameters["pack_id"]) == ("order.logisticsEditByPack", "5")


def test_other_carriers_are_asked_by_name(two):
    rare = shipment({ONE: 1}, carrier="x", carrier_name="某快递")
    assert send_call(two(), rare, {"某快递": "mou"}, "k").parameters["pack_list"][0]["company_code"] == "mou"
    with pytest.raises(MappingError, match="carriers"):
        send_call(two(), rare, {}, "k")


def test_parcel_without_a_line_of_the_order_cannot_be_told(two):
    with pytest.raises(MappingError, match="no line"):
        send_call(two(), shipment({"9": 1}), {}, "k")


def test_parcel_is_known_by_number_and_lines(two):
    order = two(logistics_info=known("789", ONE))
    assert knows_parcel(order, shipment({ONE: 1}))
    assert not knows_parcel(order, shipment({TWO: 1}))
    assert not knows_parcel(order, shipment({ONE: 1}, tracking_number="790"))


def test_stock_is_absolute_and_never_below_zero():
    level = StockLevel(listing_id="1:2", sku="S", available=-2, as_of=NOW)
    told = {"product_id": 1, "sku_id": 2, "stock_num": 0, "incremental": False}
    assert stock_call(level).parameters == told
    with pytest.raises(MappingError):
        stock_call(StockLevel(listing_id="1", sku="S", available=1, as_of=NOW))


def test_official_answers_are_read(contracts):
    samples = contracts / "douyin" / "samples"
    (company,) = unwrap((samples / "order.logisticsCompanyList.response.json").read_bytes(), list[Company])
    assert (company.code, company.name) == ("yuantong", "圆通快递")
    assert unwrap((samples / "token.create.response.json").read_bytes(), Token).expires_in == 530808


@pytest.mark.parametrize(
    ("content", "success", "code"),
    [
        (b'{"code":10000,"msg":"success"}', True, "10000"),
        (b'{"err_no":0,"message":"success"}', True, "0"),
        (b'{"err_no":7,"message":"m"}', False, "7"),
        (b'{"code":50002,"msg":"m","sub_code":"isv.business-failed:1"}', False, "50002"),
        (b'{"code":40003,"sub_code":"isv.access-token-expired"}', False, "isv.access-token-expired"),
    ],
)
def test_answers_say_whether_they_succeeded(content, success, code):
    answer = read_answer(content)
    assert (answer.is_success, answer.code) == (success, code)


def test_answer_that_says_nothing_is_none():
    with pytest.raises(MappingError):
        read_answer(b'{"data":{}}')


def test_every_sample_push_about_an_order_names_it(contracts):
    files = sorted((contracts / "douyin" / "samples").glob("push.*.json"))
    for file in files:
        (message,) = read_push(file.read_bytes())
        assert message.is_about_an_order and message.content().p_id, file.name
    assert len(files) >= 10


def test_push_holds_texts():
    body = json.dumps([{"tag": "101", "msg_id": "1", "data": '{"p_id":"690","order_status":2}'}]).encode()
    assert [str(message.content().p_id) for message in read_push(body)] == ["690"]
