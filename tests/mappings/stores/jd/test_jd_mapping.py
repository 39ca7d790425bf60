"""Orders are read: samples exactly, every state, every tolerance of the wire; parcels and stock are told."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from mappings.canonical import LineQuantity, PaymentStatus, Shipment, StockLevel
from mappings.documents import decode
from mappings.errors import MappingError, UnmappedCode
from mappings.stores.jd import read_listing, read_order, unknown_order_fields
from mappings.stores.jd.answers import Done, OrdersPage, read_answer, read_token, unwrap
from mappings.stores.jd.outward import ship_call, stock_call
from mappings.stores.jd.tables import STATES, State
from mappings.stores.jd.wire import Consignee, Coupon, Item, Order

EXPECTED = Path(__file__).parent / "expected"
ROW = "pop_order_enSearch.row.wait-stock-out.json"
PAGE, REFUSAL = "composed.pop_order_enSearch.response.json", "composed.error_response.token.json"
NOW = datetime(2026, 9, 10, tzinfo=UTC)


def test_every_sample_is_accounted_for(contracts):
    found = {path.name for path in (contracts / "jd" / "samples").iterdir()}
    assert found == {ROW, PAGE, REFUSAL, "README.md"}


def test_orders_of_the_page_become_the_expected_orders(samples):
    page = unwrap(msgspec.json.encode(samples(PAGE)), OrdersPage)
    orders = [read_order(bytes(row)) for row in page.order_info_list or ()]
    expected = msgspec.json.decode((EXPECTED / PAGE).read_bytes())
    assert msgspec.json.decode(msgspec.json.encode(orders)) == expected
    assert [order.expected_total() - order.total for order in orders] == [0, 0]
    assert page.total == 2


def test_genuine_row_becomes_the_expected_order_and_shows_what_its_tester_added(samples):
    row = msgspec.json.encode(samples(ROW))
    expected = msgspec.json.decode((EXPECTED / ROW).read_bytes())
    assert msgspec.json.decode(msgspec.json.encode(read_order(row))) == expected
    assert unknown_order_fields(row) == {"$.couponDetailList[][].abc"}


def test_refusal_of_the_gateway_is_read(samples):
    answer = read_answer(msgspec.json.encode(samples(REFUSAL)))
    assert (answer.is_success, answer.code, answer.message) == (False, "19", "无效access_token")


def test_every_field_is_documented(contracts):
    file = contracts / "jd" / "fields" / "jingdong.pop.order.orderInfo.tsv"
    listed = {line.split("\t")[1] for line in file.read_text().splitlines()}
    shapes = {"": Order, "consigneeInfo.": Consignee, "itemInfoList[].": Item, "couponDetailList[].": Coupon}
    named = {f"{above}{name}" for above, shape in shapes.items() for name in shape.__struct_encode_fields__}
    assert named - listed == {"consigneeInfo.oaid"}


@pytest.mark.parametrize("code", STATES.codes)
def test_every_state_has_a_meaning(order, code):
    found, state = read_order(order(orderState=code)), STATES.codes[code]
    assert (found.payment_status is PaymentStatus.PENDING) == (state is State.UNPAID)
    assert (found.cancelled_at is not None) == (state is State.CANCELLED)
    assert bool(found.platform_hold) == (state in (State.PAUSED, State.LOCKED))
    assert found.lines[0].refund_requested == (state is State.LOCKED)
    assert found.lines[0].quantity_open == (0 if state in (State.SHIPPED, State.CANCELLED) else 2)


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"orderState": "DengDaiChuKu"}, "$.orderState"), ({"payType": "9-贝壳"}, "$.payType")],
)
def test_unknown_code_is_never_guessed(order, changes, path):
    with pytest.raises(UnmappedCode) as raised:
        read_order(order(**changes))
    assert raised.value.path == path


@pytest.mark.parametrize(
    ("pay", "state", "status"),
    [
        ("1-货到付款", "WAIT_SELLER_STOCK_OUT", PaymentStatus.PENDING),
        ("1", "WAIT_GOODS_RECEIVE_CONFIRM", PaymentStatus.PENDING),
        ("1", "FINISHED_L", PaymentStatus.PAID),
        (4, "WAIT_SELLER_STOCK_OUT", PaymentStatus.PAID),
    ],
)
def test_cash_at_the_door_is_paid_once_the_order_is_finished(order, pay, state, status):
    found = read_order(order(payType=pay, orderState=state, paymentConfirmTime="1970-01-01 00:00:00"))
    assert (found.payment_status, found.cash_on_delivery) == (status, str(pay)[0] == "1")
    assert found.paid_at is None


@pytest.mark.parametrize(("paid", "status"), [("2026-07-16 16:38:32", "refunded"), ("", "voided")])
def test_cancelled_order_was_paid_or_not(order, paid, status):
    found = read_order(order(orderState="TRADE_CANCELED", paymentConfirmTime=paid))
    assert found.payment_status == status


def test_times_are_beijing_s(order):
    assert read_order(order()).placed_at == datetime(2026, 7, 16, 8, 37, 38, tzinfo=UTC)


def test_balance_is_part_of_what_was_paid(order):
    found = read_order(order(orderPayment="100.00", balanceUsed="26.00"))
    assert (found.total, found.expected_total()) == (Decimal(126), Decimal(126))


def test_fees_and_taxes_are_added(order):
    found = read_order(order(orderPayment="129.50", serviceFee="3.00", taxFee="0.50"))
    assert (found.surcharge, found.expected_total()) == (Decimal("3.5"), found.total)


def coupon(price: str, sku: str = "") -> dict[str, str]:
    return {"skuId": sku, "couponType": "41", "couponPrice": price}


@pytest.mark.parametrize(
    ("coupons", "seller", "line", "whole"),
    [
        ([coupon("20.00", "10054887745652"), coupon("10.00")], "20.00", 20, 10),
        ([[coupon("20.00", "10054887745652")], coupon("10.00")], "20.00", 20, 10),
        ([], "30.00", 0, 30),
        (..., "30.00", 0, 30),
    ],
)
def test_discounts_are_those_of_the_sku_and_of_the_order(order, coupons, seller, line, whole):
    found = read_order(order(orderPayment="96.00", couponDetailList=coupons, sellerDiscount=seller))
    assert (found.lines[0].discount, found.order_discount) == (line, whole)
    assert found.expected_total() == found.total


def test_discount_of_a_sku_is_taken_off_once(order):
    items = [{"skuId": "7", "itemTotal": 1, "jdPrice": "60.00"}] * 2
    found = read_order(order(itemInfoList=items, couponDetailList=[coupon("5.00", "7")]))
    assert [line.discount for line in found.lines] == [5, 0]


def test_numbers_of_all_companies_are_known(order):
    assert decode(order(waybill="A1,A2|B1"), Order).numbers == ["A1", "A2", "B1"]


def test_second_line_of_a_sku_has_a_name_of_its_own(order):
    items = [
        {"skuId": 7, "itemTotal": 1, "jdPrice": "126.00"},
        {"skuId": "7", "itemTotal": 1, "jdPrice": "0"},
    ]
    lines = read_order(order(itemInfoList=items, freightPrice=...)).lines
    assert [line.line_id for line in lines] == ["7", "7#1"]
    assert {line.listing_id for line in lines} == {"7"}


@pytest.mark.parametrize(
    ("kind", "held", "ships"), [("22", False, True), ("75", False, False), ("23", True, True)]
)
def test_order_type_says_who_ships(order, kind, held, ships):
    found = read_order(order(orderType=kind))
    assert (bool(found.platform_hold), found.lines[0].requires_shipping) == (held, ships)


def test_order_is_one_parcel(order):
    found = read_order(order())
    assert (found.whole_lines, found.one_parcel) == (True, True)


def test_plain_receiver_is_read_without_its_divisions_twice(order):
    receiver = {"fullname": "林小满", "mobile": "13800000001", "province": "广东", "city": "广州市"}
    receiver |= {"county": "海珠区", "town": "赤岗街道", "fullAddress": "广东广州市海珠区赤岗街道1号"}
    address = read_order(order(consigneeInfo=receiver)).ship_to
    assert (address.name, address.street, address.masked) == ("林小满", ("赤岗街道", "1号"), False)


def test_jd_s_own_id_is_the_receiver_s_token(order):
    address = read_order(order(consigneeInfo={"fullname": "林**", "oaid": "o-1"})).ship_to
    assert (address.masked, address.receiver_token, address.token_platform) == (True, "o-1", "jd")


def shipment(**changes: object) -> Shipment:
    usual: dict[str, object] = {
        "shipment_id": "S-1",
        "order_external_id": "249786309733",
        "carrier": "yto",
        "tracking_number": "YT1",
        "shipped_at": NOW,
        "lines": (LineQuantity(line_id="10054887745652", quantity=2),),
    }
    return Shipment(**{**usual, **changes})


def test_whole_order_is_shipped_by_jd_s_number_of_the_carrier(order):
    call = ship_call(decode(order(), Order), shipment())
    assert call.parameters == {"orderId": "249786309733", "logiCoprId": "463", "logiNo": "YT1"}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"lines": (LineQuantity(line_id="10054887745652", quantity=1),)}, "$.lines"),
        ({"carrier": "pigeons"}, "$.carrier"),
    ],
)
def test_what_jd_cannot_express_is_refused(order, changes, path):
    with pytest.raises(MappingError) as raised:
        ship_call(decode(order(), Order), shipment(**changes))
    assert raised.value.path == path


def test_stock_is_a_full_update_of_a_sku():
    level = StockLevel(listing_id="7", sku="TEA", available=-1, as_of=NOW)
    assert stock_call(level).parameters == {"skuId": "7", "stockNum": "0", "storeId": "0"}
    with pytest.raises(MappingError):
        stock_call(StockLevel(listing_id="TEA", sku="TEA", available=1, as_of=NOW))


def test_listing_is_named_by_its_sku_id():
    found = read_listing(b'{"skuId": 7, "outerId": "TEA", "skuName": "Tea", "barCode": "690"}')
    assert (found.listing_id, found.sku, found.gtin) == ("7", "TEA", "690")


@pytest.mark.parametrize("ending", ["responce", "response"])
def test_method_s_own_no_is_told_apart_from_the_gateway_s(ending):
    said = b'{"x_%s":{"code":"0","r":{"apiResult":{"success":false,"numberCode":19,"chineseErrCode":"no"}}}}'
    answer = read_answer(said % ending.encode())
    assert (answer.code, answer.message) == ("refused 19", "no")


def test_write_that_does_not_say_that_it_is_done_is_not():
    assert unwrap(b'{"x_responce":{"code":"0","r":{}}}', Done).is_done is False


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b'{"code":400,"msg":"no"}', "refused 400"),
        (b'{"error":"invalid_grant"}', "refused invalid_grant"),
        (b'{"error_response":{"code":"66"}}', "66"),
    ],
)
def test_login_refuses_in_its_own_words_or_the_gateway_s(said, code):
    assert (read_token(said).is_success, read_token(said).code) == (False, code)
