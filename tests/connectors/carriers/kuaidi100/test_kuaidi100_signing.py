"""The three signatures, and refusals by name per interface."""

import httpx
import pytest

from connectors.carriers.kuaidi100.refusals import LABEL, QUERY, SUBSCRIPTION, name_refusal
from connectors.carriers.kuaidi100.signing import sign_order, sign_push, sign_query
from connectors.kit import (
    AuthenticationFailed,
    OutcomeUnknown,
    Rejected,
    Transient,
    UnexpectedPayload,
    Unsupported,
)


def answer(code):
    return httpx.Response(200, json={"result": False, "returnCode": code, "message": "x"})


def test_queries_are_signed_like_the_vector():
    param = (
        '{"com":"yuantong","num":"YT9693083639795","phone":"","from":"","to":"",'
        '"resultv2":"4","show":"0","order":"desc"}'
    )
    assert sign_query(param, "testkey0001", "TESTCUSTOMER") == "FEA7D6CB038680F3F3119A4F48581879"


def test_orders_are_signed_like_the_vector():
    param = '{"kuaidicom":"yuantong","kuaidinum":"YT2213099035201"}'
    expected = "E21FEA792EFD5B71DCB513089AAD5E80"
    assert sign_order(param, "1700000000000", "testkey0001", "testsecret") == expected


def test_pushes_are_signed_like_the_vector():
    param = (
        '{"status":"polling","message":"","lastResult":{"state":"0","nu":"YT1","com":"yuantong","data":[]}}'
    )
    assert sign_push(param, "mysalt32") == "94139C78D498B3C4B79C699D2C209AA1"


@pytest.mark.parametrize(
    ("table", "code", "on_read", "on_write"),
    [
        (QUERY, "500", None, None),
        (QUERY, "501", Transient, OutcomeUnknown),
        (QUERY, "502", Transient, OutcomeUnknown),
        (QUERY, "408", Rejected, Rejected),
        (QUERY, "400", Rejected, Rejected),
        (QUERY, "503", AuthenticationFailed, AuthenticationFailed),
        (QUERY, "601", AuthenticationFailed, AuthenticationFailed),
        (SUBSCRIPTION, "501", None, None),
        (SUBSCRIPTION, "500", Transient, OutcomeUnknown),
        (SUBSCRIPTION, "600", AuthenticationFailed, AuthenticationFailed),
        (SUBSCRIPTION, "700", Rejected, Rejected),
        (SUBSCRIPTION, "701", Unsupported, Unsupported),
        (SUBSCRIPTION, "702", Unsupported, Unsupported),
        (LABEL, "500", Transient, OutcomeUnknown),
        (LABEL, "30002", Rejected, Rejected),
    ],
)
def test_each_refusal_has_its_name_per_interface(table, code, on_read, on_write):
    for write, expected in ((False, on_read), (True, on_write)):
        refusal = name_refusal(table)(answer(code), write)
        assert (type(refusal) if refusal else None) is expected


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]"])
def test_an_unreadable_answer_is_unexpected_or_unknown(body):
    response = httpx.Response(200, content=body)
    assert type(name_refusal(QUERY)(response, False)) is UnexpectedPayload
    assert type(name_refusal(LABEL)(response, True)) is OutcomeUnknown


@pytest.mark.parametrize("name", ["key", "customer"])
async def test_wrong_credentials_fail_the_check_and_do_not_leak(rig, name):
    await rig.connector.check()
    rig.overrides[name] = "wrong-credential"
    with pytest.raises(AuthenticationFailed) as caught:
        await rig.connect().check()
    assert "wrong-credential" not in str(caught.value)


async def test_a_wrong_secret_fails_a_booking(rig, request_):
    rig.overrides["secret"] = "wrong-credential"
    with pytest.raises(AuthenticationFailed):
        await rig.connect().book(request_, "k")
