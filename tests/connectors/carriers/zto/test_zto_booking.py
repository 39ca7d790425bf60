"""Booking, pricing and cancelling on the ZTO twin."""

from datetime import timedelta
from decimal import Decimal

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from connectors.carriers.zto.connector import REFUSALS
from connectors.kit import (
    AuthenticationFailed,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Transient,
    UnexpectedPayload,
    Unsupported,
)
from connectors.kit.refusals import classify_answer
from connectors.kit.twin import Fault
from mappings.canonical import BookingCancellation
from mappings.carriers.zto.answer import read_answer


def cancellation(booking, **changes):
    usual = {
        "reference": booking.reference,
        "carrier": booking.carrier,
        "tracking_number": booking.tracking_number,
        "carrier_order_id": booking.carrier_order_id,
    }
    return BookingCancellation(**{**usual, **changes})


async def test_a_request_is_booked_under_its_reference(rig, request_):
    booking = await rig.connector.book(request_, "k")
    assert (booking.reference, booking.carrier, booking.confirmed) == ("R-1", "zto", True)
    assert booking.tracking_number.startswith("73")
    assert booking.carrier_order_id


async def test_an_unknown_outcome_is_simply_repeated(rig, request_):
    rig.twin.faults.forced.append(Fault.TIMEOUT_AFTER)
    with pytest.raises(OutcomeUnknown):
        await rig.connector.book(request_, "k")
    await rig.connect().book(request_, "k")
    assert [effect.kind for effect in rig.twin.effects] == ["booked"]


async def test_an_order_of_another_is_never_taken_for_ours(rig, request_):
    await rig.connector.book(replace(request_, reference="R-2"), "k")
    rig.twin.by_reference["R-1"] = rig.twin.by_reference["R-2"]
    with pytest.raises(UnexpectedPayload):
        await rig.connector.book(request_, "k")


async def test_a_foreign_address_is_unsupported_without_a_request(rig, request_):
    abroad = replace(request_.recipient, country="US")
    with pytest.raises(Unsupported):
        await rig.connector.book(replace(request_, recipient=abroad), "k")
    assert not rig.twin.requests


async def test_a_wrong_account_names_its_setting(rig, request_):
    rig.overrides["account_id"] = "somebody"
    with pytest.raises(Misconfigured) as caught:
        await rig.connect().book(request_, "k")
    assert caught.value.setting == "account_id"


async def test_a_price_is_told_by_weight(rig, request_):
    (light,) = await rig.connector.quote(request_)
    (heavy,) = await rig.connector.quote(replace(request_, weight_grams=5000))
    assert (light.carrier, light.price.currency) == ("zto", "CNY")
    assert Decimal(0) < light.price.amount < heavy.price.amount


@pytest.mark.parametrize("changes", [{}, {"carrier_order_id": ""}])
async def test_cancelling_twice_is_done_once(rig, request_, changes):
    booking = await rig.connector.book(request_, "k")
    for _ in range(2):
        await rig.connector.cancel_booking(cancellation(booking, **changes), "k2")
    assert [effect.kind for effect in rig.twin.effects] == ["booked", "cancelled"]


async def test_a_standing_pick_up_cannot_be_cancelled_and_the_twin_agrees(rig, request_):
    rig.overrides["order_type"] = "1"
    booking = await rig.connect().book(request_, "k")
    with pytest.raises(Unsupported, match="keep the parcel back"):
        await rig.connect().cancel_booking(cancellation(booking), "k2")
    rig.overrides["order_type"] = "2"
    with pytest.raises(Rejected):
        await rig.connect().cancel_booking(cancellation(booking), "k2")


async def test_a_parcel_on_its_way_cannot_be_cancelled(rig, request_):
    booking = await rig.connector.book(request_, "k")
    rig.clock.advance(timedelta(hours=13))
    with pytest.raises(Rejected):
        await rig.connector.cancel_booking(cancellation(booking), "k2")


@pytest.mark.parametrize(
    ("code", "on_read", "on_write"),
    [
        ("S200", Transient, OutcomeUnknown),
        ("S202", Transient, OutcomeUnknown),
        ("S203", Transient, OutcomeUnknown),
        ("S206", RateLimited, RateLimited),
        ("S221", RateLimited, RateLimited),
        ("S207", Misconfigured, Misconfigured),
        ("S208", Rejected, Rejected),
        ("S210", AuthenticationFailed, AuthenticationFailed),
        ("S211", AuthenticationFailed, AuthenticationFailed),
        ("S212", Misconfigured, Misconfigured),
        ("E404", Misconfigured, Misconfigured),
        ("E409", Rejected, Rejected),
        ("E418", Misconfigured, Misconfigured),
        ("", Rejected, Rejected),
    ],
)
def test_each_refusal_has_its_name(code, on_read, on_write):
    answer = httpx.Response(200, json={"status": False, "statusCode": code, "message": "x", "result": None})
    classify = classify_answer(read_answer, REFUSALS)
    assert (type(classify(answer, False)), type(classify(answer, True))) == (on_read, on_write)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]", b"null"])
def test_an_unreadable_answer_says_nothing_about_a_write(body):
    classify = classify_answer(read_answer, REFUSALS)
    answer = httpx.Response(200, content=body)
    assert type(classify(answer, False)) is UnexpectedPayload
    assert type(classify(answer, True)) is OutcomeUnknown


async def test_the_twin_answers_an_order_like_the_genuine_answer(rig, request_, contracts):
    answers = []
    rig.wire.spoil = lambda number, answer: (answers.append(answer.json()), answer)[1]
    await rig.connector.book(request_, "k")
    genuine = (contracts / "zto" / "samples" / "create-order-response.json").read_bytes()
    expected = msgspec.json.decode(genuine)
    assert answers[0].keys() == expected.keys()
    assert answers[0]["statusCode"] == expected["statusCode"]
    assert answers[0]["result"].keys() == expected["result"].keys()
