"""What is strange about Shippo: labels that are queued, no key for repetitions, pushes signed or by token."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from connectors.carriers.shippo import PLUGIN
from connectors.carriers.shippo.connector import LOOK_BACK
from connectors.carriers.shippo.refusals import name_missing_track, name_refusal
from connectors.carriers.shippo.signing import is_signed, sign_push
from connectors.carriers.shippo.twin import WEBHOOK_TOKEN
from connectors.kit import InvalidSignature, Misconfigured, Rejected, Transient
from connectors.kit.conformance.rig import Rig
from connectors.kit.conformance.webhook import as_request
from mappings.canonical import BookingCancellation, Parcel

HOOK = "https://hub.example/webhooks/carrier"


def cancellation(booking):
    return BookingCancellation(
        reference=booking.reference,
        carrier=booking.carrier,
        tracking_number=booking.tracking_number,
        carrier_order_id=booking.carrier_order_id,
    )


def answering(**fields):
    """The twin's answer with some fields changed."""
    return lambda number, answer: httpx.Response(answer.status_code, json=answer.json() | fields)


async def test_the_cheapest_rate_is_bought_unless_a_service_is_named(rig, request_):
    assert (await rig.connector.book(request_, "key")).service == "usps_ground_advantage"
    named = msgspec.structs.replace(request_, reference="R-2", service="fedex_2_day")
    assert (await rig.connector.book(named, "key")).carrier == "fedex"


async def test_a_queued_label_is_not_confirmed_until_it_is_found_again(rig, request_):
    rig.twin.queue_chance = 1.0
    booking = await rig.connector.book(request_, "key")
    assert (booking.confirmed, booking.tracking_number) == (False, "")
    assert not (await rig.connector.find_booking(request_)).confirmed
    rig.clock.advance(PLUGIN.read_back_after)
    found = await rig.connector.find_booking(request_)
    assert found.confirmed and found.tracking_number
    assert [effect.kind for effect in rig.twin.effects] == ["booked"]


async def test_a_label_that_failed_inside_a_201_is_rejected_with_the_carriers_words(rig, request_):
    messages = [{"source": "UPS", "code": "120100", "text": "Missing shipper number"}]
    rig.wire.spoil = answering(status="ERROR", messages=messages)
    with pytest.raises(Rejected, match="UPS: Missing shipper number"):
        await rig.connector.book(request_, "key")


async def test_a_failed_purchase_is_no_booking(rig, request_):
    await rig.connector.book(request_, "key")

    def failed(number, answer):
        content = answer.json()
        content["results"][0] |= {"status": "ERROR"}
        return httpx.Response(200, json=content)

    rig.wire.spoil = failed
    assert await rig.connector.find_booking(request_) is None


async def test_nobody_to_carry_it_is_rejected_with_the_carriers_words(rig, request_):
    abroad = msgspec.structs.replace(request_.sender, country="CN")
    request = msgspec.structs.replace(request_, sender=abroad, recipient=abroad)
    with pytest.raises(Rejected, match="USPS: No rates outside"):
        await rig.connector.book(request, "key")


async def test_a_purchase_is_found_behind_a_page_of_later_ones(rig, request_):
    first = await rig.connector.book(request_, "key")
    for number in range(101):
        await rig.connector.book(msgspec.structs.replace(request_, reference=f"L-{number}"), "key")
    assert (await rig.connector.find_booking(request_)).tracking_number == first.tracking_number


async def test_purchases_of_long_ago_are_not_looked_through(rig, request_):
    await rig.connector.book(msgspec.structs.replace(request_, reference="OLD"), "key")
    rig.clock.advance(LOOK_BACK + timedelta(minutes=1))
    rig.wire.clear()
    rig.wire.spoil = answering(next="https://api.example/transactions?page=2")
    assert await rig.connector.find_booking(request_) is None
    assert len(rig.wire.sent) == 1


async def test_a_refund_is_asked_for_once(rig, request_):
    booking = await rig.connector.book(request_, "key")
    for _ in range(2):
        await rig.connector.cancel_booking(cancellation(booking), "key")
    assert [effect.kind for effect in rig.twin.effects] == ["booked", "cancelled"]
    assert rig.twin.requests["POST /refunds"] == 1


async def test_a_booking_without_its_transaction_is_left_to_a_person(rig, request_):
    booking = await rig.connector.book(request_, "key")
    unknown = msgspec.structs.replace(cancellation(booking), carrier_order_id="")
    with pytest.raises(Rejected, match="dashboard"):
        await rig.connector.cancel_booking(unknown, "key")


async def test_numbers_that_carriers_cannot_have_or_never_saw_are_left_out(rig):
    parcels = [Parcel(carrier="usps", tracking_number=number) for number in ("NOT-A-NUMBER", "9205590164")]
    assert await rig.connector.track(parcels) == []


async def test_a_carrier_that_shippo_does_not_follow_is_rejected(rig):
    with pytest.raises(Rejected, match="not supported"):
        await rig.connector.track([Parcel(carrier="pigeon", tracking_number="1")])
    with pytest.raises(Rejected, match="see carrier"):
        await rig.connector.subscribe(Parcel(carrier="pigeon", tracking_number="1"), HOOK, "key")


async def test_webhooks_are_registered_once_and_again_when_shippo_switched_them_off(rig):
    for _ in range(2):
        await rig.connect().register_webhooks(HOOK)
    assert [hook["url"] for hook in rig.twin.hooks] == [f"{HOOK}?token={WEBHOOK_TOKEN}"]
    rig.twin.hooks[0]["active"] = False
    await rig.connect().register_webhooks(HOOK)
    assert [hook["active"] for hook in rig.twin.hooks] == [False, True]


async def test_lists_use_the_allowance_of_fifty_a_minute_and_are_never_refused(rig):
    for _ in range(120):
        await rig.connector.check()
    assert rig.twin.requests["GET /transactions"] == 120
    assert rig.clock() - rig.wire.sent_at[0] <= timedelta(minutes=120 / 47.5)


async def test_without_signatures_the_token_in_the_address_is_the_proof(request_):
    rig = Rig(PLUGIN, overrides={"webhook_secret": ""})
    rig.twin.signs = False
    await rig.connector.register_webhooks(HOOK)
    rig.twin.push("track_updated", {"carrier": "usps", "tracking_number": "1"})
    genuine = as_request(rig.twin.outbound[0])
    assert rig.connector.receive(genuine).deliveries[0].external_id == "1"
    with pytest.raises(InvalidSignature):
        rig.connector.receive(msgspec.structs.replace(genuine, query={"token": "other"}))


async def test_with_signatures_the_token_alone_proves_nothing(rig):
    await rig.connector.register_webhooks(HOOK)
    rig.twin.push("track_updated", {"carrier": "usps", "tracking_number": "1"})
    unsigned = msgspec.structs.replace(as_request(rig.twin.outbound[0]), headers={})
    with pytest.raises(InvalidSignature):
        rig.connector.receive(unsigned)


async def test_other_events_are_acknowledged_and_bring_nothing(rig):
    await rig.connector.register_webhooks(HOOK)
    rig.twin.hooks[0]["event"] = "all"
    rig.twin.push("transaction_updated", {"object_id": "t"})
    receipt = rig.connector.receive(as_request(rig.twin.outbound[0]))
    assert (receipt.deliveries, receipt.reply.status) == ((), 200)


def test_pushes_are_signed_as_the_vector_is():
    body = b'{"event":"track_updated","test":true}'
    header = "t=1700000000,v1=8519ae4dbfb1ae32076d77897e93122bc419a4971e4499f15a005698735a575c"
    assert sign_push(body, "1700000000", "shippo-secret") == header
    assert is_signed(body, header, "shippo-secret")


@pytest.mark.parametrize("header", ["", "t=1700000000", "v1=00", "t=١,v1=00", "t=1,v1=00,v1=11"])
def test_a_header_of_another_form_signs_nothing(header):
    assert not is_signed(b"{}", header, "shippo-secret")


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        ("track-get-invalid-carrier-response", "not supported"),
        ("track-post-invalid-carrier-response", "see carrier"),
        ("transaction-invalid-response", "see rate"),
    ],
)
def test_a_recorded_refusal_names_its_fields_and_no_values(contracts, sample, words):
    content = (contracts / "shippo" / "samples" / f"{sample}.json").read_bytes()
    refusal = name_refusal(httpx.Response(400, content=content), True)
    assert isinstance(refusal, Rejected) and words in str(refusal)


def test_a_404_in_html_is_a_wrong_address_except_for_tracks():
    missing = httpx.Response(404, content=b"<html>")
    assert type(name_refusal(missing, False)) is Misconfigured
    assert type(name_missing_track(missing, False)) is Rejected
    assert type(name_missing_track(httpx.Response(503), False)) is Transient
