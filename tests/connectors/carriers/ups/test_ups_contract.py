"""Our requests and the twin's answers against UPS's own OpenAPI documents."""

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from mappings.canonical import BookingCancellation, Parcel

OF_ROADIE = [
    "$.LabelRecoveryRequest.TrackingNumbers: is missing",
    "$.LabelRecoveryRequest.ReferenceValues: is missing",
]
"""Required by the schema, and by its own words «mandatory only for Roadie shipments»."""

REQUIRED_UNNAMED = ["$.RateRequest.Request.RequestOption: is not named"]
"""Required by the schema, which does not describe it."""

EXPECTED = [
    ("POST", "/ship", "Shipping", "SHIPRequestWrapper", [], "SHIPResponseWrapper"),
    ("DELETE", "/void/cancel/", "Shipping", "", [], "VOIDSHIPMENTResponseWrapper"),
    (
        "POST",
        "/labels/",
        "Shipping",
        "LABELRECOVERYRequestWrapper",
        OF_ROADIE,
        "LABELRECOVERYResponseWrapper",
    ),
    ("POST", "/rating/", "Rating", "RATERequestWrapper", REQUIRED_UNNAMED, "RATEResponseWrapper"),
    ("GET", "/track/v1/", "Tracking", "", [], "TrackApiResponse"),
    (
        "POST",
        "/subscription/",
        "UPSTrackAlert",
        "PackageSubscriptionRequest",
        [],
        "PackageSubscriptionSuccessResponse",
    ),
]


async def exchanges(rig: Any, request: Any) -> list[tuple[str, str, Any, Any]]:
    """Method, path, body and answer of everything that a parcel brings."""
    answers: list[Any] = []
    rig.wire.spoil = lambda number, answer: answers.append(answer) or answer
    connector = rig.connector
    await connector.check()
    await connector.quote(request)
    made = await connector.book(request, "key")
    parcel = Parcel(carrier="ups", tracking_number=made.tracking_number)
    await connector.subscribe(parcel, "https://hub.example/webhooks/1", "key")
    rig.clock.advance(timedelta(days=10))
    assert await connector.track([parcel]) and await connector.find_booking(request)
    other = await connector.book(msgspec.structs.replace(request, reference="R-2"), "key")
    await connector.cancel_booking(
        BookingCancellation(reference="R-2", carrier="ups", tracking_number=other.tracking_number), "key"
    )
    return [
        (sent.method, sent.url.path, sent.content, json.loads(answer.content))
        for sent, answer in zip(rig.wire.sent, answers, strict=True)
        if answer.is_success
    ]


@pytest.mark.parametrize(("method", "part", "file", "asked", "deviations", "answered"), EXPECTED)
async def test_requests_and_answers_are_those_of_the_contract(
    rig, request_, contract, method, part, file, asked, deviations, answered
):
    schemas = contract(f"ups/{file}.yaml")
    found = [it for it in await exchanges(rig, request_) if it[0] == method and part in it[1]]
    assert found
    for _, _, body, answer in found:
        if asked:
            shape = schemas.at("components", "schemas", asked)
            assert schemas.violations(shape, json.loads(body)) == deviations
        assert schemas.violations(schemas.at("components", "schemas", answered), answer) == []


async def test_what_is_pushed_is_that_of_the_contract(rig, request_, contract):
    schemas = contract("ups/UPSTrackAlert.yaml")
    rig.twin.configure_pushes("https://hub.example/webhooks/1")
    await exchanges(rig, request_)
    rig.twin.advance()
    shape = schemas.at("components", "schemas", "TrackingEventRequest")
    assert rig.twin.outbound
    for post in rig.twin.outbound:
        found = schemas.violations(shape, json.loads(post.body))
        assert found == ["$.activityStatus.descriptionCode: is not named"]
