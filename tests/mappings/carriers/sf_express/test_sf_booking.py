"""Canonical requests become SF's create-order message; genuine answers become bookings."""

from decimal import Decimal

import msgspec
import pytest
from msgspec.structs import replace

from mappings.canonical import Booking, CargoItem, Money, PostalAddress, ShipmentRequest
from mappings.carriers.sf_express import booking
from mappings.carriers.sf_express.answer import read_result, read_token
from mappings.carriers.sf_express.tables import COUNTRY
from mappings.errors import MappingError, UnmappedCode

SHENZHEN = PostalAddress(
    name="王五",
    telephone="13800001234",
    country="CN",
    province="广东省",
    city="深圳市",
    district="南山区",
    street=("科技园 1 号",),
)
REQUEST = ShipmentRequest(
    reference="R-1",
    sender=SHENZHEN,
    recipient=replace(SHENZHEN, telephone="0755-1234567"),
    cargo=(CargoItem(sku="A", title="茶", quantity=2, unit_value=Decimal("19.90")),),
    weight_grams=1250,
    currency="CNY",
)
TERMS = booking.Terms(express_type=1, pay_method=1, monthly_card="7551234567")


def message(request, terms=TERMS):
    return msgspec.json.decode(booking.create_order(request, terms))


def sample(contracts, name):
    return (contracts / "sf-express" / "samples" / name).read_bytes()


def answer(**fields):
    usual = {
        "orderId": "R-1",
        "filterResult": 2,
        "waybillNoInfoList": [{"waybillType": 1, "waybillNo": "SF1"}],
    }
    return booking.read_order(msgspec.json.encode(usual | fields))


def test_a_request_becomes_the_create_message():
    order = message(REQUEST)
    assert order["orderId"] == "R-1"
    assert order["totalWeight"] == 1.25
    assert order["cargoDetails"] == [{"name": "茶", "count": 2, "amount": 19.9, "currency": "CNY"}]
    sender, recipient = order["contactInfoList"]
    assert (sender["contactType"], sender["mobile"]) == (1, "13800001234")
    assert (recipient["contactType"], recipient["tel"]) == (2, "0755-1234567")


def test_the_message_names_every_field_as_the_genuine_sample_does(contracts):
    genuine = msgspec.json.decode(sample(contracts, "create-order-request-msgdata.json"))
    ours = message(replace(REQUEST, sender=replace(SHENZHEN, company="顺丰", postal_code="510000")))
    assert set(ours["contactInfoList"][0]) - {"company"} == set(genuine["contactInfoList"][0])
    assert set(ours["cargoDetails"][0]) <= set(genuine["cargoDetails"][0])
    assert set(genuine) <= set(ours)


def test_weights_and_amounts_are_exact_numbers_on_the_wire():
    assert '"totalWeight":1.250' in booking.create_order(REQUEST, TERMS)
    assert '"amount":19.90' in booking.create_order(REQUEST, TERMS)


def test_the_requested_product_wins_over_the_setting():
    assert message(replace(REQUEST, service="2"))["expressTypeId"] == 2


def test_cash_on_delivery_is_a_service_with_amount_and_card():
    request = replace(REQUEST, collect_on_delivery=Money(amount=Decimal("99.50"), currency="CNY"))
    order = message(request, replace(TERMS, collection_card="755001"))
    assert order["serviceList"] == [{"name": "COD", "value": "99.50", "value1": "755001"}]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"reference": "x" * 65}, "$.reference"),
        ({"recipient": replace(SHENZHEN, masked=True, receiver_token="t")}, "$.recipient"),
        ({"recipient": replace(SHENZHEN, country="US")}, "$.recipient.country"),
        ({"recipient": replace(SHENZHEN, telephone="")}, "$.recipient.telephone"),
        ({"sender": replace(SHENZHEN, street=())}, "$.sender.street"),
        ({"cargo": ()}, "$.cargo"),
        ({"parcels": 308}, "$.parcels"),
        ({"parcels": 2, "weight_grams": None}, "$.weight_grams"),
        ({"weight_grams": 0}, "$.weight_grams"),
        ({"service": "express"}, "$.service"),
        ({"collect_on_delivery": Money(amount=Decimal(1), currency="USD")}, "$.collect_on_delivery.currency"),
        ({"collect_on_delivery": Money(amount=Decimal(1), currency="CNY")}, "$.collect_on_delivery"),
    ],
)
def test_what_sf_cannot_carry_is_refused_with_a_path(changes, path):
    with pytest.raises(MappingError) as caught:
        booking.create_order(replace(REQUEST, **changes), TERMS)
    assert caught.value.path == path


def test_the_genuine_answer_becomes_a_booking(contracts):
    result = read_result(sample(contracts, "create-order-response.json"))
    assert booking.booking(booking.read_order(result.data)) == Booking(
        reference="OrderNum20250523",
        carrier="sf-express",
        tracking_number="SF7444496931331",
        carrier_order_id="OrderNum20250523",
    )


def test_the_genuine_duplicate_is_named_by_its_business_code(contracts):
    result = read_result(sample(contracts, "duplicate-order-response.json"))
    assert (result.code, result.is_success) == ("8016", False)


def test_the_genuine_token_answer_is_read(contracts):
    token = read_token(sample(contracts, "oauth-response.json"))
    assert (token.access_token, token.expires_in) == ("20D02FC4F63B4A4AA7C9A236EAD5B0A1", 5150)


def test_mother_and_children_are_told_apart():
    waybills = [{"waybillType": kind, "waybillNo": f"SF{kind}{i}"} for i, kind in enumerate((2, 1, 2, 3))]
    read = booking.booking(answer(waybillNoInfoList=waybills))
    assert (read.tracking_number, read.sub_numbers) == ("SF11", ("SF20", "SF22"))


@pytest.mark.parametrize("result", [1, "1"])
def test_an_order_checked_by_hand_is_an_unconfirmed_booking(result):
    read = booking.booking(answer(filterResult=result, waybillNoInfoList=None))
    assert (read.confirmed, read.tracking_number) == (False, "")


@pytest.mark.parametrize(("remark", "words"), [("2", "recipient's area"), (None, "this relation")])
def test_an_unserved_address_is_a_refusal_although_the_call_succeeded(remark, words):
    assert words in booking.refusal(answer(filterResult=3, remark=remark))


def test_an_unknown_filter_result_is_never_guessed():
    with pytest.raises(UnmappedCode):
        booking.booking(answer(filterResult=7))


def test_an_accepted_order_without_a_waybill_is_an_error():
    with pytest.raises(MappingError) as caught:
        booking.booking(answer(waybillNoInfoList=[]))
    assert caught.value.path == "$.waybillNoInfoList"


@pytest.mark.parametrize("success", [True, "true"])
def test_success_may_be_a_text(success):
    inner = msgspec.json.encode({"success": success, "errorCode": "S0000", "msgData": {}}).decode()
    assert read_result(msgspec.json.encode({"apiResultCode": "A1000", "apiResultData": inner})).is_success


def test_a_success_code_without_success_is_none():
    inner = '{"success":false,"errorCode":"S0000"}'
    assert not read_result(msgspec.json.encode({"apiResultCode": "A1000", "apiResultData": inner})).is_success


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"apiResultCode":"A1000","apiResultData":"x"}'])
def test_an_unreadable_answer_is_a_mapping_error(body):
    with pytest.raises(MappingError):
        read_result(body)


def test_regions_are_written_as_sf_writes_them():
    assert COUNTRY == {"CN": "CN", "HK": "852"}
