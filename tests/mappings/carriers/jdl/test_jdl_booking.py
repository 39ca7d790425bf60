"""Canonical requests become JD Logistics' bodies; its answers become bookings and prices."""

from decimal import Decimal

import msgspec
import pytest
from msgspec.structs import replace

from mappings.canonical import Booking, BookingCancellation, CargoItem, Money, PostalAddress, ShipmentRequest
from mappings.carriers.jdl import booking
from mappings.errors import MappingError, UnmappedCode

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
    reference="R-1",
    sender=SHENZHEN,
    recipient=replace(SHENZHEN, telephone="0755-1234567"),
    cargo=(CargoItem(sku="A", title="茶", quantity=2), CargoItem(sku="B", title="", quantity=1)),
    weight_grams=1251,
)
TERMS = booking.Terms(customer_code="C")


def order(request, terms=TERMS):
    (content,) = msgspec.json.decode(booking.order(request, terms))
    return content


def test_a_request_becomes_the_order_of_a_contract_customer():
    content = order(REQUEST)
    assert (content["orderId"], content["orderOrigin"], content["customerCode"]) == ("R-1", 1, "C")
    assert content["cargoes"] == [{"name": "茶、B", "quantity": 1, "weight": 1.26}]
    assert content["senderContact"]["fullAddress"] == "广东省深圳市南山区科技园 1 号"
    assert content["senderContact"]["mobile"] == "13800001234"
    assert content["receiverContact"]["phone"] == "0755-1234567"
    assert (content["settleType"], content["pickupType"]) == (3, 1)
    assert "remark" not in content


def test_terms_and_product_are_as_agreed():
    terms = replace(TERMS, settle_type=1, asks_for_pickup=False)
    content = order(replace(REQUEST, service="ed-m-0002"), terms)
    assert (content["settleType"], content["pickupType"]) == (1, 2)
    assert content["productsReq"] == {"productCode": "ed-m-0002"}


def test_cash_on_delivery_is_an_added_product():
    collect = Money(amount=Decimal("99.50"), currency="CNY")
    (added,) = order(replace(REQUEST, collect_on_delivery=collect))["addedProducts"]
    assert added == {"productCode": "ed-a-0009", "productAttrs": {"shouldPayMoney": "99.50"}}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"reference": "x" * 51}, "$.reference"),
        ({"recipient": replace(SHENZHEN, masked=True, receiver_token="t")}, "$.recipient"),
        ({"recipient": replace(SHENZHEN, name="x" * 51)}, "$.recipient.name"),
        ({"sender": replace(SHENZHEN, street=("x" * 200,))}, "$.sender.street"),
        ({"parcels": 1000}, "$.parcels"),
    ],
)
def test_what_jd_cannot_carry_is_refused_with_a_path(changes, path):
    with pytest.raises(MappingError) as caught:
        booking.order(replace(REQUEST, **changes), TERMS)
    assert caught.value.path == path


def test_an_answer_becomes_a_booking():
    data = b'{"orderCode":"EO0020042846988","waybillCode":"JDVE00132449789","extendFields":{}}'
    assert booking.read_booking(data, REQUEST, TERMS) == Booking(
        reference="R-1",
        carrier="jdl",
        tracking_number="JDVE00132449789",
        carrier_order_id="EO0020042846988",
        service="ed-m-0001",
    )


@pytest.mark.parametrize("data", [b"null", b"{}", b'{"waybillCode":""}'])
def test_an_answer_without_a_waybill_is_refused(data):
    with pytest.raises(MappingError):
        booking.read_booking(data, REQUEST, TERMS)


def test_a_price_is_asked_like_a_booking_and_read_exactly():
    (asked,) = msgspec.json.decode(booking.price_query(REQUEST, TERMS))
    assert asked.items() <= order(REQUEST).items()
    data = b'{"commonFeeInfoResponse":{"calWeight":5,"totalAmount":20.10,"currency":"CNY"}}'
    (quote,) = booking.read_quotes(data, REQUEST, TERMS)
    assert (quote.service, quote.price) == ("ed-m-0001", Money(amount=Decimal("20.10"), currency="CNY"))


@pytest.mark.parametrize("data", [b"{}", b'{"commonFeeInfoResponse":null}'])
def test_without_an_estimate_there_is_no_price(data):
    assert booking.read_quotes(data, REQUEST, TERMS) == ()


def test_a_cancellation_names_the_waybill_and_a_short_reason():
    gone = BookingCancellation(
        reference="R-1", carrier="jdl", tracking_number="JDVE1", reason="the order was cancelled or changed"
    )
    (content,) = msgspec.json.decode(booking.cancellation(gone, TERMS))
    assert (content["waybillCode"], content["cancelType"]) == ("JDVE1", 1)
    assert content["cancelReason"] == "the order was cancelled or cha"
    assert "orderCode" not in content


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"null", ""),
        (b'{"resultType":0}', ""),
        (b'{"resultType":1}', "comes back"),
        (b'{"resultType":2}', "could not cancel"),
        (b'{"resultType":"3"}', "could not be intercepted"),
    ],
)
def test_only_one_result_of_a_cancellation_is_one(data, words):
    found = booking.why_not_cancelled(data)
    assert words in found
    assert bool(found) == bool(words)


def test_an_unknown_result_is_never_guessed():
    with pytest.raises(UnmappedCode):
        booking.why_not_cancelled(b'{"resultType":9}')
