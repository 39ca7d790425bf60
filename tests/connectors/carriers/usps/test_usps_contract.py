"""Our requests and the twin's answers against USPS's own OpenAPI documents."""

import json
from typing import Any

import pytest

from mappings.canonical import BookingCancellation, Parcel

JSON = ("content", "application/json", "schema")
LABELS_JSON = ("content", "application/vnd.usps.labels+json", "schema")

EXPECTED = [
    ("POST", "/labels/v3", "/label", "/label", "domestic-labels", LABELS_JSON),
    ("DELETE", "/labels/v3", "/label/", "/label/{trackingNumber}", "domestic-labels", JSON),
    ("POST", "/payments/v3", "/payment-authorization", "/payment-authorization", "payments", JSON),
    ("POST", "/prices/v3", "/total-rates/search", "/total-rates/search", "domestic-prices", JSON),
    ("GET", "/tracking/v3", "/tracking/", "/tracking/{trackingNumber}", "tracking", JSON),
]


CLASS_IN_WORDS = {"$.mailClass: 'USPS Ground Advantage<SUP>&#153;</SUP>' is not in the enumeration"}
"""As genuine answers write it, whatever the enumeration says."""


async def exchanges(rig: Any, request: Any) -> list[tuple[Any, Any]]:
    """Request and answer of everything that a parcel brings."""
    answers: list[Any] = []
    rig.wire.spoil = lambda number, answer: answers.append(answer) or answer
    await rig.connector.quote(request)
    made = await rig.connector.book(request, "key")
    parcel = rig.twin.by_number[made.tracking_number]
    rig.twin.write_scan(parcel, rig.clock(), parcel.status.PICKED_UP)
    assert await rig.connector.track([Parcel(carrier="usps", tracking_number=made.tracking_number)])
    taken_back = BookingCancellation(reference="R-1", carrier="usps", tracking_number=made.tracking_number)
    await rig.connector.cancel_booking(taken_back, "key")
    return [(sent, json.loads(answer.content)) for sent, answer in zip(rig.wire.sent, answers, strict=True)]


@pytest.mark.parametrize(("method", "prefix", "part", "path", "file", "kind"), EXPECTED)
async def test_requests_and_answers_are_those_of_the_contract(
    rig, request_, contract, method, prefix, part, path, file, kind
):
    schemas = contract(f"usps/{file}.yaml")
    found = [
        it
        for it in await exchanges(rig, request_)
        if it[0].method == method and it[0].url.path.startswith(prefix + part)
    ]
    assert found
    for sent, answer in found:
        if sent.content:
            body = schemas.at("paths", path, method.lower(), "requestBody", *JSON)
            assert schemas.violations(body, json.loads(sent.content)) == []
        answered = schemas.at("paths", path, method.lower(), "responses", "200", *kind)
        assert set(schemas.violations(answered, answer)) <= CLASS_IN_WORDS
