"""Signatures, queries, subscriptions and pushes on the ZTO twin."""

from datetime import timedelta
from urllib.parse import urlencode

import httpx
import msgspec
import pytest

from connectors.carriers.zto.twin import APP_SECRET
from connectors.kit import AuthenticationFailed, InvalidSignature, Rejected, UnexpectedPayload, WebhookRequest
from connectors.kit.signing import md5_base64
from mappings.canonical import Parcel, TrackingStatus
from mappings.carriers.zto import read_tracking
from mappings.documents import form_fields

HOOK = "https://hub.example/webhooks/7"
DATA = '{"billCode":"73100196611386","action":"GOT","actionTime":"2025-05-22 15:06:35"}'


def parcel(booking, tail="1234"):
    return Parcel(carrier="zto", tracking_number=booking.tracking_number, telephone_tail=tail)


def pushed(data=DATA, secret=APP_SECRET, **changes):
    form = {"data": data, "data_digest": md5_base64(data + secret), "msg_type": "Traces", "token": ""}
    return WebhookRequest(headers={}, body=urlencode({**form, **changes}).encode())


def test_calls_are_signed_like_the_vector():
    assert md5_base64('{"billCode":"73100196611386"}' + "test-app-secret") == "sFwyuwjsytUusBv/1TtGwA=="


async def test_both_spellings_of_the_key_are_sent(rig):
    await rig.connector.check()
    headers = rig.wire.sent[-1].headers
    assert headers["x-appkey"] == headers["x-companyid"] == "twin-app-key"


async def test_a_wrong_secret_fails_the_check_and_does_not_leak(rig):
    await rig.connector.check()
    rig.overrides["app_secret"] = "wrong-credential"
    with pytest.raises(AuthenticationFailed) as caught:
        await rig.connect().check()
    assert caught.value.code == "S211"
    assert "wrong-credential" not in str(caught.value)


async def test_a_number_that_is_not_ztos_is_left_out(rig, request_):
    booking = await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(days=1))
    stranger = Parcel(carrier="zto", tracking_number="SF1", telephone_tail="1234")
    found = await rig.connector.track([stranger, parcel(booking)])
    assert [delivery.external_id for delivery in found] == [booking.tracking_number]


@pytest.mark.parametrize(("tail", "code"), [("", "E413"), ("9999", "E409")])
async def test_nothing_is_shown_without_the_right_telephone(rig, request_, tail, code):
    booking = await rig.connector.book(request_, "k")
    with pytest.raises(Rejected) as caught:
        await rig.connector.track([parcel(booking, tail)])
    assert caught.value.code == code


async def test_subscribing_twice_is_done_once(rig, request_):
    booking = await rig.connector.book(request_, "k")
    for _ in range(2):
        await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    assert [effect.kind for effect in rig.twin.effects].count("subscribed") == 1


async def test_a_journey_is_pushed_event_by_event(rig, request_):
    rig.twin.return_chance = rig.twin.loss_chance = 0
    rig.twin.configure_pushes(HOOK)
    booking = await rig.connector.book(request_, "k")
    await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    rig.clock.advance(timedelta(days=8))
    rig.twin.advance()
    events = []

    def hub(request):
        receipt = rig.connector.receive(WebhookRequest(headers={}, body=request.content))
        events.extend(read_tracking(receipt.deliveries[0].document)[0].events)
        return httpx.Response(200, content=receipt.reply.body)

    async with httpx.AsyncClient(transport=httpx.MockTransport(hub)) as client:
        await rig.twin.deliver_webhooks(client)
    assert rig.twin.outbound == []
    assert events[0].status is TrackingStatus.PICKED_UP
    assert events[-1].status is TrackingStatus.DELIVERED


async def test_queries_and_pushes_tell_the_same_times(rig, request_):
    rig.twin.configure_pushes(HOOK)
    booking = await rig.connector.book(request_, "k")
    await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    rig.clock.advance(timedelta(hours=13))
    (delivery,) = await rig.connector.track([parcel(booking)])
    asked = read_tracking(delivery.document)[0].events[0]
    request = WebhookRequest(headers={}, body=rig.twin.outbound[0].body)
    (told,) = read_tracking(rig.connector.receive(request).deliveries[0].document)[0].events
    assert abs(asked.occurred_at - told.occurred_at) < timedelta(seconds=1)


def test_genuine_pushes_are_taken_whatever_the_order_of_their_keys(rig, contracts):
    for sample in sorted((contracts / "zto" / "samples").glob("push-*.json")):
        data = msgspec.json.decode(sample.read_bytes())["data"]
        (delivery,) = rig.connector.receive(pushed(data)).deliveries
        assert (delivery.external_id, delivery.document.decode()) == ("73100196611386", data)


@pytest.mark.parametrize(
    "request_",
    [
        pushed(secret="another"),
        pushed(data_digest=""),
        pushed(data=""),
        pushed(data=DATA.replace("GOT", "SIGNED"), data_digest=md5_base64(DATA + APP_SECRET)),
        WebhookRequest(headers={}, body=DATA.encode()),
        WebhookRequest(headers={}, body=b"data=%FF&data_digest=x"),
    ],
)
def test_a_push_without_a_valid_digest_is_refused(rig, request_):
    with pytest.raises(InvalidSignature):
        rig.connector.receive(request_)


def test_a_genuine_push_that_cannot_be_read_is_unexpected(rig):
    with pytest.raises(UnexpectedPayload):
        rig.connector.receive(pushed(data='{"billCode":"73"}'))


async def test_the_twin_pushes_the_fields_of_genuine_pushes(rig, request_, contracts):
    rig.twin.configure_pushes(HOOK)
    booking = await rig.connector.book(request_, "k")
    await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    rig.clock.advance(timedelta(days=1))
    rig.twin.advance()
    form = form_fields(rig.twin.outbound[0].body)
    genuine = msgspec.json.decode((contracts / "zto" / "samples" / "push-09-got.json").read_bytes())
    assert form.keys() - {"token"} == genuine.keys()
    assert msgspec.json.decode(form["data"]).keys() <= msgspec.json.decode(genuine["data"]).keys()
