"""E-waybills on the Kdniao twin."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from connectors.kit import Misconfigured, OutcomeUnknown, Rejected, UnexpectedPayload, Unsupported
from connectors.kit.twin import Fault
from mappings.canonical import BookingCancellation


def cancellation(booking):
    return BookingCancellation(
        reference=booking.reference, carrier=booking.carrier, tracking_number=booking.tracking_number
    )


def kinds(twin):
    return [effect.kind for effect in twin.effects]


async def test_a_request_is_booked_with_the_configured_company(rig, request_):
    booking = await rig.connector.book(request_, "k")
    assert (booking.reference, booking.carrier) == ("R-1", "yto")
    assert booking.tracking_number.startswith("YT")


@pytest.mark.parametrize("repeats_first_result", [False, True])
async def test_a_repeated_order_gives_the_first_waybill(rig, request_, repeats_first_result):
    rig.twin.repeats_first_result = repeats_first_result
    rig.twin.faults.forced.append(Fault.TIMEOUT_AFTER)
    with pytest.raises(OutcomeUnknown):
        await rig.connector.book(request_, "k")
    booking = await rig.connect().book(request_, "k")
    assert [parcel.tracking_number for parcel in rig.twin.parcels()] == [booking.tracking_number]


async def test_a_waybill_of_another_order_is_never_taken_for_ours(rig, request_):
    await rig.connector.book(replace(request_, reference="R-2"), "k")
    rig.twin.by_reference["R-1"] = rig.twin.by_reference["R-2"]
    with pytest.raises(UnexpectedPayload):
        await rig.connector.book(request_, "k")


async def test_several_parcels_get_child_numbers(rig, request_):
    booking = await rig.connector.book(replace(request_, parcels=3), "k")
    assert len({booking.tracking_number, *booking.sub_numbers}) == 3


async def test_bookings_need_a_company(rig, request_):
    rig.overrides["company"] = ""
    with pytest.raises(Misconfigured) as caught:
        await rig.connect().book(request_, "k")
    assert caught.value.setting == "company"


async def test_a_foreign_address_is_unsupported_without_a_request(rig, request_):
    abroad = replace(request_.recipient, country="US")
    with pytest.raises(Unsupported):
        await rig.connector.book(replace(request_, recipient=abroad), "k")
    assert not rig.twin.requests


async def test_a_company_that_is_not_offered_is_rejected_with_its_code(rig, request_):
    rig.overrides["company"] = "NOBODY"
    with pytest.raises(Rejected) as caught:
        await rig.connect().book(request_, "k")
    assert caught.value.code == "403"


async def test_cancelling_twice_is_done_once(rig, request_):
    booking = await rig.connector.book(request_, "k")
    await rig.connector.cancel_booking(cancellation(booking), "k2")
    await rig.connector.cancel_booking(cancellation(booking), "k2")
    assert kinds(rig.twin) == ["booked", "cancelled"]


async def test_a_parcel_on_its_way_cannot_be_cancelled(rig, request_):
    booking = await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(hours=13))
    with pytest.raises(Rejected):
        await rig.connector.cancel_booking(cancellation(booking), "k2")
