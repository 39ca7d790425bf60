"""Queries, subscriptions and pushes on the Kuaidi100 twin."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from connectors.carriers.kuaidi100.signing import sign_push
from connectors.carriers.kuaidi100.twin import SALT
from connectors.kit import (
    AuthenticationFailed,
    InvalidSignature,
    Rejected,
    UnexpectedPayload,
    Unsupported,
    WebhookRequest,
)
from connectors.kit.twin import Fault
from mappings.canonical import Parcel, TrackingStatus
from mappings.carriers.kuaidi100 import read_tracking

HOOK = "https://hub.example/webhooks/7"


def parcel(booking, **changes):
    return Parcel(
        **{
            "carrier": booking.carrier,
            "tracking_number": booking.tracking_number,
            "telephone_tail": "1234",
            **changes,
        }
    )


def hub(rig, reports):
    """The hub's webhook: receives, maps, answers what the connector says."""

    def answer(request: httpx.Request) -> httpx.Response:
        receipt = rig.connector.receive(WebhookRequest(headers={}, body=request.content))
        for delivery in receipt.deliveries:
            reports.extend(read_tracking(delivery.document))
        return httpx.Response(receipt.reply.status, content=receipt.reply.body)

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


def signed(param, salt=SALT):
    return urlencode({"sign": sign_push(param, salt), "param": param}).encode()


PARAM = '{"status":"polling","lastResult":{"nu":"YT1","com":"yuantong","state":"0","data":[]}}'


async def test_a_parcel_without_news_is_left_out(rig, request_):
    booking = await rig.connector.book(request_, "k")
    assert await rig.connector.track([parcel(booking)]) == []


async def test_an_answer_is_delivered_whole_and_read(rig, request_):
    booking = await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(days=1))
    (delivery,) = await rig.connector.track([parcel(booking)])
    (report,) = read_tracking(delivery.document)
    assert delivery.external_id == report.tracking_number == booking.tracking_number
    assert report.events[0].status is TrackingStatus.PICKED_UP


async def test_some_companies_want_a_telephone(rig, request_):
    rig.overrides["company"] = "zhongtong"
    connector = rig.connect()
    booking = await connector.book(request_, "k")
    rig.clock.advance(timedelta(days=1))
    with pytest.raises(Rejected) as caught:
        await connector.track([parcel(booking, telephone_tail="")])
    assert caught.value.code == "408"
    assert len(await connector.track([parcel(booking)])) == 1


async def test_the_twin_counts_numbers_that_are_asked_for_too_soon(rig, request_):
    booking = await rig.connector.book(request_, "k")
    await rig.connector.track([parcel(booking)])
    rig.clock.advance(timedelta(minutes=30))
    await rig.connector.track([parcel(booking)])
    assert not rig.twin.hasty_queries
    await rig.connector.track([parcel(booking)])
    assert rig.twin.hasty_queries == {booking.tracking_number: 1}


async def test_an_answer_about_another_parcel_is_unexpected(rig, request_):
    booking = await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(days=1))
    rig.twin._waybills["YT9"] = rig.twin._waybills[booking.tracking_number]
    with pytest.raises(UnexpectedPayload):
        await rig.connector.track([parcel(booking, tracking_number="YT9")])


async def test_subscribing_twice_is_done_once(rig, request_):
    booking = await rig.connector.book(request_, "k")
    await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    assert [effect.kind for effect in rig.twin.effects].count("subscribed") == 1


async def test_an_unanswered_subscription_is_repeated_in_place(rig, request_):
    booking = await rig.connector.book(request_, "k")
    rig.twin.faults.forced.append(Fault.TIMEOUT_AFTER)
    await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    assert [effect.kind for effect in rig.twin.effects].count("subscribed") == 1


async def test_refused_subscriptions_have_names(rig):
    stranger = Parcel(carrier="nobody", tracking_number="1")
    with pytest.raises(Unsupported):
        await rig.connector.subscribe(stranger, HOOK, "k")
    with pytest.raises(Rejected):
        await rig.connector.subscribe(replace(stranger, carrier="yto"), "no address", "k")
    rig.overrides["key"] = "wrong"
    with pytest.raises(AuthenticationFailed):
        await rig.connect().subscribe(replace(stranger, carrier="yto"), HOOK, "k")


async def test_a_journey_is_pushed_until_it_ends(rig, request_):
    rig.twin.return_chance = rig.twin.loss_chance = 0
    booking = await rig.connector.book(request_, "k")
    await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    rig.clock.advance(timedelta(days=8))
    assert rig.twin.advance() is None
    reports = []
    async with hub(rig, reports) as client:
        await rig.twin.deliver_webhooks(client)
    assert rig.twin.outbound == []
    assert reports[-1].events[-1].status is TrackingStatus.DELIVERED
    assert [report.watching for report in reports].count(False) == 1
    assert [len(report.events) for report in reports] == list(range(1, len(reports) + 1))


async def test_a_number_that_nobody_knows_is_given_up_after_three_days(rig):
    await rig.connector.subscribe(Parcel(carrier="sto", tracking_number="77X"), HOOK, "k")
    assert rig.twin.advance() == rig.clock() + timedelta(days=3)
    rig.clock.advance(timedelta(days=3))
    rig.twin.advance()
    reports = []
    async with hub(rig, reports) as client:
        await rig.twin.deliver_webhooks(client)
    assert [(r.tracking_number, r.watching, r.events) for r in reports] == [("77X", False, ())]


async def test_a_push_that_is_not_acknowledged_in_its_words_comes_again(rig, request_):
    booking = await rig.connector.book(request_, "k")
    await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    rig.clock.advance(timedelta(hours=12))
    rig.twin.advance()
    waiting = len(rig.twin.outbound)
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        await rig.twin.deliver_webhooks(client)
    assert len(rig.twin.outbound) == waiting > 0


@pytest.mark.parametrize("turn", [str.upper, str.lower])
def test_a_genuine_push_is_taken_whole_and_acknowledged(rig, turn):
    body = urlencode({"sign": turn(sign_push(PARAM, SALT)), "param": PARAM}).encode()
    receipt = rig.connector.receive(WebhookRequest(headers={}, body=body))
    assert [(d.external_id, d.document) for d in receipt.deliveries] == [("YT1", body)]
    assert receipt.reply.body == '{"result":true,"returnCode":"200","message":"成功"}'.encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        PARAM.encode(),
        urlencode({"param": PARAM}).encode(),
        signed(PARAM, salt="another"),
        signed(PARAM).replace(b"YT1", b"YT2"),
        signed(PARAM) + b"&" + urlencode({"param": PARAM + " "}).encode(),
        b"sign=%FF&param=1",
        urlencode({"sign": "\u0130", "param": PARAM}).encode(),
    ],
)
def test_a_push_without_a_valid_sign_is_refused(rig, body):
    with pytest.raises(InvalidSignature):
        rig.connector.receive(WebhookRequest(headers={}, body=body))


def test_a_genuine_push_that_cannot_be_read_is_unexpected(rig):
    with pytest.raises(UnexpectedPayload):
        rig.connector.receive(WebhookRequest(headers={}, body=signed('{"status":"polling"}')))


async def test_the_twins_pushes_are_newest_first_as_the_vendors_are(rig, request_):
    booking = await rig.connector.book(request_, "k")
    await rig.connector.subscribe(parcel(booking), HOOK, "k2")
    rig.clock.advance(timedelta(days=8))
    rig.twin.advance()
    param = dict(parse_qsl(rig.twin.outbound[-1].body.decode()))["param"]
    times = [entry["ftime"] for entry in msgspec.json.decode(param)["lastResult"]["data"]]
    assert times == sorted(times, reverse=True)
