"""Problem documents say what a refusal is about."""

import httpx
import pytest

from connectors.kit import AuthenticationFailed, Misconfigured, OutcomeUnknown, RateLimited, Rejected
from connectors.kit.problems import NOT_FOUND, classify_problem, classify_told

PROBLEM = b'{"title":"No result found","detail":"No shipment with this number."}'


@pytest.mark.parametrize(
    ("status", "content", "error"),
    [
        (404, PROBLEM, Rejected),
        (422, PROBLEM, Rejected),
        (404, b"<html>", Misconfigured),
        (400, b"{}", Rejected),
        (401, PROBLEM, AuthenticationFailed),
        (429, PROBLEM, RateLimited),
        (500, PROBLEM, OutcomeUnknown),
    ],
)
def test_a_status_is_named_by_what_happens_next(status, content, error):
    assert type(classify_problem(httpx.Response(status, content=content), True)) is error


def test_a_problem_keeps_its_status_and_its_words():
    refusal = classify_problem(httpx.Response(404, content=PROBLEM), False)
    assert refusal.code == NOT_FOUND and "No shipment with this number." in str(refusal)


def test_a_success_is_none():
    assert classify_problem(httpx.Response(200), True) is None


def test_a_platform_s_own_code_may_say_that_it_is_done_already():
    classify = classify_told(lambda response: (response.text, "words"), done={"gone"})
    done, refused = (classify(httpx.Response(400, text=it), True) for it in ("gone", "no"))
    assert (done.already_done, refused.already_done) == (True, False)
    assert refused.code == "no"
