"""What is strange about UPS: named requests, labels found again, one code for two refusals, bare pushes."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from connectors.carriers.ups import PLUGIN
from connectors.carriers.ups.refusals import name_refusal
from connectors.kit import InvalidSignature, Misconfigured, Rejected, Unsupported, WebhookRequest
from connectors.kit.conformance.rig import Rig
from mappings.canonical import BookingCancellation, Parcel, TrackingStatus
from mappings.carriers.ups import read_tracking

HOOK = "https://hub.example/webhooks/carrier"


def sent(rig):
    return [f"{it.method} {it.url.path}" for it in rig.wire.sent]


def cancellation(booking):
    return BookingCancellation(
        reference=booking.reference,
        carrier=booking.carrier,
        tracking_number=booking.tracking_number,
        carrier_order_id=booking.carrier_order_id,
    )


async def test_a_shipment_comes_with_its_label_in_one_call(rig, request_):
    booking = await rig.connector.book(request_, "key")
    assert sent(rig) == ["POST /security/v1/oauth/token", "POST /api/shipments/v2409/ship"]
    assert booking.tracking_number.startswith("1ZA1B2C303")
    assert booking.label_url.startswith("data:image/gif;base64,R0lGODlh")


async def test_the_token_is_asked_for_once_and_each_request_has_a_name_of_its_own(rig, request_):
    for _ in range(3):
        await rig.connector.quote(request_)
    assert sent(rig).count("POST /security/v1/oauth/token") == 1
    names = [it.headers["transid"] for it in rig.wire.sent[1:]]
    assert len(set(names)) == 3 and all(len(it) == 32 for it in names)


async def test_a_lost_booking_is_found_with_its_label(rig, request_):
    made = await rig.connector.book(request_, "key")
    rig.clock.advance(PLUGIN.read_back_after)
    assert await rig.connect().find_booking(request_) == made


async def test_a_voided_shipment_is_no_booking(rig, request_):
    booking = await rig.connector.book(request_, "key")
    await rig.connector.cancel_booking(cancellation(booking), "key")
    rig.clock.advance(PLUGIN.read_back_after)
    assert await rig.connector.find_booking(request_) is None


async def test_too_late_and_voided_already_are_told_apart(rig, request_):
    booking = await rig.connector.book(request_, "key")
    await rig.connector.cancel_booking(cancellation(booking), "key")
    await rig.connector.cancel_booking(cancellation(booking), "key")
    late = await rig.connector.book(msgspec.structs.replace(request_, reference="R-2"), "key")
    rig.clock.advance(timedelta(days=1))
    with pytest.raises(Rejected) as caught:
        await rig.connector.cancel_booking(cancellation(late), "key")
    assert caught.value.code == "190117"


async def test_what_cannot_be_expressed_is_never_sent(rig, request_):
    with pytest.raises(Unsupported, match=r"\$\.weight_grams"):
        await rig.connector.book(msgspec.structs.replace(request_, weight_grams=None), "key")
    assert sent(rig) == []


async def test_a_number_that_is_no_ups_number_is_not_followed(rig):
    with pytest.raises(Rejected):
        await rig.connector.subscribe(Parcel(carrier="ups", tracking_number="9400100000"), HOOK, "key")


async def test_a_parcel_without_scans_is_no_news(rig, request_):
    booking = await rig.connector.book(request_, "key")
    assert await rig.connector.track([Parcel(carrier="ups", tracking_number=booking.tracking_number)]) == []


async def test_a_push_tells_the_same_event_as_an_answer(rig, request_):
    rig.twin.configure_pushes(HOOK)
    booking = await rig.connector.book(request_, "key")
    parcel = Parcel(carrier="ups", tracking_number=booking.tracking_number)
    await rig.connector.subscribe(parcel, HOOK, "key")
    rig.clock.advance(timedelta(days=10))
    rig.twin.advance()
    posts = [WebhookRequest(headers=it.headers, body=it.body) for it in rig.twin.outbound]
    pushed = [read_tracking(rig.connector.receive(it).deliveries[0].document)[0].events for it in posts]
    (delivery,) = await rig.connector.track([parcel])
    (report,) = read_tracking(delivery.document)
    assert [event for (event,) in pushed] == list(report.events)
    assert report.events[-1].status is TrackingStatus.DELIVERED


async def test_nothing_is_pushed_after_fourteen_days(rig, request_):
    rig.twin.configure_pushes(HOOK)
    booking = await rig.connector.book(request_, "key")
    parcel = rig.twin.by_number[booking.tracking_number]
    known = Parcel(carrier="ups", tracking_number=parcel.number)
    await rig.connector.subscribe(known, HOOK, "key")
    rig.twin.write_scan(parcel, rig.clock() + timedelta(days=15), TrackingStatus.IN_TRANSIT)
    assert rig.twin.outbound == []


def test_a_push_needs_the_credential_in_the_header_that_the_settings_name():
    rig = Rig(PLUGIN, overrides={"webhook_header": "X-Credential"})
    body = b'{"trackingNumber":"1Z","activityStatus":{"type":"I","code":"OT"}}'
    credential = rig.settings().webhook_credential.get_secret_value()
    receipt = rig.connector.receive(WebhookRequest(headers={"x-credential": credential}, body=body))
    assert receipt.reply.status == 200 and receipt.deliveries
    for headers in ({}, {"credential": credential}, {"x-credential": credential[:-1]}):
        with pytest.raises(InvalidSignature):
            rig.connector.receive(WebhookRequest(headers=headers, body=body))


@pytest.mark.parametrize(
    ("status", "content", "error"),
    [
        (400, b'{"response":{"errors":[{"code":"120541","message":"no"}]}}', Rejected),
        (404, b'{"response":{"errors":[{"code":"TW0001","message":"no"}]}}', Rejected),
        (404, b"<html>", Misconfigured),
        (400, b'{"response":{"errors":[]}}', Rejected),
    ],
)
def test_refusals_are_named_by_what_happens_next(status, content, error):
    assert type(name_refusal(httpx.Response(status, content=content), False)) is error


def test_a_genuine_refusal_keeps_its_code(contracts):
    content = (contracts / "ups/samples/tracking-invalid-tracking-number-response.json").read_bytes()
    assert name_refusal(httpx.Response(400, content=content), False).code == "TV1002"
