"""Queries, subscriptions and pushes on the JD Logistics twin."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from connectors.carriers.jdl.twin import WEBHOOK_TOKEN
from connectors.kit import InvalidSignature, Rejected, UnexpectedPayload, WebhookRequest
from mappings.canonical import Parcel, TrackingStatus
from mappings.carriers.jdl import read_tracking

HOOK = "https://hub.example/webhooks/7"
PUSH = b'{"waybillCode":"JDVE1","operationTime":"2026-03-02 16:00:00","state":"200001","category":420}'


def parcel(booking, tail="1234"):
    return Parcel(carrier="jdl", tracking_number=booking.tracking_number, telephone_tail=tail)


def pushed(body=PUSH, token=WEBHOOK_TOKEN):
    return WebhookRequest(headers={}, query={"token": token} if token else {}, body=body)


async def test_a_parcel_without_news_or_of_others_is_left_out(rig, request_):
    booking = await rig.connector.book(request_, "k")
    stranger = Parcel(carrier="jdl", tracking_number="JDVE9")
    assert await rig.connector.track([parcel(booking), stranger]) == []


async def test_a_subscription_needs_the_recipients_telephone(rig, request_):
    booking = await rig.connector.book(request_, "k")
    with pytest.raises(Rejected):
        await rig.connector.subscribe(parcel(booking, "9999"), HOOK, "k2")
    for _ in range(2):
        await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    assert [effect.kind for effect in rig.twin.effects].count("subscribed") == 1


async def test_a_journey_is_pushed_with_our_reference_and_acknowledged(rig, request_):
    rig.twin.return_chance = rig.twin.loss_chance = 0
    rig.twin.configure_pushes(HOOK)
    booking = await rig.connector.book(request_, "k")
    await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    rig.clock.advance(timedelta(days=8))
    rig.twin.advance()
    reports = []

    def hub(request):
        received = WebhookRequest(headers={}, query=dict(request.url.params), body=request.content)
        receipt = rig.connector.receive(received)
        reports.extend(read_tracking(receipt.deliveries[0].document))
        return httpx.Response(200, content=receipt.reply.body)

    async with httpx.AsyncClient(transport=httpx.MockTransport(hub)) as client:
        await rig.twin.deliver_webhooks(client)
    assert rig.twin.outbound == []
    assert {report.reference for report in reports} == {"R-1"}
    assert reports[-1].events[-1].status is TrackingStatus.DELIVERED


def test_a_genuine_push_is_delivered_whole_and_acknowledged(rig):
    receipt = rig.connector.receive(pushed())
    assert [(it.external_id, it.document) for it in receipt.deliveries] == [("JDVE1", PUSH)]
    assert receipt.reply.body == b'{"code":0,"msg":"success","success":true}'


@pytest.mark.parametrize(
    "request_", [pushed(token=""), pushed(token="another"), pushed(body=b""), pushed(body=b"state=1")]
)
def test_a_post_of_a_stranger_is_refused(rig, request_):
    with pytest.raises(InvalidSignature):
        rig.connector.receive(request_)


def test_a_genuine_push_that_cannot_be_read_is_unexpected(rig):
    with pytest.raises(UnexpectedPayload):
        rig.connector.receive(pushed(b'{"waybillCode":"JDVE1"}'))


async def test_the_twin_pushes_the_very_fields_of_a_genuine_push(rig, request_, contracts):
    rig.twin.configure_pushes(HOOK)
    booking = await rig.connector.book(request_, "k")
    await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    rig.clock.advance(timedelta(days=1))
    rig.twin.advance()
    genuine = (contracts / "jdl" / "samples" / "trace-push-02-420-200001.json").read_bytes()
    assert msgspec.json.decode(rig.twin.outbound[0].body).keys() == msgspec.json.decode(genuine).keys()
