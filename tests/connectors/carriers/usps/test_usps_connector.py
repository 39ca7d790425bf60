"""What is strange about USPS: tokens for payments, keys for labels, and «no scan yet» as a refusal."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from connectors.carriers.usps.connector import PAYMENT_LASTS
from connectors.carriers.usps.refusals import name_refusal
from connectors.carriers.usps.twin import check_digit
from connectors.kit import AuthenticationFailed, Misconfigured, Rejected, Unsupported
from mappings.canonical import BookingCancellation, Parcel

LABEL, PAYMENT = "POST /labels/v3/label", "POST /payments/v3/payment-authorization"


def sent(rig):
    return [f"{it.method} {it.url.path}" for it in rig.wire.sent]


def cancellation(booking):
    return BookingCancellation(reference="R-1", carrier="usps", tracking_number=booking.tracking_number)


async def test_a_label_is_bought_with_a_payment_token(rig, request_):
    booking = await rig.connector.book(request_, "key")
    assert sent(rig) == ["POST /oauth2/v3/token", PAYMENT, LABEL]
    assert booking.label_url.startswith("data:application/pdf;base64,JVBERi0x")


async def test_a_payment_token_serves_for_an_hour(rig, request_):
    for number in range(2):
        await rig.connector.book(msgspec.structs.replace(request_, reference=f"R-{number}"), "key")
    rig.clock.advance(PAYMENT_LASTS)
    await rig.connector.book(msgspec.structs.replace(request_, reference="R-9"), "key")
    assert sent(rig).count(PAYMENT) == 2


async def test_a_payment_token_that_is_refused_is_forgotten(rig, request_):
    await rig.connector.book(request_, "key")
    rig.twin.payments.end_all()
    other = msgspec.structs.replace(request_, reference="R-2")
    with pytest.raises(AuthenticationFailed):
        await rig.connector.book(other, "key")
    assert (await rig.connector.book(other, "key")).reference == "R-2"


async def test_the_key_is_a_uuid_drawn_from_the_reference(rig, request_):
    first = await rig.connector.book(request_, "key")
    assert await rig.connect().book(request_, "another key") == first
    keys = {it.headers["x-idempotency-key"] for it in rig.wire.sent if it.url.path == "/labels/v3/label"}
    assert len(keys) == 1 and keys.pop()[14] == "4"


async def test_a_key_with_another_body_is_refused(rig, request_):
    await rig.connector.book(request_, "key")
    with pytest.raises(Rejected):
        await rig.connector.book(msgspec.structs.replace(request_, weight_grams=900), "key")
    assert len(rig.twin.effects) == 1


async def test_cancelling_again_counts_as_done_and_too_late_does_not(rig, request_):
    booking = await rig.connector.book(request_, "key")
    for _ in range(2):
        await rig.connector.cancel_booking(cancellation(booking), "key")
    late = await rig.connector.book(msgspec.structs.replace(request_, reference="R-2"), "key")
    rig.clock.advance(timedelta(days=1))
    with pytest.raises(Rejected) as caught:
        await rig.connector.cancel_booking(cancellation(late), "key")
    assert caught.value.code == "160184"


@pytest.mark.parametrize(("status", "fine"), [("DISPUTED", True), ("PENDING", False)])
async def test_a_refund_that_is_asked_for_counts(rig, request_, status, fine):
    booking = await rig.connector.book(request_, "key")
    rig.wire.spoil = lambda number, answer: httpx.Response(
        200, json={"trackingNumber": booking.tracking_number, "status": status}
    )
    if fine:
        await rig.connector.cancel_booking(cancellation(booking), "key")
    else:
        with pytest.raises(Rejected, match="PENDING"):
            await rig.connector.cancel_booking(cancellation(booking), "key")


async def test_no_scan_yet_is_no_news(rig, request_):
    booking = await rig.connector.book(request_, "key")
    parcels = [Parcel(carrier="usps", tracking_number=it) for it in (booking.tracking_number, "1" * 22)]
    assert await rig.connector.track(parcels) == []


async def test_a_number_that_usps_will_not_tell_about_is_rejected(rig):
    detail = {"code": "150010", "detail": "The tracking number may belong to another shipper."}
    answer = httpx.Response(400, json={"error": {"code": "400", "message": "no", "errors": [detail]}})
    rig.wire.instead = lambda number: answer if number else None
    with pytest.raises(Rejected, match="another shipper"):
        await rig.connector.track([Parcel(carrier="usps", tracking_number="1" * 22)])


async def test_what_cannot_be_expressed_is_never_sent(rig, request_):
    abroad = msgspec.structs.replace(request_.recipient, country="DE")
    with pytest.raises(Unsupported, match=r"\$\.recipient\.country"):
        await rig.connector.book(msgspec.structs.replace(request_, recipient=abroad), "key")
    assert sent(rig) == []


@pytest.mark.parametrize("number", ["9400100208303109505688", "9205590164917312751089"])
def test_the_twins_numbers_have_usps_s_check_digit(number):
    assert check_digit(number[:-1]) == int(number[-1])


@pytest.mark.parametrize(
    ("status", "content", "error"),
    [
        (400, b'{"error":{"code":"400","message":"no"}}', Rejected),
        (404, b'{"error":{"code":"404","message":"no"}}', Rejected),
        (404, b"<html>", Misconfigured),
        (401, b'{"error":"invalid_client"}', AuthenticationFailed),
    ],
)
def test_refusals_are_named_by_what_happens_next(status, content, error):
    assert type(name_refusal(httpx.Response(status, content=content), False)) is error


async def test_the_genuine_refusal_of_a_client_is_one_of_credentials(rig, contracts):
    content = (contracts / "usps/samples/tracking-auth-error-response.json").read_bytes()
    rig.wire.instead = lambda number: httpx.Response(401, content=content)
    with pytest.raises(AuthenticationFailed):
        await rig.connector.check()
