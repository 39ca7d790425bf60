"""GraphQL over HTTP: refusals inside a 200, shapes, and writes that nobody can read the answer of."""

from datetime import timedelta

import httpx
import pytest
import respx

from connectors.kit import (
    AuthenticationFailed,
    CredentialsInMemory,
    OutcomeUnknown,
    Outside,
    RateLimit,
    Rejected,
    TokenBucket,
    Transient,
    UnexpectedPayload,
)
from connectors.kit.conformance.rig import ManualClock
from connectors.kit.graphql import GraphQLAnswer, GraphQLClient
from mappings.documents import WireDocument

URL = "https://platform.example/graphql"


class Data(WireDocument):
    name: str


def refuse(answer: GraphQLAnswer, write: bool) -> Rejected | None:
    return Rejected("refused", code=answer.errors[0].code) if answer.errors else None


@pytest.fixture
def client() -> GraphQLClient:
    clock = ManualClock()
    budget = TokenBucket((RateLimit(calls=10, per=timedelta(seconds=1)),), clock, clock.sleep)
    outside = Outside(
        http=httpx.AsyncClient(),
        now=clock,
        sleep=clock.sleep,
        budget=budget,
        credentials=CredentialsInMemory(),
        jitter=lambda: 0.5,
    )
    return GraphQLClient(outside, URL, read_errors=refuse)


@pytest.fixture
def platform():
    with respx.mock as router:
        yield router.post(URL)


async def test_data_comes_in_the_declared_shape(client, platform):
    platform.respond(json={"data": {"name": "Tea"}, "extensions": {"cost": 1}})

    data, response = await client.send("query { name }", {"a": 1}, Data, write=False)

    assert (data, response.status_code) == (Data(name="Tea"), 200)
    assert b'"variables":{"a":1}' in platform.calls[0].request.content


async def test_errors_inside_a_success_are_named_by_the_platform(client, platform):
    platform.respond(json={"data": None, "errors": [{"message": "no", "extensions": {"code": "E1"}}]})

    with pytest.raises(Rejected) as caught:
        await client.send("query", {}, Data, write=False)

    assert caught.value.code == "E1"


async def test_null_errors_and_extensions_are_none(client, platform):
    platform.respond(json={"data": {"name": "Tea"}, "errors": None, "extensions": None})

    data, _ = await client.send("query", {}, Data, write=False)

    assert data.name == "Tea"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"null", b'{"data": {"nam', b'{"data": {"name": 1}}', b'{"data":null}']
)
async def test_unreadable_answer_is_unexpected_on_reads_and_unknown_on_writes(client, platform, body):
    platform.respond(content=body)

    with pytest.raises(UnexpectedPayload):
        await client.send("query", {}, Data, write=False)
    with pytest.raises(OutcomeUnknown):
        await client.send("mutation", {}, Data, write=True)


async def test_status_counts_where_no_errors_came(client, platform):
    platform.respond(401, text="<html>")
    with pytest.raises(AuthenticationFailed):
        await client.send("query", {}, Data, write=False)

    platform.respond(502, text="<html>")
    with pytest.raises(Transient):
        await client.send("query", {}, Data, write=False)
    with pytest.raises(OutcomeUnknown):
        await client.send("mutation", {}, Data, write=True)
