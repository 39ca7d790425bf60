"""What is strange about 17TRACK: every item has its own verdict inside a 200, and registering costs quota."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from connectors.carriers.track17.refusals import name_refusal
from connectors.carriers.track17.signing import sign_push
from connectors.kit import (
    AuthenticationFailed,
    InvalidSignature,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
    UnexpectedPayload,
    Unsupported,
    WebhookRequest,
)

HOOK = "https://hub.example/webhooks/carrier"


def refused(code, **data):
    return httpx.Response(200, json={"code": code, "data": data})


def rejecting(code):
    rejection = {"number": "1", "error": {"code": code, "message": "no"}}
    return lambda number: refused(0, accepted=[], rejected=[rejection])


def test_pushes_are_signed_as_the_vector_is():
    body = b'{"event":"TRACKING_UPDATED","data":{"number":"RR123456789CN","carrier":3011}}'
    digest = "30997e35978bc9062b9d3256f3b63cd9551d7414db1a9a9f72799d79d07071fc"
    assert sign_push(body, "ABCDEF0123456789") == digest


async def test_registering_twice_costs_quota_once(rig, parcel):
    for _ in range(2):
        await rig.connector.subscribe(parcel, HOOK, "key")
    assert [effect.kind for effect in rig.twin.effects] == ["subscribed"]


async def test_a_parcel_without_news_is_left_out_and_does_not_hide_the_others(rig, parcel):
    quiet = msgspec.structs.replace(parcel, tracking_number="1Z0000000000000000")
    await rig.connector.subscribe(parcel, HOOK, "key")
    rig.clock.advance(timedelta(days=1))
    await rig.connector.subscribe(quiet, HOOK, "key")
    found = await rig.connector.track([quiet, parcel])
    assert [it.external_id for it in found] == [parcel.tracking_number]


async def test_the_end_of_tracking_is_pushed_and_read(rig, parcel):
    rig.twin.configure_pushes(HOOK)
    await rig.connector.subscribe(parcel, HOOK, "key")
    while due := rig.twin.advance():
        rig.clock.advance(due - rig.clock())
    last = rig.twin.outbound[-1]
    receipt = rig.connector.receive(WebhookRequest(headers=last.headers, body=last.body))
    assert receipt.deliveries[0].external_id == parcel.tracking_number
    assert b"TRACKING_STOPPED" in receipt.deliveries[0].document


async def test_a_push_signed_with_another_key_is_refused(rig):
    body = b'{"event":"TRACKING_STOPPED","data":{"number":"1"}}'
    with pytest.raises(InvalidSignature):
        rig.connector.receive(WebhookRequest(headers={"sign": sign_push(body, "other")}, body=body))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (-18019903, Unsupported),
        (-18019907, RateLimited),
        (-18019908, Rejected),
        (-18010013, Rejected),
    ],
)
async def test_a_rejected_registration_is_named_by_what_happens_next(rig, parcel, code, error):
    rig.wire.instead = rejecting(code)
    with pytest.raises(error) as caught:
        await rig.connector.subscribe(parcel, HOOK, "key")
    assert caught.value.code == str(code)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (-18010001, Misconfigured),
        (-18010002, AuthenticationFailed),
        (-18010003, Transient),
        (-18010004, AuthenticationFailed),
        (-18010005, AuthenticationFailed),
        (-18010011, Rejected),
    ],
)
def test_a_refused_call_is_named_by_what_happens_next(code, error):
    answer = refused(code, errors=[{"code": code, "message": "no"}])
    assert type(name_refusal(answer, False)) is error


def test_an_internal_error_leaves_a_write_unknown_and_rubbish_is_no_answer():
    assert type(name_refusal(refused(-18010003), True)) is OutcomeUnknown
    assert type(name_refusal(httpx.Response(200, content=b"[]"), False)) is UnexpectedPayload


async def test_calls_use_the_allowance_of_three_a_second_and_are_never_refused(rig):
    for _ in range(60):
        await rig.connector.check()
    assert rig.twin.requests["POST /track/v2.2/getquota"] == 60
    assert rig.clock() - rig.wire.sent_at[0] <= timedelta(seconds=60 / 2.85)
