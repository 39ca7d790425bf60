"""Canonical requests become e-waybill orders; answers become bookings."""

from decimal import Decimal

import msgspec
import pytest
from msgspec.structs import replace

from mappings.canonical import BookingCancellation, CargoItem, Money, PostalAddress, ShipmentRequest
from mappings.carriers.kuaidi100 import booking
from mappings.carriers.kuaidi100.answer import read_answer
from mappings.errors import MappingError

ADDRESS = PostalAddress(
    name="王五",
    telephone="13800001234",
    country="CN",
    province="广东省",
    city="深圳市",
    district="南山区",
    street=("科技园 1 号",),
)
MASKED = replace(
    ADDRESS, name="王**", telephone="*******1234", masked=True, receiver_token="OAID", token_platform="taobao"
)
REQUEST = ShipmentRequest(
    reference="R-1",
    platform_order_id="T-1",
    sender=ADDRESS,
    recipient=ADDRESS,
    cargo=(CargoItem(sku="A", title="茶", quantity=2), CargoItem(sku="B", title="", quantity=1)),
    weight_grams=1250,
)
TERMS = booking.Terms(company="yuantong", partner_id="K1", partner_key="p", net="深圳")


def order(request, terms=TERMS):
    return msgspec.json.decode(booking.order(request, terms))


def sample(contracts, name):
    return (contracts / "kuaidi100" / "samples" / name).read_bytes()


def test_a_request_becomes_an_order_that_may_be_repeated():
    param = order(REQUEST)
    assert (param["orderId"], param["reorder"]) == ("R-1", False)
    assert param["recMan"] == {
        "name": "王五",
        "mobile": "13800001234",
        "printAddr": "广东省深圳市南山区科技园 1 号",
    }
    assert (param["cargo"], param["count"], param["weight"]) == ("茶、B", 1, 1.25)
    assert "" not in param.values()


def test_a_masked_taobao_recipient_travels_with_token_and_channel():
    param = order(replace(REQUEST, recipient=MASKED))
    assert (param["oaid"], param["net"], param["thirdOrderId"]) == ("OAID", "taobao", "T-1")
    assert param["recMan"]["tel"] == "*******1234"


def test_an_open_recipient_keeps_the_outlet_and_sends_no_token():
    param = order(REQUEST)
    assert param["net"] == "深圳"
    assert "oaid" not in param


def test_several_parcels_ask_for_children():
    param = order(replace(REQUEST, parcels=2))
    assert (param["count"], param["needChild"]) == (2, "1")


def test_cash_on_delivery_is_an_exact_amount():
    money = Money(amount=Decimal("99.50"), currency="CNY")
    assert '"collection":99.50' in booking.order(replace(REQUEST, collect_on_delivery=money), TERMS)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"cargo": ()}, "$.cargo"),
        ({"parcels": 0}, "$.parcels"),
        ({"recipient": replace(MASKED, token_platform="pinduoduo")}, "$.recipient"),
        ({"recipient": replace(MASKED, receiver_token="")}, "$.recipient"),
        ({"recipient": replace(ADDRESS, country="US")}, "$.recipient.country"),
        ({"sender": replace(ADDRESS, telephone="")}, "$.sender.telephone"),
        ({"sender": replace(ADDRESS, name="")}, "$.sender.name"),
        ({"collect_on_delivery": Money(amount=Decimal(1), currency="USD")}, "$.collect_on_delivery.currency"),
    ],
)
def test_what_cannot_be_booked_is_refused_with_a_path(changes, path):
    with pytest.raises(MappingError) as caught:
        booking.order(replace(REQUEST, **changes), TERMS)
    assert caught.value.path == path


def test_a_cancellation_names_the_companys_order():
    wanted = BookingCancellation(reference="R-1", carrier="yto", tracking_number="YT1", carrier_order_id="C1")
    param = msgspec.json.decode(booking.cancellation(wanted, TERMS))
    assert (param["kuaidicom"], param["kuaidinum"], param["orderId"]) == ("yuantong", "YT1", "C1")


def test_an_answer_becomes_a_booking():
    data = b'{"kuaidinum":"YT1","childNum":"YT2, YT3","label":"https://l.example/1","kdComOrderNum":"C1"}'
    read = booking.read_booking(data, "R-1", TERMS)
    assert (read.carrier, read.tracking_number, read.carrier_order_id) == ("yto", "YT1", "C1")
    assert (read.sub_numbers, read.label_url) == (("YT2", "YT3"), "https://l.example/1")


@pytest.mark.parametrize("data", [b"{}", b"null", b'{"kuaidinum":""}', b'{"kuaidinum":null}'])
def test_an_answer_without_a_number_is_an_error(data):
    with pytest.raises(MappingError):
        booking.read_booking(data, "R-1", TERMS)


def test_genuine_pick_up_answers_which_we_never_ask_for_read_as_success(contracts):
    """`order-create-response` and `order-cancel-response` answer borderapi.do, which this hub never calls."""
    created = read_answer(sample(contracts, "order-create-response.json"))
    cancelled = read_answer(sample(contracts, "order-cancel-response.json"))
    assert (created.code, cancelled.code) == ("200", "200")
    assert booking.read_booking(created.data, "R-1", TERMS).tracking_number == "YT2213099035201"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"status":"200","result":false,"returnCode":null}', "200"),
        (b'{"status":"200","result":false,"returnCode":"500"}', "200"),
        (b'{"result":false,"returnCode":"500","message":"x"}', "500"),
        (b'{"code":200,"data":{}}', "200"),
        (b'{"code":503}', "503"),
        (b'{"status":"201"}', "201"),
        (b"{}", ""),
    ],
)
def test_each_way_of_saying_done_is_understood(body, code):
    assert read_answer(body).code == code
