"""Booking, reading back and cancelling on the SF Express twin."""

from datetime import timedelta

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from connectors.kit import OutcomeUnknown, Rejected, UnexpectedPayload, Unsupported
from connectors.kit.twin import Fault
from mappings.canonical import BookingCancellation


def booked(twin):
    return [effect.subject for effect in twin.effects if effect.kind == "booked"]


def cancellation(booking):
    return BookingCancellation(
        reference=booking.reference,
        carrier=booking.carrier,
        tracking_number=booking.tracking_number,
        carrier_order_id=booking.carrier_order_id,
    )


async def test_a_request_is_booked_under_its_reference(rig, request_):
    booking = await rig.connector.book(request_, "k")
    assert (booking.reference, booking.carrier, booking.confirmed) == ("R-1", "sf-express", True)
    assert booking.tracking_number.startswith("SF")
    assert booked(rig.twin) == ["R-1"]


@pytest.mark.parametrize("repeats_first_result", [False, True])
async def test_the_same_reference_again_gives_the_first_booking(rig, request_, repeats_first_result):
    rig.twin.repeats_first_result = repeats_first_result
    first = await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(minutes=1))
    assert await rig.connect().book(request_, "k") == first
    assert booked(rig.twin) == ["R-1"]


async def test_a_repetition_that_sf_cannot_show_yet_is_unknown_not_lost(rig, request_):
    await rig.connector.book(request_, "k")
    with pytest.raises(OutcomeUnknown) as caught:
        await rig.connector.book(request_, "k")
    assert caught.value.code == "8016"


async def test_an_unanswered_booking_is_read_back_after_its_lag(rig, request_):
    rig.twin.faults.forced.append(Fault.TIMEOUT_AFTER)
    with pytest.raises(OutcomeUnknown):
        await rig.connector.book(request_, "k")
    assert await rig.connector.find_booking(request_) is None
    rig.clock.advance(rig.plugin.read_back_after)
    found = await rig.connector.find_booking(request_)
    assert found is not None and found.reference == "R-1"
    assert booked(rig.twin) == ["R-1"]


async def test_a_reference_never_booked_is_not_found(rig, request_):
    assert await rig.connector.find_booking(request_) is None


async def test_an_answer_about_another_order_is_never_taken_for_ours(rig, request_):
    await rig.connector.book(replace(request_, reference="R-2"), "k")
    rig.clock.advance(timedelta(minutes=1))
    rig.twin._orders["R-1"] = rig.twin._orders["R-2"]
    with pytest.raises(UnexpectedPayload):
        await rig.connector.find_booking(request_)


@pytest.mark.parametrize(
    ("data", "error"), [({"resStatus": 1}, Rejected), ({}, OutcomeUnknown), (None, OutcomeUnknown)]
)
async def test_a_cancellation_that_sf_does_not_confirm_is_not_done(rig, data, error):
    inner = msgspec.json.encode({"success": True, "errorCode": "S0000", "msgData": data}).decode()
    answer = {"apiResultCode": "A1000", "apiResultData": inner}
    rig.wire.instead = lambda _: httpx.Response(200, json=answer)
    unknown = BookingCancellation(reference="R-1", carrier="sf-express", tracking_number="SF1")
    with pytest.raises(error):
        await rig.connector.cancel_booking(unknown, "k")


async def test_several_parcels_get_child_numbers(rig, request_):
    booking = await rig.connector.book(replace(request_, parcels=3), "k")
    assert len({booking.tracking_number, *booking.sub_numbers}) == 3


async def test_a_booking_checked_by_hand_is_unconfirmed_until_it_is(rig, request_):
    rig.twin.manual_check_chance = 1.0
    assert not (await rig.connector.book(request_, "k")).confirmed
    rig.clock.advance(rig.twin.manual_check_takes)
    assert (await rig.connector.find_booking(request_)).confirmed


async def test_an_unserved_address_is_rejected_and_stays_so(rig, request_):
    rig.twin.unserved_provinces = frozenset({"广东省"})
    with pytest.raises(Rejected, match="recipient's area"):
        await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(minutes=1))
    with pytest.raises(Rejected, match="recipient's area"):
        await rig.connector.book(request_, "k")
    assert booked(rig.twin) == []


async def test_a_masked_recipient_is_unsupported_without_a_request(rig, request_):
    masked = replace(request_.recipient, masked=True, receiver_token="t", token_platform="taobao")
    with pytest.raises(Unsupported):
        await rig.connector.book(replace(request_, recipient=masked), "k")
    assert not rig.twin.requests


async def test_a_product_without_agreement_is_rejected_with_sfs_code(rig, request_):
    with pytest.raises(Rejected) as caught:
        await rig.connector.book(replace(request_, service="266"), "k")
    assert caught.value.code == "20036"


async def test_cancelling_twice_is_done_once(rig, request_):
    booking = await rig.connector.book(request_, "k")
    await rig.connector.cancel_booking(cancellation(booking), "k2")
    await rig.connector.cancel_booking(cancellation(booking), "k2")
    assert [effect.kind for effect in rig.twin.effects] == ["booked", "cancelled"]
    assert rig.twin.parcels()[0].cancelled


async def test_a_parcel_on_its_way_cannot_be_cancelled(rig, request_):
    booking = await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(hours=13))
    with pytest.raises(Rejected) as caught:
        await rig.connector.cancel_booking(cancellation(booking), "k2")
    assert caught.value.code == "8168"


async def test_an_unknown_order_cannot_be_cancelled(rig):
    unknown = BookingCancellation(reference="R-9", carrier="sf-express", tracking_number="SF9")
    with pytest.raises(Rejected) as caught:
        await rig.connector.cancel_booking(unknown, "k")
    assert caught.value.code == "8024"


async def test_a_cancelled_parcel_never_moves(rig, request_):
    booking = await rig.connector.book(request_, "k")
    await rig.connector.cancel_booking(cancellation(booking), "k2")
    rig.clock.advance(timedelta(days=10))
    assert rig.twin.advance() is None
    assert [effect.kind for effect in rig.twin.effects] == ["booked", "cancelled"]
