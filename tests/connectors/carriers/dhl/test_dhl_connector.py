"""What is strange about DHL's tracking: pieces beside shipments, problem documents, bare pushes."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from connectors.carriers.dhl import PLUGIN
from connectors.carriers.dhl.twin import TOKEN
from connectors.kit import InvalidSignature, Misconfigured, Rejected, UnexpectedPayload, WebhookRequest
from connectors.kit.conformance.rig import Rig
from connectors.kit.problems import classify_problem

SHIPMENT = {"id": "1", "events": [{"timestamp": "2026-01-02T03:04:05Z", "statusCode": "transit"}]}
HEADERS = {"x-orderhub-token": TOKEN}


def push(content, **headers):
    return WebhookRequest(headers={**HEADERS, **headers}, body=msgspec.json.encode(content))


async def test_a_piece_is_followed_under_its_own_number(rig, parcels):
    rig.clock.advance(timedelta(days=2))
    found = await rig.connector.track(parcels)
    assert [it.external_id for it in found] == [it.tracking_number for it in parcels]
    assert msgspec.json.decode(found[0].document)["id"] == "JJD000390005893028175"


async def test_a_parcel_without_scans_is_no_news(rig, parcels):
    assert await rig.connector.track(parcels) == []


async def test_another_shipment_under_the_same_reference_is_no_news(rig, parcels):
    rig.clock.advance(timedelta(days=2))
    rig.wire.spoil = lambda number, answer: httpx.Response(
        200, json={"shipments": [{**answer.json()["shipments"][0], "id": "7", "details": {}}]}
    )
    assert await rig.connector.track(parcels) == []


async def test_only_the_division_of_the_settings_is_asked(parcels):
    rig = Rig(PLUGIN, overrides={"service": "parcel-nl"})
    await rig.connector.track(parcels[:1])
    asked = rig.wire.sent[0].url.params
    assert (asked["service"], asked["language"]) == ("parcel-nl", "en")
    with pytest.raises(Rejected):
        await Rig(PLUGIN, overrides={"service": "teleport"}).connector.check()


def test_each_shipment_of_a_push_is_a_delivery(rig):
    receipt = rig.connector.receive(push({"shipments": [SHIPMENT, SHIPMENT | {"id": 2}]}))
    assert [it.external_id for it in receipt.deliveries] == ["1", "2"]
    assert receipt.reply.status == 200


def test_a_push_of_another_shape_is_acknowledged_and_brings_nothing(rig):
    assert rig.connector.receive(push({"trackingNumber": "1"})).deliveries == ()


def test_a_push_without_our_token_is_refused_before_it_is_read(rig):
    for headers in ({"x-orderhub-token": TOKEN[:-1]}, {"x-orderhub-token": ""}):
        with pytest.raises(InvalidSignature):
            rig.connector.receive(push({"shipments": [SHIPMENT]}, **headers))
    with pytest.raises(UnexpectedPayload):
        rig.connector.receive(WebhookRequest(headers=HEADERS, body=b"{"))


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("unified-not_found", 404, Rejected),
        ("unified-tracking-tracking-error-response", 404, Rejected),
        ("unified-bad_input", 400, Rejected),
    ],
)
def test_a_genuine_refusal_keeps_its_status(contracts, name, status, error):
    content = (contracts / "dhl" / "samples" / f"{name}.json").read_bytes()
    refusal = classify_problem(httpx.Response(status, content=content), False)
    assert type(refusal) is error and refusal.code == str(status)


def test_a_404_that_is_no_problem_document_speaks_of_the_address():
    assert type(classify_problem(httpx.Response(404, content=b"<html>"), False)) is Misconfigured
