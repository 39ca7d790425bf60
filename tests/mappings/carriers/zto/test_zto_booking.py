"""Canonical requests become ZTO's bodies; genuine answers become bookings."""

from decimal import Decimal

import msgspec
import pytest
from msgspec.structs import replace

from mappings.canonical import Booking, BookingCancellation, CargoItem, Money, PostalAddress, ShipmentRequest
from mappings.carriers.zto import booking
from mappings.carriers.zto.answer import read_answer
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
    reference="R-1",
    sender=SHENZHEN,
    recipient=replace(SHENZHEN, telephone="0755-1234567"),
    cargo=(
        CargoItem(sku="A", title="茶", quantity=2, unit_value=Decimal("19.995")),
        CargoItem(sku="B", title="", quantity=1),
    ),
    weight_grams=1255,
)
TERMS = booking.Terms(account_id="test", account_password="ZTO123")


def order(request, terms=TERMS):
    return msgspec.json.decode(booking.order(request, terms))


def genuine(contracts, name):
    return read_answer((contracts / "zto" / "samples" / name).read_bytes())


def test_a_request_becomes_the_order_in_cents_and_grams():
    content = order(REQUEST)
    assert (content["partnerType"], content["orderType"], content["partnerOrderCode"]) == ("2", "1", "R-1")
    assert content["accountInfo"] == {"accountId": "test", "accountPassword": "ZTO123", "type": 1}
    assert content["orderItems"] == [
        {"name": "茶", "quantity": 2, "unitprice": 2000, "weight": 1255},
        {"name": "B", "quantity": 1},
    ]
    assert content["senderInfo"]["senderMobile"] == "13800001234"
    assert content["receiveInfo"]["receiverPhone"] == "0755-1234567"
    assert content["receiveInfo"]["receiverAddress"] == "科技园 1 号"


def test_cash_on_delivery_is_a_service_in_cents():
    collect = Money(amount=Decimal("99.50"), currency="CNY")
    content = order(replace(REQUEST, collect_on_delivery=collect))
    assert content["orderVasList"] == [{"vasType": "COD", "vasAmount": 9950}]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"recipient": replace(SHENZHEN, masked=True, receiver_token="t")}, "$.recipient"),
        ({"recipient": replace(SHENZHEN, country="US")}, "$.recipient.country"),
        ({"sender": replace(SHENZHEN, name="")}, "$.sender.name"),
        ({"parcels": 2}, "$.parcels"),
        ({"service": "express"}, "$.service"),
    ],
)
def test_what_zto_cannot_carry_is_refused_with_a_path(changes, path):
    with pytest.raises(MappingError) as caught:
        booking.order(replace(REQUEST, **changes), TERMS)
    assert caught.value.path == path


def test_the_genuine_answer_becomes_a_booking(contracts):
    answer = genuine(contracts, "create-order-response.json")
    assert answer.is_success
    assert booking.read_booking(answer.result, "SJ20250522") == Booking(
        reference="SJ20250522",
        carrier="zto",
        tracking_number="73100196611386",
        carrier_order_id="250522000006047100",
    )


@pytest.mark.parametrize("name", ["cancel", "subscribe", "cloud-print"])
def test_success_has_different_codes_and_is_told_by_the_status(contracts, name):
    answer = genuine(contracts, f"{name}-response.json")
    assert (answer.is_success, answer.code) == (True, "SYS000")


def test_an_order_whose_number_follows_is_not_confirmed():
    found = booking.read_booking(b'{"partnerOrderCode":"R-1","orderCode":"26","billCode":null}', "R-1")
    assert (found.tracking_number, found.confirmed) == ("", False)


def test_an_answer_about_another_order_is_refused():
    with pytest.raises(MappingError) as caught:
        booking.read_booking(b'{"partnerOrderCode":"R-2","billCode":"73"}', "R-1")
    assert caught.value.path == "$.partnerOrderCode"


@pytest.mark.parametrize(("order_id", "named"), [("26", {"orderCode": "26"}), ("", {"billCode": "73"})])
def test_a_cancellation_names_the_order_or_the_waybill(order_id, named):
    gone = BookingCancellation(
        reference="R-1", carrier="zto", tracking_number="73", carrier_order_id=order_id
    )
    assert msgspec.json.decode(booking.cancellation(gone)) == {"cancelType": "1", **named}


def test_prices_are_asked_in_kilograms():
    assert '"weight":1.26,' in booking.price_query(REQUEST)


def test_a_price_needs_a_weight():
    with pytest.raises(MappingError) as caught:
        booking.price_query(replace(REQUEST, weight_grams=None))
    assert caught.value.path == "$.weight_grams"


@pytest.mark.parametrize("price", ['"12.50"', "12.5"])
def test_a_price_is_an_exact_amount_of_yuan(price):
    (quote,) = booking.read_quotes(f'{{"price":{price},"hour":"48"}}'.encode())
    assert quote.price == Money(amount=Decimal("12.50"), currency="CNY")
