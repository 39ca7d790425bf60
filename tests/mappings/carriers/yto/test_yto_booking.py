"""Canonical requests become YTO's `param`; its answers become bookings."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mappings.canonical import Booking, BookingCancellation, CargoItem, Money, PostalAddress, ShipmentRequest
from mappings.carriers.yto import booking
from mappings.errors import MappingError

SHENZHEN = PostalAddress(
    name="王五",
    telephone="13800001234",
    country="CN",
    province="广东省",
    city="深圳市",
    district="南山区",
    street=("科技园", "1 号"),
)
REQUEST = ShipmentRequest(
    reference="order-1-1",
    sender=SHENZHEN,
    recipient=SHENZHEN,
    cargo=(CargoItem(sku="A", title="茶", quantity=2, unit_value=Decimal("19.90")),),
    weight_grams=1255,
)


def order(request, product="PK"):
    return msgspec.json.decode(booking.order(request, product))


def yuan(value):
    return Money(amount=Decimal(value), currency="CNY")


def test_a_request_becomes_the_order():
    content = order(REQUEST)
    assert (content["logisticsNo"], content["cstOrderNo"]) == ("order-1-1", "order-1-1")
    assert content["goods"] == [{"name": "茶", "quantity": 2, "price": 19.9}]
    assert content["recipientCountyName"] == "南山区"
    assert content["senderAddress"] == "科技园 1 号"
    assert '"weight":1.255' in booking.order(REQUEST, "PK")


def test_of_many_goods_the_first_twenty_are_named():
    many = tuple(CargoItem(sku=str(number), title="", quantity=1) for number in range(30))
    assert len(order(replace(REQUEST, cargo=many))["goods"]) == 20


def test_the_requested_product_wins_over_the_setting():
    assert order(replace(REQUEST, service="YZD"))["productCode"] == "YZD"


def test_cash_on_delivery_is_an_increment_in_yuan():
    assert order(replace(REQUEST, collect_on_delivery=yuan("99.50")))["increments"] == [
        {"type": 1, "amount": 99.5}
    ]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"recipient": replace(SHENZHEN, masked=True, receiver_token="t")}, "$.recipient"),
        ({"recipient": replace(SHENZHEN, province="")}, "$.recipient.province"),
        ({"parcels": 2}, "$.parcels"),
        ({"service": "express"}, "$.service"),
        ({"collect_on_delivery": yuan("2.99")}, "$.collect_on_delivery.amount"),
        ({"collect_on_delivery": yuan("20000.01")}, "$.collect_on_delivery.amount"),
    ],
)
def test_what_yto_cannot_carry_is_refused_with_a_path(changes, path):
    with pytest.raises(MappingError) as caught:
        booking.order(replace(REQUEST, **changes), "PK")
    assert caught.value.path == path


@given(st.text(min_size=1).filter(lambda text: not text.startswith(booking.PREFIX)))
def test_every_reference_is_found_again_in_its_number(reference):
    number = booking.logistics_no(reference)
    assert len(number) >= booking.SHORTEST_NUMBER
    assert booking.reference_of(number) == reference


def test_an_answer_becomes_a_booking():
    content = b'{"logisticsNo":"order-1-1","mailNo":"YT1","shortAddress":"755-010"}'
    assert booking.read_booking(content, REQUEST, "PK") == Booking(
        reference="order-1-1",
        carrier="yto",
        tracking_number="YT1",
        carrier_order_id="order-1-1",
        service="PK",
    )


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (b"{}", "$.mailNo"),
        (b'{"mailNo":""}', "$.mailNo"),
        (b'{"mailNo":"YT1","logisticsNo":"other-1"}', "$.logisticsNo"),
    ],
)
def test_an_answer_that_tells_no_waybill_of_ours_is_refused(content, path):
    with pytest.raises(MappingError) as caught:
        booking.read_booking(content, REQUEST, "PK")
    assert caught.value.path == path


@pytest.mark.parametrize(("reason", "words"), [("too late", "too late"), ("", "用户取消")])
def test_a_cancellation_names_the_order_and_a_reason(reason, words):
    gone = BookingCancellation(reference="R-1", carrier="yto", tracking_number="YT1", reason=reason)
    assert msgspec.json.decode(booking.cancellation(gone)) == {
        "logisticsNo": "orderhub-R-1",
        "cancelDesc": words,
    }
