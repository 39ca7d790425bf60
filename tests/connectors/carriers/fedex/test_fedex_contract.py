"""Our requests and the twin's answers against FedEx's own OpenAPI documents."""

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from mappings.canonical import BookingCancellation, Parcel

EXPECTED = [
    ("/ship/v1/shipments", "ship-v1", "post"),
    ("/ship/v1/shipments/cancel", "ship-v1", "put"),
    ("/rate/v1/rates/quotes", "rates-v1", "post"),
    ("/track/v1/trackingnumbers", "track-v1", "post"),
    ("/track/v1/referencenumbers", "track-v1", "post"),
]
JSON = ("content", "application/json", "schema")


async def exchanges(rig: Any, request: Any) -> list[tuple[str, Any, Any]]:
    """Path, body and answer of everything that a parcel brings."""
    answers: list[Any] = []
    rig.wire.spoil = lambda number, answer: answers.append(answer) or answer
    connector = rig.connector
    await connector.quote(request)
    made = await connector.book(request, "key")
    rig.clock.advance(timedelta(days=10))
    assert await connector.track([Parcel(carrier="fedex", tracking_number=made.tracking_number)])
    assert await connector.find_booking(request)
    other = await connector.book(msgspec.structs.replace(request, reference="R-2"), "key")
    taken_back = BookingCancellation(reference="R-2", carrier="fedex", tracking_number=other.tracking_number)
    await connector.cancel_booking(taken_back, "key")
    return [
        (sent.url.path, json.loads(sent.content), json.loads(answer.content))
        for sent, answer in zip(rig.wire.sent, answers, strict=True)
        if sent.url.path != "/oauth/token"
    ]


@pytest.mark.parametrize(("path", "file", "method"), EXPECTED)
async def test_requests_and_answers_are_those_of_the_contract(rig, request_, contract, path, file, method):
    schemas = contract(f"fedex/{file}.json")
    found = [it for it in await exchanges(rig, request_) if it[0] == path]
    assert found
    asked = schemas.at("paths", path, method, "requestBody", *JSON)
    answered = schemas.at("paths", path, method, "responses", "200", *JSON)
    for _, body, answer in found:
        assert schemas.violations(asked, body) == []
        assert schemas.violations(answered, answer) == []


async def test_a_token_is_asked_for_as_the_contract_says(rig, request_, contract):
    schemas = contract("fedex/authorization-v1.json")
    await rig.connector.quote(request_)
    form = dict(it.split("=") for it in rig.wire.sent[0].content.decode().split("&"))
    assert schemas.violations(schemas.at("components", "schemas", "FullSchema"), form) == []
