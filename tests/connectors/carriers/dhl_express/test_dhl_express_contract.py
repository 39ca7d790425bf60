"""Our requests and the twin's answers against MyDHL's own OpenAPI document."""

import json
from datetime import timedelta
from typing import Any

import pytest

from mappings.canonical import Parcel

FILE = "dhl/dpdhl-express-api-3.1.1-swagger.yaml"
JSON = ("content", "application/json", "schema")


async def exchanges(rig: Any, request: Any) -> list[tuple[Any, Any]]:
    """Request and answer of everything that a parcel brings."""
    answers: list[Any] = []
    rig.wire.spoil = lambda number, answer: answers.append(answer) or answer
    await rig.connector.quote(request)
    made = await rig.connector.book(request, "key")
    rig.clock.advance(timedelta(days=10))
    assert await rig.connector.track([Parcel(carrier="dhl", tracking_number=made.tracking_number)])
    assert await rig.connector.find_booking(request)
    return [(sent, json.loads(answer.content)) for sent, answer in zip(rig.wire.sent, answers, strict=True)]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("post", "/shipments", "201"), ("get", "/rates", "200"), ("get", "/tracking", "200")],
)
async def test_requests_and_answers_are_those_of_the_contract(rig, request_, contract, method, path, status):
    schemas = contract(FILE)
    found = [it for it in await exchanges(rig, request_) if it[0].url.path == f"/mydhlapi{path}"]
    operation = schemas.at("paths", path, method)
    named = {it["name"]: it for it in map(schemas.resolved, operation["parameters"])}
    assert found
    for sent, answer in found:
        assert set(sent.url.params) <= set(named)
        assert {name for name, it in named.items() if it.get("required")} <= {
            *sent.url.params,
            *(name for name in named if name in sent.headers),
        }
        if sent.content:
            body = schemas.at("paths", path, method, "requestBody", *JSON)
            assert schemas.violations(body, json.loads(sent.content)) == []
        answered = schemas.at("paths", path, method, "responses", status, *JSON)
        assert schemas.violations(answered, answer) == []
