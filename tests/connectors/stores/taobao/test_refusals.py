"""Each refusal of the platform has the name of what happens next."""

from datetime import timedelta

import httpx
import pytest

from connectors.kit import (
    AuthenticationFailed,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
    UnexpectedPayload,
)
from connectors.stores.taobao.refusals import classify, name_refusal
from mappings.stores.taobao.answers import Refusal


def named(content, write=False):
    return classify(httpx.Response(200, content=content), write)


@pytest.fixture
def sample(contracts):
    return lambda name: (contracts / "taobao" / "samples" / name).read_bytes()


def test_the_genuine_ban_says_how_long(sample):
    error = named(sample("error.app-call-limited.json"), write=True)
    assert isinstance(error, RateLimited)
    assert error.retry_after == timedelta(seconds=31062)


def test_the_genuine_session_error_in_xml_asks_for_a_new_session(sample):
    assert isinstance(named(sample("error.invalid-session.xml")), AuthenticationFailed)


def test_the_genuine_shipping_refusal_keeps_its_code(sample):
    error = named(sample("error.isv-logistics-B04.json"), write=True)
    assert (type(error), error.code) == (Rejected, "isv.logistics-offline-service-error:B04")


@pytest.mark.parametrize(
    ("code", "sub_code", "read", "write"),
    [
        (4, "", RateLimited, RateLimited),
        (7, "isv.access-limited-by-app-api-access-count", RateLimited, RateLimited),
        (8, "", RateLimited, RateLimited),
        (3, "", Transient, OutcomeUnknown),
        (10, "", Transient, OutcomeUnknown),
        (15, "isp.top-remote-connection-timeout", Transient, OutcomeUnknown),
        (15, "isv.logistics-offline-service-error:B150", Transient, OutcomeUnknown),
        (15, "isv.logistics-offline-service-error:S01", Transient, OutcomeUnknown),
        (15, "isv.logistics-offline-service-error:F01", Rejected, Rejected),
        (11, "isv.permission-api-package-empty", Misconfigured, Misconfigured),
        (25, "", AuthenticationFailed, AuthenticationFailed),
        (26, "", AuthenticationFailed, AuthenticationFailed),
        (53, "", AuthenticationFailed, AuthenticationFailed),
        (29, "", Misconfigured, Misconfigured),
        (31, "", Transient, Transient),
        (41, "isv.invalid-parameter:tid", Rejected, Rejected),
        (22, "", Rejected, Rejected),
    ],
)
def test_codes_are_named(code, sub_code, read, write):
    refused = Refusal(code=code, sub_code=sub_code)
    assert type(name_refusal(refused, False)) is read
    assert type(name_refusal(refused, True)) is write


@pytest.mark.parametrize("content", [b"<html>busy</html>", b"", b"{"])
def test_an_unreadable_answer_leaves_a_write_unknown(content):
    assert isinstance(named(content, write=False), UnexpectedPayload)
    assert isinstance(named(content, write=True), OutcomeUnknown)


def test_a_memo_that_speaks_of_errors_is_no_error():
    assert named(b'{"trade_fullinfo_get_response":{"trade":{"seller_memo":"error_response"}}}') is None
