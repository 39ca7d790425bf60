"""Signatures, booking, pricing and cancelling on the JD Logistics twin."""

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
from msgspec.structs import replace

from connectors.carriers.jdl.connector import REFUSALS
from connectors.carriers.jdl.settings import JdlSettings
from connectors.carriers.jdl.signing import sign
from connectors.kit import AuthenticationFailed, OutcomeUnknown, Rejected, Transient, Unsupported
from connectors.kit.refusals import classify_answer
from connectors.kit.twin import Fault
from mappings.canonical import BookingCancellation, Parcel
from mappings.carriers.jdl.answer import read_answer


def cancellation(booking):
    return BookingCancellation(
        reference=booking.reference,
        carrier=booking.carrier,
        tracking_number=booking.tracking_number,
        carrier_order_id=booking.carrier_order_id,
        reason="the order was cancelled or changed",
    )


def settings(**changes):
    usual = {
        "app_key": "key",
        "app_secret": "jd-secret",
        "access_token": "tok",
        "webhook_token": "x" * 16,
        "customer_code": "C",
    }
    return JdlSettings(**usual, **changes)


def test_calls_are_signed_like_the_vector():
    body = '[{"waybillCode":"JD0000000000001"}]'
    given = sign(settings(), "/ecap/v1/orders/trace/query", body, "2026-01-02 03:04:05")
    assert given == "71801C10AF62DE8FBE853E69C8BBBDAB"


@pytest.mark.parametrize(
    ("algorithm", "length"), [("HMacMD5", 24), ("HMacSHA1", 28), ("HMacSHA256", 44), ("HMacSHA512", 88)]
)
async def test_every_algorithm_of_the_console_works(rig, algorithm, length):
    rig.overrides["algorithm"] = algorithm
    await rig.connect().check()
    assert len(rig.wire.sent[-1].url.params["sign"]) == length


async def test_each_attempt_signs_its_own_time(rig):
    rig.twin.faults.forced.append(Fault.SERVER_ERROR)
    await rig.connector.check()
    first, second = [request.url.params for request in rig.wire.sent]
    assert first["timestamp"] < second["timestamp"]
    assert first["sign"] != second["sign"]


async def test_an_old_time_is_refused(rig):
    rig.skew = timedelta(hours=1)
    with pytest.raises(AuthenticationFailed):
        await rig.connector.check()


@pytest.mark.parametrize("name", ["app_secret", "access_token", "app_key"])
async def test_wrong_credentials_fail_the_check_and_do_not_leak(rig, name):
    await rig.connector.check()
    rig.overrides[name] = "wrong-credential"
    with pytest.raises(AuthenticationFailed) as caught:
        await rig.connect().check()
    assert "wrong-credential" not in str(caught.value)


async def test_a_request_is_booked_under_its_reference(rig, request_):
    booking = await rig.connector.book(request_, "k")
    assert (booking.reference, booking.carrier, booking.service) == ("R-1", "jdl", "ed-m-0001")
    assert booking.tracking_number.startswith("JDVE")
    assert booking.carrier_order_id.startswith("EO")


async def test_an_unknown_outcome_is_simply_repeated(rig, request_):
    rig.twin.faults.forced.append(Fault.TIMEOUT_AFTER)
    with pytest.raises(OutcomeUnknown):
        await rig.connector.book(request_, "k")
    booking = await rig.connect().book(request_, "k")
    assert [parcel.tracking_number for parcel in rig.twin.parcels()] == [booking.tracking_number]


async def test_a_price_is_told_for_the_product_that_is_asked_for(rig, request_):
    (usual,) = await rig.connector.quote(request_)
    (dearer,) = await rig.connector.quote(replace(request_, service="ed-m-0002"))
    assert (usual.service, dearer.service) == ("ed-m-0001", "ed-m-0002")
    assert Decimal(0) < usual.price.amount < dearer.price.amount
    assert rig.twin.effects == []


async def test_a_price_needs_a_weight_and_a_booking_does_not(rig, request_):
    weightless = replace(request_, weight_grams=None)
    with pytest.raises(Unsupported):
        await rig.connector.quote(weightless)
    assert await rig.connector.book(weightless, "k")


async def test_an_unknown_product_is_rejected_with_jds_code(rig, request_):
    with pytest.raises(Rejected) as caught:
        await rig.connector.book(replace(request_, service="ed-m-9999"), "k")
    assert caught.value.code == "2008"


async def test_cancelling_twice_is_done_once(rig, request_):
    booking = await rig.connector.book(request_, "k")
    for _ in range(2):
        await rig.connector.cancel_booking(cancellation(booking), "k2")
    assert [effect.kind for effect in rig.twin.effects] == ["booked", "cancelled"]


async def test_a_parcel_that_left_is_not_cancelled_although_the_call_succeeded(rig, request_):
    booking = await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(hours=13))
    with pytest.raises(Rejected, match="could not be intercepted"):
        await rig.connector.cancel_booking(cancellation(booking), "k2")


async def test_a_parcel_of_nobody_cannot_be_cancelled(rig):
    unknown = BookingCancellation(reference="R-9", carrier="jdl", tracking_number="JDVE9")
    with pytest.raises(Rejected) as caught:
        await rig.connector.cancel_booking(unknown, "k")
    assert caught.value.code == "2006"


@pytest.mark.parametrize(
    ("code", "on_read", "on_write"),
    [
        (1000, AuthenticationFailed, AuthenticationFailed),
        (1099, AuthenticationFailed, AuthenticationFailed),
        (500, Transient, OutcomeUnknown),
        (2001, Rejected, Rejected),
    ],
)
def test_each_refusal_has_its_name(code, on_read, on_write):
    answer = httpx.Response(200, json={"code": code, "msg": "x", "success": False})
    classify = classify_answer(read_answer, REFUSALS)
    assert (type(classify(answer, False)), type(classify(answer, True))) == (on_read, on_write)


def test_a_code_of_success_without_success_is_none():
    assert not read_answer(b'{"code":0,"success":false}').is_success


async def test_the_twin_takes_one_order_per_body_and_no_stranger(rig):
    with pytest.raises(Rejected):
        await rig.connector._ask(rig.connector._client, "trace/query", "[]")
    rig.overrides["customer_code"] = "somebody"
    with pytest.raises(Rejected):
        await rig.connect().track([Parcel(carrier="jdl", tracking_number="JDVE1")])
