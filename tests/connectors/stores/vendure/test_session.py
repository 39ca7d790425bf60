"""Signing in, and what Vendure's refusals mean."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from connectors.kit import (
    AuthenticationFailed,
    ConnectorError,
    Misconfigured,
    OutcomeUnknown,
    Rejected,
    Transient,
    UnexpectedPayload,
)
from connectors.kit.conformance.rig import Rig
from connectors.stores.vendure import PLUGIN, documents
from connectors.stores.vendure.session import Session
from mappings.stores.vendure.answers import ResultAnswer

LOGGED_IN = httpx.Response(200, json={"data": {"result": {"id": "1"}}}, headers={"vendure-auth-token": "t-1"})
DONE = {"data": {"result": {"id": "1", "state": "Pending"}}}


class Scripted:
    """A session whose server gives these answers in turn, then the last one for ever."""

    def __init__(self, *answers: httpx.Response, **settings: Any) -> None:
        self.rig = Rig(PLUGIN, overrides=settings)
        self.rig.wire.instead = lambda number: _copy(answers[min(number, len(answers) - 1)])
        self.session = Session(self.rig.settings(), self.rig.outside())

    async def send(self, *, write: bool = True) -> ResultAnswer:
        return await self.session.send(documents.ADD_FULFILMENT, {"input": {}}, ResultAnswer, write=write)

    @property
    def authorisations(self) -> list[str]:
        return [request.headers.get("authorization", "") for request in self.rig.wire.sent]


def _copy(answer: httpx.Response) -> httpx.Response:
    return httpx.Response(answer.status_code, content=answer.content, headers=answer.headers)


def refusal(code: str, message: str = "no", status: int = 200) -> httpx.Response:
    errors = [{"message": message, "extensions": {"code": code} if code else {}}]
    return httpx.Response(status, json={"errors": errors, "data": None})


async def test_logs_in_once_and_sends_the_token():
    scripted = Scripted(LOGGED_IN, httpx.Response(200, json=DONE))
    await scripted.send()
    await scripted.send()
    assert scripted.authorisations == ["", "Bearer t-1", "Bearer t-1"]


async def test_newest_token_wins():
    renewed = httpx.Response(200, json=DONE, headers={"vendure-auth-token": "t-2"})
    scripted = Scripted(LOGGED_IN, renewed, httpx.Response(200, json=DONE))
    await scripted.send()
    await scripted.send()
    assert scripted.authorisations[-1] == "Bearer t-2"


async def test_ended_session_is_renewed_once_and_the_write_repeated():
    again = httpx.Response(200, json=LOGGED_IN.json(), headers={"vendure-auth-token": "t-2"})
    scripted = Scripted(LOGGED_IN, refusal("FORBIDDEN"), again, httpx.Response(200, json=DONE))
    await scripted.send()
    assert scripted.authorisations == ["", "Bearer t-1", "", "Bearer t-2"]


async def test_missing_permission_is_not_asked_for_for_ever():
    scripted = Scripted(LOGGED_IN, refusal("FORBIDDEN"), LOGGED_IN, refusal("FORBIDDEN"))
    with pytest.raises(AuthenticationFailed):
        await scripted.send()
    assert len(scripted.rig.wire.sent) == 4


async def test_api_key_needs_no_log_in():
    scripted = Scripted(httpx.Response(200, json=DONE), api_key="k-1")
    await scripted.send()
    (request,) = scripted.rig.wire.sent
    assert request.headers["vendure-api-key"] == "k-1"
    assert "authorization" not in request.headers


async def test_refused_api_key_is_not_replaced_by_a_log_in():
    scripted = Scripted(refusal("FORBIDDEN"), api_key="k-1")
    with pytest.raises(AuthenticationFailed):
        await scripted.send()
    assert len(scripted.rig.wire.sent) == 1


async def test_channel_token_is_sent_with_the_log_in_too():
    scripted = Scripted(LOGGED_IN, httpx.Response(200, json=DONE), channel_token="c-1")
    await scripted.send()
    assert [request.headers["vendure-token"] for request in scripted.rig.wire.sent] == ["c-1", "c-1"]


async def test_server_without_bearer_tokens_is_misconfigured():
    scripted = Scripted(httpx.Response(200, json={"data": {"result": {"id": "1"}}}))
    with pytest.raises(Misconfigured):
        await scripted.send()


async def test_server_without_passwords_asks_for_an_api_key():
    scripted = Scripted(
        httpx.Response(200, json={"data": {"result": {"errorCode": "NATIVE_AUTH_STRATEGY_ERROR"}}})
    )
    with pytest.raises(Misconfigured) as caught:
        await scripted.send()
    assert caught.value.setting == "api_key"


@pytest.mark.parametrize(
    ("answer", "write", "expected"),
    [
        (refusal("CHANNEL_NOT_FOUND"), True, Misconfigured),
        (refusal("ENTITY_NOT_FOUND"), True, Rejected),
        (refusal("USER_INPUT_ERROR"), True, Rejected),
        (refusal("GRAPHQL_VALIDATION_FAILED", status=400), True, UnexpectedPayload),
        (refusal("BAD_USER_INPUT"), True, UnexpectedPayload),
        (refusal("INTERNAL_SERVER_ERROR", "deadlock detected"), True, Transient),
        (refusal("INTERNAL_SERVER_ERROR", "could not serialize access"), True, Transient),
        (refusal("INTERNAL_SERVER_ERROR", "connection terminated"), True, OutcomeUnknown),
        (refusal("INTERNAL_SERVER_ERROR", "connection terminated"), False, UnexpectedPayload),
        (refusal("", "null value in column"), True, OutcomeUnknown),
        (refusal("SOMETHING_NEW"), True, Rejected),
        (httpx.Response(502), True, OutcomeUnknown),
        (httpx.Response(502), False, Transient),
    ],
)
async def test_refusals_are_named_by_what_happens_next(
    answer: httpx.Response, write: bool, expected: type[ConnectorError]
):
    with pytest.raises(ConnectorError) as caught:
        await Scripted(LOGGED_IN, answer).send(write=write)
    assert type(caught.value) is expected


@pytest.mark.parametrize(
    ("name", "write", "expected"),
    [
        ("unauthenticated", False, AuthenticationFailed),
        ("validation_error", False, UnexpectedPayload),
        ("refund", True, OutcomeUnknown),
    ],
)
async def test_genuine_refusals_are_named(
    sample: Callable[[str], Any], name: str, write: bool, expected: type[ConnectorError]
):
    exchange = sample(name)
    answer = httpx.Response(exchange["status"], json=exchange["response"])
    with pytest.raises(ConnectorError) as caught:
        await Scripted(LOGGED_IN, answer).send(write=write)
    assert type(caught.value) is expected


async def test_errors_tell_neither_password_nor_message():
    with pytest.raises(ConnectorError) as caught:
        await Scripted(LOGGED_IN, refusal("USER_INPUT_ERROR", "Jane Doe, 1 High St")).send()
    assert "Jane" not in str(caught.value)
