"""What is strange about FedEx: two projects, refusals inside a success, one label, many parcels per call."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from connectors.carriers.fedex import PLUGIN
from connectors.carriers.fedex.refusals import name_refusal
from connectors.carriers.fedex.twin import SHIP_ID, SHIP_SECRET, TRACK_ID, check_digit
from connectors.kit import AuthenticationFailed, Misconfigured, Rejected, Unsupported
from connectors.kit.conformance.rig import Rig
from mappings.canonical import BookingCancellation, Parcel


def sent(rig):
    return [f"{it.method} {it.url.path}" for it in rig.wire.sent]


def cancellation(booking):
    return BookingCancellation(reference="R-1", carrier="fedex", tracking_number=booking.tracking_number)


def parcel_of(booking):
    return Parcel(carrier="fedex", tracking_number=booking.tracking_number)


async def test_a_shipment_comes_with_its_label_in_one_call(rig, request_):
    booking = await rig.connector.book(request_, "key")
    assert sent(rig) == ["POST /oauth/token", "POST /ship/v1/shipments"]
    assert booking.label_url.startswith("data:application/pdf;base64,JVBERi0x")


async def test_tracking_has_a_token_of_its_own(rig, request_):
    booking = await rig.connector.book(request_, "key")
    assert await rig.connector.track([parcel_of(booking)])
    assert sent(rig).count("POST /oauth/token") == 2
    tokens = await rig.credentials.current()
    assert tokens["access_token"] != tokens["track_access_token"]


async def test_one_project_may_do_both(request_):
    rig = Rig(PLUGIN, overrides={"track_client_id": ""})
    rig.twin.tokens[TRACK_ID] = rig.twin.tokens[rig.settings().client_id]
    booking = await rig.connector.book(request_, "key")
    assert await rig.connector.track([parcel_of(booking)])
    assert sent(rig).count("POST /oauth/token") == 1


@pytest.mark.parametrize("secret", ["client_secret", "track_client_secret"])
async def test_the_check_knows_both_projects(secret):
    with pytest.raises(AuthenticationFailed):
        await Rig(PLUGIN, overrides={secret: "wrong"}).connector.check()


async def test_a_project_without_the_interface_says_so():
    both_of_one = {"track_client_id": SHIP_ID, "track_client_secret": SHIP_SECRET}
    with pytest.raises(AuthenticationFailed):
        await Rig(PLUGIN, overrides=both_of_one).connector.check()


async def test_a_lost_booking_is_found_without_its_label(rig, request_):
    made = await rig.connector.book(request_, "key")
    rig.clock.advance(PLUGIN.read_back_after)
    found = await rig.connect().find_booking(request_)
    assert found == msgspec.structs.replace(made, label_url="")


async def test_a_cancelled_shipment_is_no_booking(rig, request_):
    booking = await rig.connector.book(request_, "key")
    await rig.connector.cancel_booking(cancellation(booking), "key")
    rig.clock.advance(PLUGIN.read_back_after)
    assert await rig.connector.find_booking(request_) is None


async def test_a_refusal_inside_a_success_is_one(rig, request_):
    booking = await rig.connector.book(request_, "key")
    rig.clock.advance(timedelta(days=1))
    with pytest.raises(Rejected, match="not cancelled"):
        await rig.connector.cancel_booking(cancellation(booking), "key")


async def test_cancelling_again_counts_as_done(rig, request_):
    booking = await rig.connector.book(request_, "key")
    for _ in range(2):
        await rig.connector.cancel_booking(cancellation(booking), "key")
    assert [it.kind for it in rig.twin.effects].count("cancelled") == 1


async def test_many_parcels_are_asked_for_in_one_call(rig, request_):
    booked = [
        await rig.connector.book(msgspec.structs.replace(request_, reference=f"R-{it}"), "key")
        for it in range(PLUGIN.connector.track_batch)
    ]
    rig.wire.clear()
    found = await rig.connector.track([parcel_of(it) for it in booked])
    assert [it.external_id for it in found] == [it.tracking_number for it in booked]
    assert sent(rig).count("POST /track/v1/trackingnumbers") == 1


async def test_a_number_that_fedex_does_not_know_hides_no_other(rig, request_):
    booking = await rig.connector.book(request_, "key")
    unknown = Parcel(carrier="fedex", tracking_number="111111111111")
    (delivery,) = await rig.connector.track([unknown, parcel_of(booking)])
    assert delivery.external_id == booking.tracking_number


async def test_what_cannot_be_expressed_is_never_sent(rig, request_):
    mute = msgspec.structs.replace(request_.recipient, telephone="")
    with pytest.raises(Unsupported, match=r"\$\.recipient\.telephone"):
        await rig.connector.book(msgspec.structs.replace(request_, recipient=mute), "key")
    assert sent(rig) == []


async def test_another_account_is_refused(request_):
    rig = Rig(PLUGIN, overrides={"account_number": "987654321"})
    with pytest.raises(Rejected) as caught:
        await rig.connector.book(request_, "key")
    assert caught.value.code == "ACCOUNT.NUMBER.MISMATCH" and rig.twin.effects == []


@pytest.mark.parametrize("number", ["986578788855", "738488882438"])
def test_the_twins_numbers_have_fedex_s_check_digit(number):
    assert check_digit(number[:-1]) == int(number[-1])


@pytest.mark.parametrize(
    ("status", "content", "error"),
    [
        (400, b'{"errors":[{"code":"SERVICETYPE.INVALID","message":"no"}]}', Rejected),
        (404, b'{"errors":[{"code":"NOT.FOUND","message":"no"}]}', Rejected),
        (404, b"<html>", Misconfigured),
        (403, b'{"errors":[{"code":"FORBIDDEN.ERROR","message":"no"}]}', AuthenticationFailed),
    ],
)
def test_refusals_are_named_by_what_happens_next(status, content, error):
    assert type(name_refusal(httpx.Response(status, content=content), False)) is error


def test_a_genuine_refusal_keeps_its_code(contracts):
    content = (contracts / "fedex/samples/tracking-error-response.json").read_bytes()
    refusal = name_refusal(httpx.Response(400, content=content), False)
    assert refusal.code == "TRACKING.TRACKINGNUMBER.EMPTY"
