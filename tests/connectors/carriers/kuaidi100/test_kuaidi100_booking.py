"""E-waybills on the Kuaidi100 twin."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from connectors.kit import Misconfigured, OutcomeUnknown, Rejected, Unsupported
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


async def test_a_request_is_booked_with_the_configured_company(rig, request_):
    booking = await rig.connector.book(request_, "k")
    assert (booking.reference, booking.carrier) == ("R-1", "yto")
    assert booking.tracking_number.startswith("YT")
    assert booking.label_url


async def test_an_unknown_outcome_is_simply_repeated(rig, request_):
    rig.twin.faults.forced.append(Fault.TIMEOUT_AFTER)
    with pytest.raises(OutcomeUnknown):
        await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(hours=47))
    await rig.connect().book(request_, "k")
    assert booked(rig.twin) == ["R-1"]


async def test_the_platform_forgets_a_reference_after_two_days(rig, request_):
    await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(hours=48))
    await rig.connector.book(request_, "k")
    assert booked(rig.twin) == ["R-1", "R-1"]


async def test_a_masked_recipient_is_booked_through_its_token(rig, request_):
    masked = replace(
        request_.recipient, name="王**", masked=True, receiver_token="OAID", token_platform="taobao"
    )
    await rig.connector.book(replace(request_, recipient=masked), "k")
    assert booked(rig.twin) == ["R-1"]
    assert rig.connector.accepts_tokens_of == {"taobao"}


async def test_another_platforms_token_is_unsupported_without_a_request(rig, request_):
    masked = replace(request_.recipient, masked=True, receiver_token="t", token_platform="pinduoduo")
    with pytest.raises(Unsupported):
        await rig.connector.book(replace(request_, recipient=masked), "k")
    assert not rig.twin.requests


@pytest.mark.parametrize("name", ["company", "partner_id"])
async def test_an_account_without_e_waybills_says_what_is_missing(rig, request_, name):
    rig.overrides[name] = ""
    with pytest.raises(Misconfigured) as caught:
        await rig.connect().book(request_, "k")
    assert caught.value.setting == name


async def test_a_company_that_is_not_offered_is_rejected(rig, request_):
    rig.overrides["company"] = "nobody"
    with pytest.raises(Rejected):
        await rig.connect().book(request_, "k")


async def test_several_parcels_get_child_numbers(rig, request_):
    booking = await rig.connector.book(replace(request_, parcels=3), "k")
    assert len({booking.tracking_number, *booking.sub_numbers}) == 3


async def test_cancelling_twice_is_done_once(rig, request_):
    booking = await rig.connector.book(request_, "k")
    await rig.connector.cancel_booking(cancellation(booking), "k2")
    await rig.connector.cancel_booking(cancellation(booking), "k2")
    assert [effect.kind for effect in rig.twin.effects] == ["booked", "cancelled"]
    assert rig.twin.parcels()[0].cancelled


async def test_a_parcel_on_its_way_cannot_be_cancelled(rig, request_):
    booking = await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(hours=13))
    with pytest.raises(Rejected):
        await rig.connector.cancel_booking(cancellation(booking), "k2")


async def test_an_unknown_waybill_cannot_be_cancelled(rig):
    unknown = BookingCancellation(reference="R-9", carrier="yto", tracking_number="YT9")
    with pytest.raises(Rejected):
        await rig.connector.cancel_booking(unknown, "k")
