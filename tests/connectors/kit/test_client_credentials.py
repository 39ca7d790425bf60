"""Tokens are asked for when they are needed, kept while they last, and renewed when they are refused."""

from datetime import timedelta
from random import Random
from urllib.parse import parse_qsl

import httpx
import pytest

from connectors.kit import AuthenticationFailed, PlatformClient, Transient, UnexpectedPayload
from connectors.kit.client_credentials import RENEW_BEFORE, ClientCredentials
from connectors.kit.conformance.rig import ManualClock
from connectors.kit.outside import CredentialsInMemory, Outside
from connectors.kit.parcel_twin import IssuedTokens

LASTS = timedelta(hours=1)


class Desk:
    """A platform that issues tokens and answers those who have one."""

    def __init__(self, **options):
        self.clock, self.seen = ManualClock(), []
        self.issued = IssuedTokens(Random(1), LASTS)
        self.token_answer = None
        self.outside = Outside(
            http=httpx.AsyncClient(transport=httpx.MockTransport(self.answer)),
            now=self.clock,
            sleep=self.clock.sleep,
            budget=self,
            credentials=CredentialsInMemory({"refresh": "kept"}),
            jitter=lambda: 0.5,
        )
        self.access = ClientCredentials(self.outside, "https://acme.example/token", "me", "s3cret", **options)

    async def spend(self, cost=1, of=""):
        self.seen.append(f"spent {cost:g}")

    def answer(self, request):
        self.seen.append(request)
        if request.url.path == "/token":
            made = {"access_token": self.issued.issue(self.clock()), "expires_in": "3600"}
            return self.token_answer or httpx.Response(200, json=made)
        known = self.issued.accepts(request.headers["authorization"], self.clock())
        return httpx.Response(200 if known else 401)

    async def call(self, write=False):
        client = PlatformClient(self.outside)
        return await client.send("POST", "https://acme.example/do", write=write, auth=self.access)

    def paths(self):
        return [it.url.path for it in self.seen if isinstance(it, httpx.Request)]


async def test_one_token_serves_until_shortly_before_its_end():
    desk = Desk()
    await desk.call()
    desk.clock.advance(LASTS - RENEW_BEFORE - timedelta(seconds=1))
    await desk.call()
    desk.clock.advance(timedelta(seconds=1))
    await desk.call()
    assert desk.paths() == ["/token", "/do", "/do", "/token", "/do"]
    assert [it for it in desk.seen if isinstance(it, str)].count("spent 0") == 2


async def test_a_refused_token_is_replaced_and_the_request_sent_once_more():
    desk = Desk()
    await desk.call()
    desk.issued.end_all()
    await desk.call(write=True)
    assert desk.paths() == ["/token", "/do", "/do", "/token", "/do"]


async def test_a_permission_that_is_missing_is_not_asked_for_forever():
    desk = Desk()
    desk.issued.accepts = lambda authorization, now: False
    with pytest.raises(AuthenticationFailed):
        await desk.call()
    assert desk.paths() == ["/token", "/do", "/token", "/do"]


async def test_wrong_credentials_are_named_and_nothing_else_is_sent():
    desk = Desk()
    desk.token_answer = httpx.Response(401, text="s3cret is wrong")
    with pytest.raises(AuthenticationFailed, match="client id and secret") as caught:
        await desk.call(write=True)
    assert desk.paths() == ["/token"] and "s3cret" not in str(caught.value)


async def test_an_unwell_platform_is_asked_as_often_as_for_anything_else():
    desk = Desk()
    desk.token_answer = httpx.Response(503)
    with pytest.raises(Transient):
        await desk.call(write=True)
    assert desk.paths() == ["/token"] * 3


@pytest.mark.parametrize(
    "body", [b"", b"null", b"<html>", b'{"access_token":"","expires_in":1}', b'{"access_token":"t"}']
)
async def test_an_unreadable_answer_is_no_token(body):
    desk = Desk()
    desk.token_answer = httpx.Response(200, content=body)
    with pytest.raises(UnexpectedPayload):
        await desk.call()


@pytest.mark.parametrize("in_header", [True, False])
async def test_the_client_names_itself_in_the_header_or_in_the_form(in_header):
    desk = Desk(in_header=in_header)
    await desk.call()
    request = next(it for it in desk.seen if isinstance(it, httpx.Request))
    assert ("authorization" in request.headers) is in_header
    assert (b"client_secret=s3cret" in request.content) is not in_header
    assert b"grant_type=client_credentials" in request.content


async def test_tokens_of_two_slots_stand_beside_each_other_and_beside_what_else_is_stored():
    desk = Desk(slot="track_")
    await desk.call()
    stored = await desk.outside.credentials.current()
    assert set(stored) == {"refresh", "track_access_token", "track_expires_at"}


async def test_token_of_a_consent_is_asked_for_with_its_refresh_token():
    desk = Desk(grant={"grant_type": "refresh_token", "refresh_token": "r-1"})
    await desk.call()
    asked = next(it for it in desk.seen if isinstance(it, httpx.Request))
    assert dict(parse_qsl(asked.content.decode())) == {
        "grant_type": "refresh_token",
        "refresh_token": "r-1",
        "client_id": "me",
        "client_secret": "s3cret",
    }
