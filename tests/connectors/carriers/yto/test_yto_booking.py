"""Signatures, booking and cancelling on the YTO twin."""

from datetime import timedelta

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from connectors.carriers.yto.connector import REFUSALS
from connectors.carriers.yto.signing import named_in, sign
from connectors.kit import (
    AuthenticationFailed,
    Misconfigured,
    OutcomeUnknown,
    Rejected,
    UnexpectedPayload,
    Unsupported,
)
from connectors.kit.refusals import classify_answer
from connectors.kit.twin import Fault
from mappings.canonical import BookingCancellation, Parcel
from mappings.carriers.yto.answer import read_answer


def cancellation(booking):
    return BookingCancellation(
        reference=booking.reference,
        carrier=booking.carrier,
        tracking_number=booking.tracking_number,
        carrier_order_id=booking.carrier_order_id,
    )


@pytest.mark.parametrize(
    ("number", "secret", "expected"),
    [
        ("YT2600227881409", "123456", "uhSL6hg8txxadZi26YPYPg=="),
        ("YT9693083639795", "test-secret", "CLKr+jUUfiGPUmPoG+SlcA=="),
    ],
)
def test_calls_are_signed_like_the_vectors(number, secret, expected):
    assert sign(f'{{"NUMBER":"{number}"}}', "track_query_adapter", "v1", secret) == expected


def test_an_issued_address_names_method_version_and_customer():
    url = "https://openapi.yto.net.cn:11443/open/korder_create_adapter/v2/05L9aS/K21000119"
    assert named_in(url, "create_url") == ("korder_create_adapter", "v2", "K21000119")


async def test_a_call_has_exactly_the_four_fields(rig):
    await rig.connector.check()
    body = msgspec.json.decode(rig.wire.sent[-1].content)
    assert body.keys() == {"timestamp", "param", "sign", "format"}


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("track_secret", "wrong-credential", AuthenticationFailed),
        (
            "track_url",
            "https://twin.example/open/track_query_adapter/v1/wrong/K0000001",
            AuthenticationFailed,
        ),
        ("track_url", "https://twin.example/track", Misconfigured),
    ],
)
async def test_wrong_credentials_fail_the_check_and_do_not_leak(rig, name, value, error):
    rig.overrides[name] = value
    with pytest.raises(error) as caught:
        await rig.connect().check()
    assert "wrong" not in str(caught.value).replace("is wrong", "")


async def test_an_interface_without_an_address_is_named(rig, request_):
    rig.overrides |= {"create_url": "", "cancel_url": "", "subscribe_url": ""}
    connector = rig.connect()
    parcel = Parcel(carrier="yto", tracking_number="YT1")
    gone = BookingCancellation(reference="R-1", carrier="yto", tracking_number="YT1")
    tasks = {
        "create_url": connector.book(request_, "k"),
        "cancel_url": connector.cancel_booking(gone, "k"),
        "subscribe_url": connector.subscribe(parcel, "https://hub.example", "k"),
    }
    for setting, task in tasks.items():
        with pytest.raises(Misconfigured) as caught:
            await task
        assert caught.value.setting == setting


@pytest.mark.parametrize("reference", ["R-1", "order-0001-1", "orderhub-R-1"])
async def test_a_request_is_booked_under_its_reference(rig, request_, reference):
    booking = await rig.connector.book(replace(request_, reference=reference), "k")
    assert (booking.reference, booking.carrier, booking.service) == (reference, "yto", "PK")
    assert booking.tracking_number.startswith("YT")
    assert rig.twin.parcels()[0].reference == reference


async def test_an_unknown_outcome_is_simply_repeated(rig, request_):
    rig.twin.faults.forced.append(Fault.TIMEOUT_AFTER)
    with pytest.raises(OutcomeUnknown):
        await rig.connector.book(request_, "k")
    await rig.connect().book(request_, "k")
    assert [effect.kind for effect in rig.twin.effects] == ["booked"]


async def test_a_product_that_yto_does_not_have_is_unsupported(rig, request_):
    with pytest.raises(Unsupported):
        await rig.connector.book(replace(request_, service="express"), "k")
    assert not rig.twin.requests


async def test_cancelling_twice_is_done_once(rig, request_):
    booking = await rig.connector.book(request_, "k")
    for _ in range(2):
        await rig.connector.cancel_booking(cancellation(booking), "k2")
    assert [effect.kind for effect in rig.twin.effects] == ["booked", "cancelled"]


async def test_a_parcel_on_its_way_cannot_be_cancelled(rig, request_):
    booking = await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(hours=13))
    with pytest.raises(Rejected):
        await rig.connector.cancel_booking(cancellation(booking), "k2")


@pytest.mark.parametrize(
    ("body", "on_read", "on_write"),
    [
        ({"success": False, "message": "请求加密校验失败"}, AuthenticationFailed, AuthenticationFailed),
        ({"success": "false", "message": "IP不在白名单内"}, Misconfigured, Misconfigured),
        ({"success": False, "code": "x"}, Rejected, Rejected),
        ({"code": "-1", "reason": "x"}, Rejected, Rejected),
        ({"success": False, "logisticsNo": "R-1"}, Rejected, Rejected),
        ({}, UnexpectedPayload, OutcomeUnknown),
        ([], None, None),
        ({"map": {}, "code": "1001", "success": "true"}, None, None),
    ],
)
def test_each_answer_has_its_name(body, on_read, on_write):
    classify = classify_answer(read_answer, {}, REFUSALS)
    for write, expected in ((False, on_read), (True, on_write)):
        refusal = classify(httpx.Response(200, json=body), write)
        assert (type(refusal) if refusal else None) is expected
