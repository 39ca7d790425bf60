"""Signing, tokens, and the gateway's refusals by name."""

import httpx
import msgspec
import pytest

from connectors.carriers.sf_express.refusals import name_refusal, name_token_refusal
from connectors.carriers.sf_express.signing import msg_digest
from connectors.kit import (
    AuthenticationFailed,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
    UnexpectedPayload,
)
from connectors.kit.twin import Fault
from mappings.canonical import Parcel

VECTORS = [
    (
        '{"language":"zh-CN","orderId":"QIAO-20200618-004"}',
        "12312334453453",
        "fjcg5PGKaNpPSHFAZ4QsCOkV71R3zVci",
        "IIKJtuLVzoFTu4kHI8M8vA==",
    ),
    (
        '{"language":"zh-CN","orderId":"HUB-0001","remark":"门店 A*1~2+3"}',
        "1700000000000",
        "TESTCHECKWORD0123456789abcdefghij",
        "WfJV2uwu5MSB9i+R9gh7Dw==",
    ),
]
"""The first is the vendor document's own example, the second covers what Java encodes differently."""


def answer(code, inner=None):
    body = {"apiResultCode": code, "apiErrorMsg": "x", "apiResultData": inner}
    return httpx.Response(200, content=msgspec.json.encode(body))


def business(code):
    return answer("A1000", msgspec.json.encode({"success": False, "errorCode": code}).decode())


@pytest.mark.parametrize(("msg_data", "timestamp", "check_word", "expected"), VECTORS)
def test_digests_equal_the_vectors(msg_data, timestamp, check_word, expected):
    assert msg_digest(msg_data, timestamp, check_word) == expected


@pytest.mark.parametrize(
    ("response", "on_read", "on_write"),
    [
        (answer("A1001"), Rejected, Rejected),
        (answer("A1002"), AuthenticationFailed, AuthenticationFailed),
        (answer("A1003"), Misconfigured, Misconfigured),
        (answer("A1004"), Misconfigured, Misconfigured),
        (answer("A1005"), RateLimited, RateLimited),
        (answer("A1006"), AuthenticationFailed, AuthenticationFailed),
        (answer("A1007"), Transient, OutcomeUnknown),
        (answer("A1009"), Transient, OutcomeUnknown),
        (answer("A1011"), AuthenticationFailed, AuthenticationFailed),
        (answer("A1099"), Transient, OutcomeUnknown),
        (business("S0003"), Transient, OutcomeUnknown),
        (business("S0001"), Rejected, Rejected),
        (business("8177"), Rejected, Rejected),
        (business(""), Rejected, Rejected),
        (answer("A1000", "not json"), UnexpectedPayload, OutcomeUnknown),
        (httpx.Response(200, content=b""), UnexpectedPayload, OutcomeUnknown),
        (httpx.Response(200, content=b"<html>"), UnexpectedPayload, OutcomeUnknown),
        (httpx.Response(502, content=b"<html>"), Transient, OutcomeUnknown),
    ],
)
def test_each_refusal_has_its_name(response, on_read, on_write):
    assert type(name_refusal(response, False)) is on_read
    assert type(name_refusal(response, True)) is on_write


@pytest.mark.parametrize(
    ("code", "expected"),
    [("A1005", RateLimited), ("A1099", Transient), ("A1004", Misconfigured), ("A1234", AuthenticationFailed)],
)
def test_refused_tokens_have_names_too(code, expected):
    assert type(name_token_refusal(answer(code), False)) is expected


def test_a_wrong_address_names_its_setting():
    assert name_refusal(answer("A1004"), False).setting == "service_url"


async def test_the_check_is_content_with_a_business_answer(rig):
    await rig.connector.check()


async def test_a_wrong_check_word_is_an_authentication_failure(rig):
    rig.overrides["check_word"] = "wrong-word-000000"
    with pytest.raises(AuthenticationFailed) as caught:
        await rig.connect().check()
    assert caught.value.code == "A1006"
    assert "wrong-word" not in str(caught.value)


async def test_a_stranger_to_the_platform_is_misconfigured(rig):
    rig.overrides["partner_id"] = "SOMEBODY"
    with pytest.raises(Misconfigured):
        await rig.connect().check()


async def test_a_throttled_write_is_sent_again_and_done_once(rig, request_):
    rig.twin.faults.forced.append(Fault.THROTTLE)
    await rig.connector.book(request_, "k")
    assert [effect.kind for effect in rig.twin.effects] == ["booked"]


async def test_the_budget_keeps_bursts_under_the_flow_control(rig):
    for number in range(100):
        await rig.connector.track([Parcel(carrier="sf-express", tracking_number=f"SF{number}")])
    assert rig.twin.requests["POST /std/service"] == 100


async def test_the_twin_refuses_the_thirty_first_call_of_a_second(rig, request_):
    rig.twin.calls_per_second = 0
    with pytest.raises(RateLimited):
        await rig.connector.find_booking(request_)


async def test_one_token_serves_many_calls_and_a_restart(token_rig):
    await token_rig.connector.check()
    await token_rig.connect().check()
    assert token_rig.twin.requests["POST /oauth2/accessToken"] == 1


async def test_a_token_is_renewed_before_it_ends(token_rig):
    await token_rig.connector.check()
    token_rig.clock.advance(token_rig.twin.token_life)
    await token_rig.connector.check()
    assert token_rig.twin.requests["POST /oauth2/accessToken"] == 2
    assert token_rig.twin.requests["POST /std/service"] == 2


async def test_a_refused_token_is_renewed_once_and_the_write_repeated(token_rig, request_):
    await token_rig.connector.check()
    token_rig.twin.expire_tokens()
    await token_rig.connector.book(request_, "k")
    assert token_rig.twin.requests["POST /oauth2/accessToken"] == 2
    assert [effect.kind for effect in token_rig.twin.effects] == ["booked"]


async def test_a_wrong_secret_gives_no_token(token_rig):
    token_rig.overrides["check_word"] = "wrong-word-000000"
    with pytest.raises(AuthenticationFailed, match="not accepted"):
        await token_rig.connect().check()


async def test_the_twin_refuses_both_proofs_at_once(rig):
    form = rig.connector._form("EXP_RECE_SEARCH_ROUTES", "{}", {}) | {"accessToken": "x"}
    async with rig.outside().http as client:
        response = await client.post("https://twin.example/std/service", data=form)
    assert response.json()["apiResultCode"] == "A1001"


async def test_the_twin_refuses_a_repeated_request_id(rig):
    form = rig.connector._form("EXP_RECE_SEARCH_ROUTES", '{"trackingNumber":["SF1"],"trackingType":"1"}', {})
    async with rig.outside().http as client:
        codes = [
            (await client.post("https://twin.example/std/service", data=form)).json()["apiResultCode"]
            for _ in range(2)
        ]
    assert codes == ["A1000", "A1007"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"serviceCode": "EXP_RECE_UNHEARD_OF"}, "A1004"),
        ({"msgData": ""}, "A1001"),
        ({"timestamp": "now"}, "A1001"),
        ({"msgData": "{ }"}, "A1006"),
    ],
)
async def test_the_twin_is_as_strict_as_the_gateway(rig, changes, code):
    form = rig.connector._form("EXP_RECE_SEARCH_ROUTES", "{}", {}) | changes
    async with rig.outside().http as client:
        response = await client.post("https://twin.example/std/service", data=form)
    assert response.json()["apiResultCode"] == code


def test_a_token_that_cannot_be_read_is_no_success():
    assert type(name_token_refusal(httpx.Response(200, content=b"[]"), False)) is UnexpectedPayload
