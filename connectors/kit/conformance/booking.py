"""Asking a carrier: booked once, found again, taken back, followed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

import msgspec

from connectors.kit.capabilities import (
    BooksIdempotently,
    BooksShipments,
    CancelsBookings,
    FindsBookings,
    QuotesRates,
    SubscribesTracking,
)
from connectors.kit.conformance.breaks import (
    Task,
    caught,
    happens_once_whatever_breaks,
    said,
    unanswered_is_unknown,
)
from connectors.kit.conformance.checks import Bench, Checks, Finding, NotApplicable, require
from connectors.kit.conformance.rig import Rig
from connectors.kit.conformance.world import request_for
from connectors.kit.errors import Rejected, Unsupported
from connectors.kit.twin import CarriedParcel, CarrierTwin
from mappings.canonical import Booking, BookingCancellation, Parcel

CHECKS = Checks("booking")

CALLBACK = "https://hub.example/webhooks/connection-1"


def _carried(rig: Rig, reference: str) -> list[CarriedParcel]:
    return [it for it in cast(CarrierTwin, rig.twin).parcels() if it.reference == reference]


def _booker(rig: Rig) -> BooksShipments:
    return cast(BooksShipments, rig.connect())


async def some_parcels(bench: Bench, rig: Rig, count: int = 2) -> Sequence[Parcel]:
    """Parcels that the carrier knows: booked now, or those that the bench names."""
    if not bench.declares(BooksShipments):
        if not bench.parcels:
            raise Finding("this carrier books nothing: name `parcels` that its twin follows")
        return bench.parcels
    booked = [await _booker(rig).book(request_for(bench, f"P-{it}"), f"key-{it}") for it in range(count)]
    return [parcel_of(booking, bench) for booking in booked]


async def followed_parcels(bench: Bench, rig: Rig, callback: str = CALLBACK) -> Sequence[Parcel]:
    """Parcels that the connector asked the carrier to report on, where it must ask."""
    parcels = await some_parcels(bench, rig)
    if isinstance(rig.connector, SubscribesTracking):
        for parcel in parcels:
            await rig.connector.subscribe(parcel, callback, f"key-{parcel.tracking_number}")
    return parcels


def parcel_of(booking: Booking, bench: Bench) -> Parcel:
    """The parcel to follow after a booking."""
    return Parcel(
        carrier=booking.carrier,
        tracking_number=booking.tracking_number,
        reference=booking.reference,
        telephone_tail=bench.ship_to.telephone[-4:],
    )


@CHECKS.add(BooksShipments)
async def parcel_is_booked(bench: Bench) -> None:
    """One request, one parcel, under our reference, with a number that is the carrier's."""
    rig = bench.rig()
    booking = await _booker(rig).book(request_for(bench), "key-1")
    require(booking.reference == "R-1", "the booking has another reference than the request")
    require(bool(booking.carrier), "the booking names no carrier")
    numbers = [it.tracking_number for it in _carried(rig, "R-1")]
    require(numbers == [booking.tracking_number], f"booked {numbers}, told {booking.tracking_number}")


@CHECKS.add(BooksShipments)
async def two_references_are_two_parcels(bench: Bench) -> None:
    """Equal contents are not the same parcel."""
    rig = bench.rig()
    booker = _booker(rig)
    numbers = {(await booker.book(request_for(bench, it), it)).tracking_number for it in ("R-1", "R-2")}
    require(len(numbers) == 2, "two requests got one number")


@CHECKS.add(BooksIdempotently)
async def same_reference_is_one_parcel(bench: Bench) -> None:
    """Booking again, at once or after a restart, gives the first booking."""
    rig = bench.rig()
    booker = _booker(rig)
    first = await booker.book(request_for(bench), "key-1")
    for again in (booker, _booker(rig)):
        repeated = await again.book(request_for(bench), "key-1")
        same = repeated.tracking_number == first.tracking_number
        require(same, "booking the same reference again gave another number")
    count = len(_carried(rig, "R-1"))
    require(count == 1, f"one reference was booked {count} times")


@CHECKS.add(FindsBookings)
async def booking_is_found(bench: Bench) -> None:
    """Null before; after `read_back_after` the same booking, asked anew, under its reference only."""
    rig = bench.rig()
    finder = cast(FindsBookings, rig.connect())
    require(await finder.find_booking(request_for(bench)) is None, "a booking was found before it was made")
    made = await finder.book(request_for(bench), "key-1")
    rig.clock.advance(bench.plugin.read_back_after)
    found = await cast(FindsBookings, rig.connect()).find_booking(request_for(bench))
    require(found is not None, "a booking is not found after `read_back_after`")
    same = found is not None and found.tracking_number == made.tracking_number
    require(same, "another booking was found than the one that was made")
    other = await finder.find_booking(request_for(bench, "R-2"))
    require(other is None, "a booking was found under a reference that was never booked")


async def _booking(bench: Bench) -> Task:
    rig = bench.rig()
    request = request_for(bench)

    async def was_done() -> bool:
        return await cast(FindsBookings, rig.connect()).find_booking(request) is not None

    return Task(
        rig=rig,
        act=lambda: _booker(rig).book(request, "key-1"),
        was_done=was_done if bench.declares(FindsBookings) else None,
        repeatable=bench.declares(BooksIdempotently),
    )


@CHECKS.add(BooksShipments)
async def booked_once_whatever_breaks(bench: Bench) -> None:
    """Interrupted at any request, in any way, and settled as the hub does: booked exactly once."""
    await happens_once_whatever_breaks(bench, _booking)


@CHECKS.add(BooksShipments)
async def unanswered_booking_is_unknown(bench: Bench) -> None:
    """The booking itself without a readable answer is `OutcomeUnknown`."""
    await unanswered_is_unknown(bench, _booking)


@CHECKS.add(BooksShipments)
async def masked_receiver_needs_a_token(bench: Bench) -> None:
    """A masked receiver is booked only with a token of a platform that this carrier can resolve."""
    accepted = sorted(cast(type[BooksShipments], bench.plugin.connector).accepts_tokens_of)
    foreign = await _booked_masked(bench, "no-such-platform", "token-1")
    require(not foreign, "a masked receiver was booked with a token that this carrier cannot resolve")
    require(not await _booked_masked(bench, "", ""), "a masked receiver was booked without any token")
    for platform in accepted:
        require(await _booked_masked(bench, platform, "token-1"), f"a token of {platform} is not taken")


async def _booked_masked(bench: Bench, platform: str, token: str) -> bool:
    rig = bench.rig()
    masked = msgspec.structs.replace(
        bench.ship_to,
        name="林**",
        telephone="138****8000",
        street=("科技园路****",),
        masked=True,
        receiver_token=token,
        token_platform=platform,
    )
    request = request_for(bench, recipient=masked, platform=platform, platform_order_id="O-1")
    error = await caught(_booker(rig).book, request, "key-1")
    named = error is None or isinstance(error, Rejected | Unsupported)
    require(named, f"a masked receiver: {said(error)}")
    booked = bool(_carried(rig, "R-1"))
    require(booked == (error is None), "the answer about a masked receiver is not what happened")
    return booked


@CHECKS.add(QuotesRates)
async def quotes_are_prices_only(bench: Bench) -> None:
    """Prices above nothing, cheapest first; asking books nothing, and a quoted service can be booked."""
    rig = bench.rig()
    quotes = await cast(QuotesRates, rig.connect()).quote(request_for(bench))
    require(bool(quotes), "nobody would carry an ordinary shipment")
    amounts = [it.price.amount for it in quotes]
    require(amounts == sorted(amounts) and amounts[0] > 0, "prices above nothing, cheapest first")
    require(all(len(it.price.currency) == 3 and it.carrier for it in quotes), "no currency, or no carrier")
    require(not rig.twin.effects, "asking for prices did something at the carrier")
    if bench.declares(BooksShipments):
        dearest = request_for(bench, service=quotes[-1].service)
        booking = await _booker(rig).book(dearest, "key-1")
        require(booking.service == quotes[-1].service, "another service was booked than was quoted")


async def _booked(bench: Bench) -> tuple[Rig, BookingCancellation]:
    if not bench.declares(BooksShipments):
        raise NotApplicable("this carrier books nothing that could be taken back")
    rig = bench.rig()
    booking = await _booker(rig).book(request_for(bench), "key-1")
    return rig, BookingCancellation(
        reference="R-1",
        carrier=booking.carrier,
        tracking_number=booking.tracking_number,
        carrier_order_id=booking.carrier_order_id,
        reason="the buyer changed their mind",
    )


def _canceller(rig: Rig) -> CancelsBookings:
    return cast(CancelsBookings, rig.connect())


@CHECKS.add(CancelsBookings)
async def booking_is_taken_back(bench: Bench) -> None:
    """Cancelled at the carrier; cancelled again counts as done."""
    rig, cancellation = await _booked(bench)
    for _ in range(2):
        await _canceller(rig).cancel_booking(cancellation, "key-2")
        require(all(it.cancelled for it in _carried(rig, "R-1")), "the carrier still carries the parcel")
        rig.clock.advance(timedelta(minutes=1))


@CHECKS.add(CancelsBookings)
async def unknown_booking_cannot_be_taken_back(bench: Bench) -> None:
    """A booking that the carrier does not know is `Rejected`, and no other parcel suffers."""
    rig, cancellation = await _booked(bench)
    unknown = msgspec.structs.replace(
        cancellation, reference="R-9", tracking_number="SF0000000000000", carrier_order_id="none"
    )
    error = await caught(_canceller(rig).cancel_booking, unknown, "key-2")
    named = isinstance(error, Rejected)
    require(named, f"an unknown booking must be `Rejected`, not {said(error)}")
    require(not any(it.cancelled for it in _carried(rig, "R-1")), "another booking was cancelled")


@CHECKS.add(CancelsBookings)
async def parcel_on_its_way_stays(bench: Bench) -> None:
    """Too late is `Rejected`; and «done» is said only of what the carrier really took back."""
    rig, cancellation = await _booked(bench)
    cast(CarrierTwin, rig.twin).advance()
    rig.clock.advance(timedelta(days=2))
    cast(CarrierTwin, rig.twin).advance()
    error = await caught(_canceller(rig).cancel_booking, cancellation, "key-2")
    (parcel,) = _carried(rig, "R-1")
    if error is None:
        require(parcel.cancelled, "«cancelled» was said of a parcel that is on its way")
    else:
        named = isinstance(error, Rejected)
        require(named, f"too late must be `Rejected`, not {said(error)}")


@CHECKS.add(CancelsBookings)
async def taken_back_whatever_breaks(bench: Bench) -> None:
    """Interrupted at any request, in any way, and repeated: cancelled."""

    async def prepare(_: Bench) -> Task:
        rig, cancellation = await _booked(bench)
        act = lambda: _canceller(rig).cancel_booking(cancellation, "key-2")  # noqa: E731 - a task is a closure
        return Task(rig=rig, act=act, repeatable=True, absolute=True)

    await happens_once_whatever_breaks(bench, prepare)


@CHECKS.add(SubscribesTracking)
async def subscribing_twice_counts_as_done(bench: Bench) -> None:
    """The same parcel again, in the same process or after a restart, is no error."""
    rig = bench.rig()
    for parcel in await some_parcels(bench, rig):
        for _ in range(2):
            await cast(SubscribesTracking, rig.connect()).subscribe(parcel, CALLBACK, "key-1")
            rig.clock.advance(timedelta(minutes=1))


@CHECKS.add(SubscribesTracking)
async def subscribed_whatever_breaks(bench: Bench) -> None:
    """Interrupted at any request, in any way, and repeated: subscribed."""

    async def prepare(_: Bench) -> Task:
        rig = bench.rig()
        parcel = (await some_parcels(bench, rig, 1))[0]
        act = lambda: cast(SubscribesTracking, rig.connect()).subscribe(parcel, CALLBACK, "key-1")  # noqa: E731 - a task is a closure
        return Task(rig=rig, act=act, repeatable=True, absolute=True)

    await happens_once_whatever_breaks(bench, prepare)
