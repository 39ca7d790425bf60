"""Refusals inside a 200 get their names from tables of codes and words."""

import httpx
import msgspec
import pytest

from connectors.kit import (
    AuthenticationFailed,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
    UnexpectedPayload,
    Unsupported,
)
from connectors.kit.refusals import (
    at_fault,
    classify_answer,
    classify_in_words,
    credentials,
    fine,
    throttled,
    unsupported,
    unwell,
)
from mappings.documents import WireDocument, decode


class Answer(WireDocument):
    is_success: bool
    code: str = ""
    message: str = ""


NAMES = {
    "busy": throttled,
    "ill": unwell,
    "key": credentials("the key is wrong"),
    "address": at_fault("the address is wrong", "url"),
    "none": unsupported("no such thing"),
    "before": fine,
}
CLASSIFY = classify_answer(lambda body: decode(body, Answer), NAMES, {"white list": at_fault("unlisted")})


def named(write=False, status=200, **fields):
    return CLASSIFY(httpx.Response(status, content=msgspec.json.encode(fields)), write)


def test_a_success_is_no_error():
    assert named(is_success=True, code="key") is None


@pytest.mark.parametrize(
    ("code", "on_read", "on_write"),
    [
        ("busy", RateLimited, RateLimited),
        ("ill", Transient, OutcomeUnknown),
        ("key", AuthenticationFailed, AuthenticationFailed),
        ("address", Misconfigured, Misconfigured),
        ("none", Unsupported, Unsupported),
        ("other", Rejected, Rejected),
    ],
)
def test_each_code_has_its_name_and_is_kept(code, on_read, on_write):
    for write, expected in ((False, on_read), (True, on_write)):
        error = named(write, is_success=False, code=code, message="words")
        assert type(error) is expected
        assert error.code == code


def test_what_is_fine_is_as_good_as_a_success():
    assert named(is_success=False, code="before") is None


def test_words_speak_where_there_is_no_known_code():
    told = {"is_success": False, "message": "not on the white list"}
    assert type(named(**told)) is Misconfigured
    assert type(named(**told, code="key")) is AuthenticationFailed


def test_a_setting_at_fault_is_named():
    assert named(is_success=False, code="address").setting == "url"


def test_a_long_message_is_cut():
    assert len(str(named(is_success=False, message="x" * 10_000))) < 300


def test_http_speaks_first():
    assert type(named(status=503, is_success=True)) is Transient


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}"])
def test_an_unreadable_answer_says_nothing_about_a_write(body):
    answer = httpx.Response(200, content=body)
    assert type(CLASSIFY(answer, False)) is UnexpectedPayload
    assert type(CLASSIFY(answer, True)) is OutcomeUnknown


def titled(content: bytes) -> str:
    return decode(content, Answer).message


IN_WORDS = classify_in_words(
    titled, {409: lambda response, said: Transient(said) if said == "busy" else None}
)


def told(status: int, message: str = "") -> httpx.Response:
    said = {"is_success": False, "message": message} if message else "<html>"
    return httpx.Response(status, content=msgspec.json.encode(said))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (told(401, "no key"), AuthenticationFailed),
        (told(404, "no such order"), Rejected),
        (told(404), Misconfigured),
        (told(409, "busy"), Transient),
        (told(409, "already there"), Rejected),
        (told(422, "wrong field"), Rejected),
        (told(429, "slower"), RateLimited),
        (told(503, "asleep"), Transient),
    ],
)
def test_status_is_named_in_the_words_of_the_platform(answer, expected):
    assert type(IN_WORDS(answer, False)) is expected


def test_success_has_no_name():
    assert IN_WORDS(told(200, "fine"), True) is None


def test_write_during_which_the_platform_fails_is_unknown():
    assert type(IN_WORDS(told(503, "asleep"), True)) is OutcomeUnknown
