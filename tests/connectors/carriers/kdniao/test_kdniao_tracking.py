"""Signatures, queries, subscriptions and pushes on the Kdniao twin."""

from datetime import timedelta
from urllib.parse import quote_plus, urlencode

import httpx
import msgspec
import pytest

from connectors.carriers.kdniao.connector import REFUSALS
from connectors.carriers.kdniao.signing import data_sign
from connectors.carriers.kdniao.twin import APP_KEY
from connectors.kit import (
    AuthenticationFailed,
    InvalidSignature,
    RateLimited,
    Rejected,
    UnexpectedPayload,
    WebhookRequest,
)
from connectors.kit.refusals import classify_answer
from mappings.canonical import Parcel, TrackingStatus
from mappings.carriers.kdniao import read_tracking
from mappings.carriers.kdniao.answer import read_answer

HOOK = "https://hub.example/webhooks/7"
DATA = '{"Count":"1","Data":[{"LogisticCode":"YT1","ShipperCode":"YTO","State":"0","Traces":[]}]}'


def parcel(booking, tail="1234"):
    return Parcel(
        carrier=booking.carrier,
        tracking_number=booking.tracking_number,
        reference=booking.reference,
        telephone_tail=tail,
    )


def pushed(data=DATA, key=APP_KEY, **changes):
    form = {"RequestData": data, "RequestType": "102", "DataSign": data_sign(data, key)}
    return WebhookRequest(headers={}, body=urlencode({**form, **changes}).encode())


def test_calls_are_signed_like_the_vector():
    data = '{"OrderCode":"","ShipperCode":"YTO","LogisticCode":"YT9693083639795"}'
    assert data_sign(data, "test-app-key") == "MDhjZGMxOTc1ZjkyMGQ5Mjg4MjY4ZDlhNzkxMmNiOGQ="


@pytest.mark.parametrize(
    ("code", "expected"),
    [("102", AuthenticationFailed), ("104", AuthenticationFailed), ("405", RateLimited), ("105", Rejected)],
)
def test_each_refusal_has_its_name(code, expected):
    answer = httpx.Response(200, json={"Success": False, "ResultCode": code, "Reason": "x"})
    assert type(classify_answer(read_answer, REFUSALS)(answer, True)) is expected


async def test_a_wrong_key_fails_the_check_and_does_not_leak(rig):
    await rig.connector.check()
    rig.overrides["app_key"] = "wrong-credential"
    with pytest.raises(AuthenticationFailed) as caught:
        await rig.connect().check()
    assert "wrong-credential" not in str(caught.value)


async def test_a_parcel_without_news_is_left_out(rig, request_):
    booking = await rig.connector.book(request_, "k")
    assert await rig.connector.track([parcel(booking)]) == []


async def test_some_companies_show_nothing_without_a_telephone(rig, request_):
    rig.overrides["company"] = "ZTO"
    connector = rig.connect()
    booking = await connector.book(request_, "k")
    rig.clock.advance(timedelta(days=1))
    with pytest.raises(Rejected):
        await connector.track([parcel(booking, tail="")])
    assert await connector.track([parcel(booking, tail="9999")]) == []
    assert len(await connector.track([parcel(booking)])) == 1


async def test_the_twin_refuses_the_twenty_first_call_of_a_second(rig):
    rig.twin._calls.most = 0
    with pytest.raises(RateLimited):
        await rig.connector.check()


async def test_the_budget_keeps_bursts_under_the_limit(rig):
    for number in range(60):
        await rig.connector.track([Parcel(carrier="yto", tracking_number=f"YT{number}")])
    assert rig.twin.requests["POST /api/dist"] == 60


async def test_an_answer_about_another_parcel_is_unexpected(rig, request_):
    booking = await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(days=1))
    rig.twin.by_number["YT9"] = rig.twin.by_number[booking.tracking_number]
    with pytest.raises(UnexpectedPayload):
        await rig.connector.track([Parcel(carrier="yto", tracking_number="YT9")])


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


def test_the_acknowledgement_names_the_account_and_the_time_in_beijing(rig):
    reply = rig.connector.receive(pushed()).reply
    expected = '{"EBusinessID":"1260000","UpdateTime":"2026-03-02 16:00:00","Success":true,"Reason":""}'
    assert reply.body.decode() == expected


def test_a_push_that_is_encoded_twice_is_the_same_push(rig):
    sign = quote_plus(data_sign(DATA, APP_KEY))
    twice = pushed(RequestData=quote_plus(DATA), DataSign=sign)
    assert rig.connector.receive(twice) == rig.connector.receive(pushed())


@pytest.mark.parametrize(
    "request_",
    [
        pushed(key="another"),
        pushed(DataSign=""),
        pushed(RequestData=DATA.replace("YT1", "YT2")),
        pushed(RequestData="%7B%FF"),
        WebhookRequest(headers={}, body=DATA.encode()),
        WebhookRequest(headers={}, body=b"RequestData=%FF"),
    ],
)
def test_a_push_without_a_valid_sign_is_refused(rig, request_):
    with pytest.raises(InvalidSignature):
        rig.connector.receive(request_)


def test_a_genuine_push_that_cannot_be_read_is_unexpected(rig):
    with pytest.raises(UnexpectedPayload):
        rig.connector.receive(pushed(data='{"Count":"1"}'))


async def test_the_twin_answers_in_the_fields_of_the_genuine_answer(rig, request_, contracts):
    booking = await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(days=1))
    (delivery,) = await rig.connector.track([parcel(booking)])
    genuine = (contracts / "kdniao" / "samples" / "track-8001-response.json").read_bytes()
    ours, theirs = msgspec.json.decode(delivery.document), msgspec.json.decode(genuine)
    assert ours.keys() >= theirs.keys()
    assert ours["Traces"][0].keys() >= theirs["Traces"][0].keys()
