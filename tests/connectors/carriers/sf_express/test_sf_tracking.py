"""Route queries, pushes and the journeys of the SF Express twin."""

from datetime import timedelta
from urllib.parse import urlencode

import httpx
import msgspec
import pytest

from connectors.carriers.sf_express.signing import msg_digest
from connectors.carriers.sf_express.twin import CHECK_WORD, WEBHOOK_TOKEN
from connectors.kit import InvalidSignature, Rejected, UnexpectedPayload, WebhookRequest
from mappings.canonical import Parcel, TrackingStatus
from mappings.carriers.sf_express import read_tracking

HOOK = "https://hub.example/webhooks/7"
ROUTES = msgspec.json.encode(
    {
        "Body": {
            "WaybillRoute": [
                {"mailno": "SF1", "acceptTime": "2025-05-26 09:55:52", "opCode": "50", "remark": "已收取"}
            ]
        }
    }
)


def parcel(booking, tail="1234"):
    return Parcel(carrier="sf-express", tracking_number=booking.tracking_number, telephone_tail=tail)


def post(body, token=WEBHOOK_TOKEN, **headers):
    return WebhookRequest(headers=headers, query={"token": token} if token else {}, body=body)


def gateway_form(digest=None, timestamp="1700000000000"):
    data = ROUTES.decode()
    fields = {
        "partnerID": "SF",
        "requestID": "1",
        "serviceCode": "EXP_RECE_PUSH",
        "timestamp": timestamp,
        "msgDigest": digest or msg_digest(data, timestamp, CHECK_WORD),
        "msgData": data,
    }
    return urlencode(fields).encode()


async def travelled(rig, request_, days=12):
    booking = await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(days=days))
    rig.twin.advance()
    return booking


async def test_a_delivered_parcel_is_followed_from_pick_up_to_signature(rig, request_):
    rig.twin.attempt_chance = rig.twin.return_chance = rig.twin.loss_chance = 0
    booking = await travelled(rig, request_)
    (delivery,) = await rig.connector.track([parcel(booking)])
    (report,) = read_tracking(delivery.document)
    assert delivery.external_id == booking.tracking_number
    assert [event.status for event in report.events] == [
        TrackingStatus.PICKED_UP,
        TrackingStatus.IN_TRANSIT,
        TrackingStatus.IN_TRANSIT,
        TrackingStatus.OUT_FOR_DELIVERY,
        TrackingStatus.DELIVERED,
    ]


async def test_wrong_telephone_digits_and_no_news_look_the_same(rig, request_):
    booking = await rig.connector.book(request_, "k")
    assert await rig.connector.track([parcel(booking)]) == []
    rig.clock.advance(timedelta(days=2))
    assert await rig.connector.track([parcel(booking, tail="9999")]) == []
    assert len(await rig.connector.track([parcel(booking)])) == 1


async def test_more_than_ten_numbers_are_refused(rig):
    parcels = [Parcel(carrier="sf-express", tracking_number=f"SF{n}") for n in range(11)]
    with pytest.raises(Rejected) as caught:
        await rig.connector.track(parcels)
    assert caught.value.code == "8003"
    assert rig.connector.track_batch == 10


@pytest.mark.parametrize("push_format", ["json", "form"])
async def test_pushes_are_taken_and_acknowledged_in_their_own_words(rig, request_, push_format):
    rig.twin.configure_pushes(HOOK)
    rig.twin.push_format = push_format
    booking = await travelled(rig, request_)
    numbers = []

    def hub(request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params)
        receipt = rig.connector.receive(
            WebhookRequest(headers=dict(request.headers), query=query, body=request.content)
        )
        numbers.extend(delivery.external_id for delivery in receipt.deliveries)
        return httpx.Response(receipt.reply.status, content=receipt.reply.body)

    async with httpx.AsyncClient(transport=httpx.MockTransport(hub)) as client:
        await rig.twin.deliver_webhooks(client)
    assert rig.twin.outbound == []
    assert set(numbers) == {booking.tracking_number}


async def test_the_twin_repeats_a_push_that_got_the_wrong_words(rig, request_):
    rig.twin.configure_pushes(HOOK)
    await rig.connector.book(request_, "k")

    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        await rig.twin.deliver_webhooks(client)
    assert len(rig.twin.outbound) == 1


async def test_ten_routes_fit_into_one_push(rig, request_):
    rig.twin.configure_pushes(HOOK)
    for number in range(11):
        await rig.connector.book(msgspec.structs.replace(request_, reference=f"R-{number}"), "k")
    rig.twin.outbound.clear()
    rig.clock.advance(timedelta(hours=12))
    rig.twin.advance()
    sizes = [
        len(msgspec.json.decode(hook.body)["Body"]["WaybillRoute"])
        for hook in rig.twin.outbound
        if b"WaybillRoute" in hook.body
    ]
    assert max(sizes) == 10 and sum(sizes) >= 11


@pytest.mark.parametrize("token", ["", "wrong", WEBHOOK_TOKEN[:-1], WEBHOOK_TOKEN + "x", "\u0130"])
def test_a_push_without_the_token_is_refused(rig, token):
    with pytest.raises(InvalidSignature):
        rig.connector.receive(post(ROUTES, token))


def test_a_push_with_the_token_is_taken_whole(rig):
    receipt = rig.connector.receive(post(ROUTES))
    assert [(d.external_id, d.document) for d in receipt.deliveries] == [("SF1", ROUTES)]
    assert receipt.reply.body == '{"return_code":"0000","return_msg":"成功"}'.encode()


def test_an_order_state_push_has_its_own_acknowledgement(rig, contracts):
    body = (contracts / "sf-express" / "samples" / "order-state-push-04-40001.json").read_bytes()
    receipt = rig.connector.receive(post(body))
    assert receipt.deliveries[0].external_id == "SF7444496931331"
    assert receipt.reply.body == b'{"success":"true","code":"0","msg":""}'


def test_an_empty_push_is_acknowledged_and_brings_nothing(rig):
    assert rig.connector.receive(post(b'{"Body":{"WaybillRoute":[]}}')).deliveries == ()


def test_a_push_in_the_gateways_form_needs_its_digest_and_no_token(rig):
    receipt = rig.connector.receive(post(gateway_form(), token=""))
    assert receipt.deliveries[0].external_id == "SF1"
    assert read_tracking(receipt.deliveries[0].document)[0].tracking_number == "SF1"


def test_a_wrong_digest_is_refused_also_with_the_token(rig):
    with pytest.raises(InvalidSignature):
        rig.connector.receive(post(gateway_form(digest="AAAA")))


def test_a_signed_form_cannot_smuggle_other_content(rig):
    body = gateway_form() + b"&" + urlencode({"content": ROUTES.decode().replace("SF1", "SF2")}).encode()
    with pytest.raises(InvalidSignature):
        rig.connector.receive(post(body, token=""))


def test_a_genuine_push_that_cannot_be_read_is_unexpected(rig):
    with pytest.raises(UnexpectedPayload):
        rig.connector.receive(post(b'{"fee":1}'))


async def test_returned_parcels_go_back_and_lost_ones_fall_silent(rig, request_):
    rig.twin.return_chance = 1.0
    await travelled(rig, request_)
    assert rig.twin.parcels()[0].status is TrackingStatus.RETURNING
    rig.twin.loss_chance = 1.0
    await travelled(rig, msgspec.structs.replace(request_, reference="R-2"))
    assert rig.twin.parcels()[1].status is TrackingStatus.IN_TRANSIT
