"""Carriers that book twice, cancel in words only, or follow the wrong parcel."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

import msgspec
from orderhub_swift.connector import SwiftConnector

from broken.planted import in_swift
from connectors.kit import BooksIdempotently, Delivery, OutcomeUnknown, Rejected, Transient
from mappings.canonical import Booking, BookingCancellation, Parcel, RateQuote, ShipmentRequest

_changed = msgspec.structs.replace


class SaysIdempotent(SwiftConnector, BooksIdempotently):
    """says that a reference can be repeated, which the carrier does not know"""


class RepeatsBookings(SwiftConnector):
    """sends a booking as a read, so that it is repeated in place"""

    async def _ask(self, *given: Any, write: bool = False, **request: Any) -> Any:
        return await super()._ask(*given, write=False, **request)


class CallsUnknownTransient(SwiftConnector):
    """says «again soon» of a booking without an answer"""

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        try:
            return await super().book(request, key)
        except OutcomeUnknown as error:
            raise Transient(str(error)) from None


class OneForAll(SwiftConnector):
    """takes equal contents for the same parcel"""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._made: Booking | None = None

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        self._made = self._made or await super().book(request, key)
        return self._made


class LosesTheNumber(SwiftConnector):
    """gives the carrier's order id as tracking number"""

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        made = await super().book(request, key)
        return _changed(made, tracking_number=made.carrier_order_id)


class FindsAnything(SwiftConnector):
    """finds the first booking, whoever's it is"""

    async def find_booking(self, request: ShipmentRequest) -> Booking | None:
        return await super().find_booking(_changed(request, reference="R-1"))


class AsksDearly(SwiftConnector):
    """books to learn the price"""

    async def quote(self, request: ShipmentRequest) -> Sequence[RateQuote]:
        await self.book(request, "price")
        return await super().quote(request)


class ShipsStars(SwiftConnector):
    """prints a masked receiver as it is"""

    accepts_tokens_of: ClassVar[frozenset[str]] = frozenset()

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        recipient = _changed(request.recipient, masked=False)
        return await super().book(_changed(request, recipient=recipient), key)


class CancelsInWords(SwiftConnector):
    """calls a refused cancellation done"""

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        try:
            await super().cancel_booking(cancellation, key)
        except Rejected:
            return


class CancelsOnce(SwiftConnector):
    """does not know a cancelled booking again"""

    _cancelled: ClassVar[set[int]] = set()

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        if id(self.outside.credentials) in self._cancelled:
            raise Rejected("already cancelled")
        await super().cancel_booking(cancellation, key)
        self._cancelled.add(id(self.outside.credentials))


class GivesUpCancelling(SwiftConnector):
    """calls a cancellation done whose outcome is unknown"""

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        try:
            await super().cancel_booking(cancellation, key)
        except (OutcomeUnknown, Transient):
            return


class NamesReports(SwiftConnector):
    """delivers reports under a name of its own"""

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        return [_changed(it, external_id=f"swift:{it.external_id}") for it in await super().track(parcels)]


class SubscribesOnce(SwiftConnector):
    """fails when a parcel is subscribed already"""

    _known: ClassVar[set[tuple[int, str]]] = set()

    async def subscribe(self, parcel: Parcel, callback_url: str, key: str) -> None:
        parcel_here = (id(self.outside.credentials), parcel.tracking_number)
        if parcel_here in self._known:
            raise Rejected("subscribed already")
        self._known.add(parcel_here)
        await super().subscribe(parcel, callback_url, key)


class GivesUpSubscribing(SwiftConnector):
    """calls a subscription done whose outcome is unknown"""

    async def subscribe(self, parcel: Parcel, callback_url: str, key: str) -> None:
        try:
            await super().subscribe(parcel, callback_url, key)
        except (OutcomeUnknown, Transient):
            return


CARRIER_FAULTS = (
    in_swift("booking.same_reference_is_one_parcel", connector=SaysIdempotent),
    in_swift("booking.booked_once_whatever_breaks", connector=RepeatsBookings),
    in_swift("booking.unanswered_booking_is_unknown", connector=CallsUnknownTransient),
    in_swift("booking.two_references_are_two_parcels", connector=OneForAll),
    in_swift("booking.parcel_is_booked", connector=LosesTheNumber),
    in_swift("booking.booking_is_found", connector=FindsAnything),
    in_swift(
        "booking.booking_is_found",
        read_back_after=timedelta(seconds=1),
        fault="reads back before the carrier shows anything",
    ),
    in_swift("booking.quotes_are_prices_only", connector=AsksDearly),
    in_swift("booking.masked_receiver_needs_a_token", connector=ShipsStars),
    in_swift("booking.parcel_on_its_way_stays", connector=CancelsInWords),
    in_swift("booking.unknown_booking_cannot_be_taken_back", connector=CancelsInWords),
    in_swift("booking.booking_is_taken_back", connector=CancelsOnce),
    in_swift("booking.taken_back_whatever_breaks", connector=GivesUpCancelling),
    in_swift("tracking.reports_are_delivered_under_their_number", connector=NamesReports),
    in_swift("booking.subscribing_twice_counts_as_done", connector=SubscribesOnce),
    in_swift("booking.subscribed_whatever_breaks", connector=GivesUpSubscribing),
)
