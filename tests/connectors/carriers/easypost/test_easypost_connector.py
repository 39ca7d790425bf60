"""What is strange about EasyPost: rated first, bought then; refunds that take weeks; one webhook for all."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from connectors.carriers.easypost import PLUGIN
from connectors.carriers.easypost.connector import LOOK_BACK
from connectors.carriers.easypost.refusals import name_refusal
from connectors.carriers.easypost.signing import sign_push
from connectors.kit import (
    InvalidSignature,
    Misconfigured,
    OutcomeUnknown,
    Rejected,
    Transient,
    Unsupported,
    WebhookRequest,
)
from connectors.kit.conformance.rig import Rig
from mappings.canonical import BookingCancellation, Parcel

HOOK = "https://hub.example/webhooks/carrier"


def sent(rig):
    return [f"{it.method} {it.url.path}" for it in rig.wire.sent]


def cancellation(booking):
    return BookingCancellation(
        reference=booking.reference,
        carrier=booking.carrier,
        tracking_number=booking.tracking_number,
        carrier_order_id=booking.carrier_order_id,
    )


async def test_a_shipment_is_rated_and_its_cheapest_rate_bought(rig, request_):
    booking = await rig.connector.book(request_, "key")
    assert (booking.carrier, booking.service) == ("usps", "USPS/GroundAdvantage")
    assert sent(rig) == ["POST /v2/shipments", f"POST /v2/shipments/{booking.carrier_order_id}/buy"]


async def test_the_settings_service_is_bought_unless_the_request_names_one(request_):
    rig = Rig(PLUGIN, overrides={"service": "Ground"})
    assert (await rig.connector.book(request_, "key")).carrier == "ups"
    asked = msgspec.structs.replace(request_, reference="R-2", service="USPS/Express")
    assert (await rig.connector.book(asked, "key")).service == "USPS/Express"


async def test_a_service_that_nobody_offers_is_rejected_and_nothing_is_bought(rig, request_):
    with pytest.raises(Rejected, match="no carrier offers"):
        await rig.connector.book(msgspec.structs.replace(request_, service="Teleport"), "key")
    assert rig.twin.effects == []


async def test_a_country_that_nobody_serves_is_rejected_with_the_carriers_words(rig, request_):
    abroad = msgspec.structs.replace(request_.sender, country="CN")
    request = msgspec.structs.replace(request_, sender=abroad, recipient=abroad)
    with pytest.raises(Rejected, match="USPS: No rates outside"):
        await rig.connector.book(request, "key")


async def test_what_cannot_be_expressed_is_never_sent(rig, request_):
    with pytest.raises(Unsupported, match=r"\$\.weight_grams"):
        await rig.connector.book(msgspec.structs.replace(request_, weight_grams=None), "key")
    assert sent(rig) == []


async def test_a_purchase_is_found_behind_a_page_of_later_ones(rig, request_):
    first = await rig.connector.book(request_, "key")
    for number in range(101):
        later = msgspec.structs.replace(request_, reference=f"L-{number}")
        await rig.connector.book(later, "key")
    rig.wire.clear()
    assert (await rig.connector.find_booking(request_)).tracking_number == first.tracking_number
    assert [it.url.params.get("before_id", "") != "" for it in rig.wire.sent] == [False, True]


async def test_a_shipment_that_was_only_rated_is_no_booking(rig, request_):
    bought = await rig.connector.book(request_, "key")

    def with_a_rated_one(number, answer):
        content = answer.json()
        rated = content["shipments"][0] | {"postage_label": None, "tracking_code": None}
        return httpx.Response(200, json=content | {"shipments": [rated, *content["shipments"]]})

    rig.wire.spoil = with_a_rated_one
    assert (await rig.connector.find_booking(request_)).tracking_number == bought.tracking_number


async def test_purchases_of_long_ago_are_not_looked_through(rig, request_):
    await rig.connector.book(msgspec.structs.replace(request_, reference="OLD"), "key")
    rig.clock.advance(LOOK_BACK + timedelta(minutes=1))
    rig.wire.clear()
    rig.wire.spoil = lambda number, answer: httpx.Response(200, json={**answer.json(), "has_more": True})
    assert await rig.connector.find_booking(request_) is None
    assert len(rig.wire.sent) == 1


async def test_a_refund_is_asked_for_once(rig, request_):
    booking = await rig.connector.book(request_, "key")
    rig.wire.clear()
    await rig.connector.cancel_booking(cancellation(booking), "key")
    await rig.connector.cancel_booking(cancellation(booking), "key")
    assert [it.split(" ")[0] for it in sent(rig)] == ["GET", "POST", "GET"]


@pytest.mark.parametrize("status", ["rejected", "not_applicable"])
async def test_a_refund_that_the_carrier_denies_is_rejected(rig, request_, status):
    booking = await rig.connector.book(request_, "key")
    rig.wire.spoil = lambda number, answer: httpx.Response(
        200, json={**answer.json(), "refund_status": status}
    )
    with pytest.raises(Rejected, match=status):
        await rig.connector.cancel_booking(cancellation(booking), "key")


async def test_a_booking_without_its_id_is_left_to_a_person(rig, request_):
    booking = await rig.connector.book(request_, "key")
    unknown = msgspec.structs.replace(cancellation(booking), carrier_order_id="")
    with pytest.raises(Rejected, match="dashboard"):
        await rig.connector.cancel_booking(unknown, "key")


async def test_with_a_test_key_the_tracker_of_the_purchase_is_enough(rig, request_):
    rig.twin.test_mode = True
    booking = await rig.connector.book(request_, "key")
    parcel = Parcel(carrier=booking.carrier, tracking_number=booking.tracking_number)
    await rig.connector.subscribe(parcel, HOOK, "key")
    with pytest.raises(Rejected):
        await rig.connector.subscribe(Parcel(carrier="usps", tracking_number="9400"), HOOK, "key")


async def test_a_tracker_without_scans_is_no_news(rig, request_):
    booking = await rig.connector.book(request_, "key")
    parcel = Parcel(carrier=booking.carrier, tracking_number=booking.tracking_number)
    assert await rig.connector.track([parcel]) == []
    rig.clock.advance(timedelta(days=1))
    (delivery,) = await rig.connector.track([parcel])
    assert delivery.external_id == booking.tracking_number


async def test_a_disabled_webhook_is_enabled_again_with_our_secret(rig):
    await rig.connector.register_webhooks(HOOK)
    (hook,) = rig.twin.hooks.values()
    hook["disabled_at"] = "2026-03-02T08:00:00Z"
    await rig.connect().register_webhooks(HOOK)
    assert [it["disabled_at"] for it in rig.twin.hooks.values()] == [None]
    rig.twin.push("tracker.updated", {"tracking_code": "1", "carrier": "UPS", "tracking_details": []})
    post = rig.twin.outbound[0]
    assert rig.connector.receive(WebhookRequest(headers=post.headers, body=post.body)).deliveries


async def test_an_event_about_something_else_is_acknowledged_and_brings_nothing(rig):
    await rig.connector.register_webhooks(HOOK)
    rig.twin.push("refund.successful", {"id": "rfnd_1", "status": "refunded"})
    post = rig.twin.outbound[0]
    receipt = rig.connector.receive(WebhookRequest(headers=post.headers, body=post.body))
    assert (receipt.deliveries, receipt.reply.status) == ((), 200)


def test_pushes_are_signed_as_the_vendors_vectors_are(contracts):
    genuine = (contracts / "easypost" / "samples" / "webhook-body-exact-bytes.json").read_bytes()
    assert sign_push(genuine, "sécret").endswith(
        "=38f3f53c103713df81616a0a186d77141957323ec21d5fe9363db93840f527db"
    )
    assert sign_push(b'{"id":"evt_1","object":"Event","description":"tracker.updated"}', "sécret") == (
        "hmac-sha256-hex=4a90dd8864e1c99ae07acd717a55a1b95b9e735f56034260dfeb58d11e814f88"
    )


def test_a_push_signed_with_another_secret_is_refused(rig):
    body = b'{"description":"tracker.updated"}'
    headers = {"x-hmac-signature": sign_push(body, "another")}
    with pytest.raises(InvalidSignature):
        rig.connector.receive(WebhookRequest(headers=headers, body=body))


@pytest.mark.parametrize(
    ("status", "content", "error"),
    [
        (402, b'{"error":{"code":"PAYMENT","message":"add funds"}}', Misconfigured),
        (404, b'{"error":{"code":"NOT_FOUND","message":"gone"}}', Rejected),
        (404, b"<html>", Misconfigured),
        (422, b'{"error":{"code":"X","message":["a","b"]}}', Rejected),
        (422, b'{"error":{"code":"X","message":{"weight":["too small"]},"errors":["a"]}}', Rejected),
        (408, b"{}", Transient),
    ],
)
def test_refusals_are_named_by_what_happens_next(status, content, error):
    assert type(name_refusal(httpx.Response(status, content=content), False)) is error


def test_a_purchase_that_the_carrier_did_not_answer_is_unknown():
    assert type(name_refusal(httpx.Response(408, content=b"{}"), True)) is OutcomeUnknown


@pytest.mark.parametrize("name", ["rate-error-response", "tracking-error-response"])
def test_a_genuine_refusal_keeps_its_code(contracts, name):
    content = (contracts / "easypost" / "samples" / f"{name}.json").read_bytes()
    refusal = name_refusal(httpx.Response(422, content=content), False)
    assert isinstance(refusal, Rejected) and refusal.code == msgspec.json.decode(content)["error"]["code"]
