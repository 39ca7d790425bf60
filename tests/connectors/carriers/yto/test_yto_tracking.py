"""Queries, subscriptions and pushes on the YTO twin."""

from datetime import timedelta
from urllib.parse import urlencode

import httpx
import msgspec
import pytest

from connectors.carriers.yto.twin import PUSH_SECRET
from connectors.kit import InvalidSignature, UnexpectedPayload, WebhookRequest
from connectors.kit.signing import md5_base64
from mappings.canonical import Parcel, TrackingStatus
from mappings.carriers.yto import read_tracking
from mappings.carriers.yto.pushes import read_push
from mappings.documents import form_fields

HOOK = "https://hub.example/webhooks/7"
XML = (
    "<UpdateInfo><mailNo>YT1</mailNo><txLogisticID>LP1</txLogisticID><infoType>STATUS</infoType>"
    "<infoContent>GOT</infoContent><acceptTime>2026-03-02 16:00:00.0 CST</acceptTime></UpdateInfo>"
)


def parcel(booking):
    return Parcel(carrier="yto", tracking_number=booking.tracking_number)


def pushed(document=XML, secret=PUSH_SECRET, **changes):
    form = {"logistics_interface": document, "data_digest": md5_base64(document + secret), "type": "online"}
    return WebhookRequest(headers={}, body=urlencode({**form, **changes}).encode())


def test_pushes_are_signed_like_the_vector():
    document = "<UpdateInfo><txLogisticID>LP1</txLogisticID></UpdateInfo>"
    assert md5_base64(document + "partner1") == "JeDcgkF1Co0V1gHP0i+usA=="


async def test_a_parcel_without_news_is_left_out(rig, request_):
    booking = await rig.connector.book(request_, "k")
    assert await rig.connector.track([parcel(booking)]) == []


async def test_subscribing_twice_is_done_once(rig, request_):
    booking = await rig.connector.book(request_, "k")
    for _ in range(2):
        await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    assert [effect.kind for effect in rig.twin.effects].count("subscribed") == 1


async def test_without_a_push_address_in_the_console_nothing_arrives(rig, request_):
    booking = await rig.connector.book(request_, "k")
    await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    rig.clock.advance(timedelta(days=8))
    rig.twin.advance()
    assert rig.twin.outbound == []


async def test_a_journey_is_pushed_with_our_reference_and_acknowledged(rig, request_):
    rig.twin.return_chance = rig.twin.loss_chance = 0
    rig.twin.configure_pushes(HOOK)
    booking = await rig.connector.book(request_, "k")
    await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    rig.clock.advance(timedelta(days=8))
    rig.twin.advance()
    reports = []

    def hub(request):
        receipt = rig.connector.receive(WebhookRequest(headers={}, body=request.content))
        reports.extend(read_tracking(receipt.deliveries[0].document))
        return httpx.Response(200, content=receipt.reply.body)

    async with httpx.AsyncClient(transport=httpx.MockTransport(hub)) as client:
        await rig.twin.deliver_webhooks(client)
    assert rig.twin.outbound == []
    assert {report.reference for report in reports} == {"R-1"}
    assert reports[-1].events[-1].status is TrackingStatus.DELIVERED


def test_the_acknowledgement_repeats_the_order_as_xml(rig):
    reply = rig.connector.receive(pushed(XML.replace("LP1", "A&amp;B"))).reply
    assert reply.content_type == "text/xml"
    assert reply.body == (
        b"<Response><logisticProviderID>YTO</logisticProviderID><txLogisticID>A&amp;B</txLogisticID>"
        b"<success>true</success></Response>"
    )


def test_the_genuine_push_names_no_waybill_yet_and_is_acknowledged(rig, contracts):
    document = (contracts / "yto" / "samples" / "status-push-updateinfo.xml").read_text(encoding="utf-8")
    receipt = rig.connector.receive(pushed(document.strip()))
    assert receipt.deliveries == ()
    assert b"LP05082300225709000" in receipt.reply.body


@pytest.mark.parametrize(
    "request_",
    [
        pushed(secret="another"),
        pushed(data_digest=""),
        pushed(logistics_interface=XML.replace("GOT", "SIGNED")),
        WebhookRequest(headers={}, body=XML.encode()),
        WebhookRequest(headers={}, body=b"logistics_interface=%FF"),
    ],
)
def test_a_push_without_a_valid_digest_is_refused(rig, request_):
    with pytest.raises(InvalidSignature):
        rig.connector.receive(request_)


@pytest.mark.parametrize("document", ["<UpdateInfo/>", "{}", "<!DOCTYPE x><UpdateInfo><a>1</a></UpdateInfo>"])
def test_a_genuine_push_that_cannot_be_read_is_unexpected(rig, document):
    with pytest.raises(UnexpectedPayload):
        rig.connector.receive(pushed(document))


async def test_the_twin_tells_in_the_fields_of_genuine_documents(rig, request_, contracts):
    rig.twin.configure_pushes(HOOK)
    booking = await rig.connector.book(request_, "k")
    await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    rig.clock.advance(timedelta(days=1))
    (delivery,) = await rig.connector.track([parcel(booking)])
    samples = contracts / "yto" / "samples"
    listed = msgspec.json.decode((samples / "track-query-response.json").read_bytes())
    pushed_ = read_push((samples / "status-push-updateinfo.xml").read_bytes())
    document = form_fields(rig.twin.outbound[0].body)["logistics_interface"]
    assert msgspec.json.decode(delivery.document)[0].keys() >= listed[0].keys()
    assert read_push(document.encode()).keys() == pushed_.keys() | {"mailNo"}
