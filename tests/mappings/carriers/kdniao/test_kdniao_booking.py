"""Canonical requests become `RequestData` of 1007; its answers become bookings."""

from decimal import Decimal

import msgspec
import pytest
from msgspec.structs import replace

from mappings.canonical import Booking, BookingCancellation, CargoItem, Money, PostalAddress, ShipmentRequest
from mappings.carriers.kdniao import booking
from mappings.errors import MappingError

SHENZHEN = PostalAddress(
    name="王五",
    telephone="13800001234",
    country="CN",
    province="广东",
    city="深圳市",
    district="南山区",
    street=("科技园", "1 号"),
)
REQUEST = ShipmentRequest(
    reference="R-1",
    sender=SHENZHEN,
    recipient=replace(SHENZHEN, telephone="0755-1234567"),
    cargo=(CargoItem(sku="A", title="茶", quantity=2, unit_value=Decimal("19.90")),),
    weight_grams=1250,
)
TERMS = booking.Terms(company="YTO", customer_name="K1", customer_password="secret")


def order(request, terms=TERMS):
    return msgspec.json.decode(booking.order(request, terms))


def answer(**fields):
    usual = {"Success": True, "Order": {"OrderCode": "R-1", "ShipperCode": "YTO", "LogisticCode": "YT1"}}
    return msgspec.json.encode(usual | fields)


def test_a_request_becomes_the_order():
    content = order(REQUEST)
    assert content["OrderCode"] == "R-1"
    assert (content["ShipperCode"], content["CustomerName"], content["CustomerPwd"]) == (
        "YTO",
        "K1",
        "secret",
    )
    assert content["Commodity"] == [{"GoodsName": "茶", "Goodsquantity": 2, "GoodsPrice": 19.9}]
    assert (content["Sender"]["Mobile"], content["Receiver"]["Tel"]) == ("13800001234", "0755-1234567")
    assert (content["Sender"]["ProvinceName"], content["Sender"]["Address"]) == ("广东省", "科技园 1 号")
    assert '"Weight":1.250' in booking.order(REQUEST, TERMS)


@pytest.mark.parametrize(("asks", "notice"), [(True, 0), (False, 1)])
def test_a_courier_is_called_by_a_zero(asks, notice):
    assert order(REQUEST, replace(TERMS, asks_for_pickup=asks))["IsNotice"] == notice


def test_cash_on_delivery_is_an_added_service():
    collect = Money(amount=Decimal("99.50"), currency="CNY")
    terms = replace(TERMS, collection_account="C1")
    content = order(replace(REQUEST, collect_on_delivery=collect), terms)
    assert content["AddService"] == [{"Name": "COD", "Value": "99.50", "CustomerID": "C1"}]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"reference": "x" * 65}, "$.reference"),
        ({"recipient": replace(SHENZHEN, masked=True, receiver_token="t")}, "$.recipient"),
        ({"recipient": replace(SHENZHEN, country="US")}, "$.recipient.country"),
        ({"recipient": replace(SHENZHEN, city="")}, "$.recipient.city"),
        ({"sender": replace(SHENZHEN, telephone="")}, "$.sender.telephone"),
        ({"sender": replace(SHENZHEN, street=())}, "$.sender.street"),
        ({"cargo": ()}, "$.cargo"),
        ({"parcels": 0}, "$.parcels"),
        ({"weight_grams": 0}, "$.weight_grams"),
        ({"collect_on_delivery": Money(amount=Decimal(1), currency="USD")}, "$.collect_on_delivery.currency"),
    ],
)
def test_what_cannot_be_carried_is_refused_with_a_path(changes, path):
    with pytest.raises(MappingError) as caught:
        booking.order(replace(REQUEST, **changes), TERMS)
    assert caught.value.path == path


def test_a_cancellation_names_order_waybill_and_account():
    gone = BookingCancellation(reference="R-1", carrier="zto", tracking_number="78")
    assert msgspec.json.decode(booking.cancellation(gone, TERMS)) == {
        "ShipperCode": "ZTO",
        "CustomerName": "K1",
        "CustomerPwd": "secret",
        "OrderCode": "R-1",
        "ExpNo": "78",
    }


@pytest.mark.parametrize(
    ("sub_orders", "numbers"),
    [(None, ()), ([], ()), (["a", "b"], ("a", "b")), ('["a","b"]', ("a", "b"))],
)
def test_an_answer_becomes_a_booking(sub_orders, numbers):
    found = booking.read_booking(answer(SubOrders=sub_orders), "R-1", TERMS)
    expected = Booking(reference="R-1", carrier="yto", tracking_number="YT1", sub_numbers=numbers)
    assert found == expected


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"Order": None}, "$.Order.LogisticCode"),
        ({"Order": {"LogisticCode": ""}}, "$.Order.LogisticCode"),
        ({"Order": {"LogisticCode": "YT1", "OrderCode": "R-2"}}, "$.Order.OrderCode"),
    ],
)
def test_an_answer_that_tells_no_waybill_of_ours_is_refused(fields, path):
    with pytest.raises(MappingError) as caught:
        booking.read_booking(answer(**fields), "R-1", TERMS)
    assert caught.value.path == path
