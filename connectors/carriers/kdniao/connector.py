"""Kdniao: many carriers behind one account; the request type says what is asked."""

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import unquote

from connectors.carriers.kdniao.settings import KdniaoSettings
from connectors.carriers.kdniao.signing import data_sign
from connectors.kit import (
    BooksIdempotently,
    CancelsBookings,
    Delivery,
    InvalidSignature,
    Outside,
    PlatformClient,
    Receipt,
    ReceivesWebhooks,
    Rejected,
    SubscribesTracking,
    TracksParcels,
    WebhookReply,
    WebhookRequest,
)
from connectors.kit.refusals import classify_answer, credentials, fine, throttled
from connectors.kit.settings import terms_of
from connectors.kit.signing import same
from connectors.kit.tracking import track_each, tracking_receipt
from connectors.kit.translation import expressing, reading
from mappings.canonical import Booking, BookingCancellation, Parcel, ShipmentRequest
from mappings.carriers.kdniao import booking, tracking
from mappings.carriers.kdniao.answer import read_answer
from mappings.china import beijing_text
from mappings.documents import form_fields, json_text
from mappings.errors import MappingError

REFUSALS = {
    "102": credentials("the signature is wrong; enter user id and API key again"),
    "104": credentials("the account is unknown or has no right to this interface"),
    "405": throttled,
}
"""`ResultCode`; source: bububa/kdniao, read 2026-11-24."""

BOOKED_BEFORE = "106"
"""A repeated `OrderCode`; the answer tells the first waybill (*unverified*)."""

CANCELLED_BEFORE = "已取消"
"""How a repeated cancellation is told from a refused one: by the vendor's words (*unverified*)."""


class KdniaoConnector(
    BooksIdempotently, CancelsBookings, TracksParcels, SubscribesTracking, ReceivesWebhooks
):
    """`OrderCode` is booked once: a repetition gives the first waybill."""

    track_batch = 1

    def __init__(self, settings: KdniaoSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: KdniaoSettings = settings
        known_before, gone_before = {**REFUSALS, BOOKED_BEFORE: fine}, {CANCELLED_BEFORE: fine}
        self._client = PlatformClient(outside, classify=classify_answer(read_answer, REFUSALS))
        self._bookings = PlatformClient(outside, classify=classify_answer(read_answer, known_before))
        self._cancellations = PlatformClient(
            outside, classify=classify_answer(read_answer, REFUSALS, gone_before)
        )

    async def check(self) -> None:
        """Ask for a number that does not exist, which is free: any business answer proves the credentials."""
        with suppress(Rejected):
            await self._track(Parcel(carrier="yto", tracking_number="ORDERHUBCHECK"))

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        terms = self._terms()
        with expressing("Kdniao"):
            form = self._form("1007", booking.order(request, terms))
        answer = await self._bookings.send("POST", self.settings.waybill_url, write=True, data=form)
        with reading("the booking"):
            return booking.read_booking(answer.content, request.reference, terms)

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        form = self._form("1147", booking.cancellation(cancellation, self._terms()))
        await self._cancellations.send("POST", self.settings.waybill_url, write=True, data=form)

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        return await track_each(parcels, self._track, tracking.read_tracking)

    async def _track(self, parcel: Parcel) -> bytes:
        return await self._ask("8001", tracking.query(parcel))

    async def subscribe(self, parcel: Parcel, callback_url: str, key: str) -> None:
        """Pushes go to the address in the vendor's console. Sent like a read: repeating it is harmless."""
        await self._ask("8008", tracking.subscription(parcel))

    def receive(self, request: WebhookRequest) -> Receipt:
        data = self._verified(request).encode()
        return tracking_receipt(data, tracking.read_tracking, self._acknowledgement())

    def _verified(self, request: WebhookRequest) -> str:
        """`RequestData`, the signed part. Some pushes arrive encoded once more than the form needs."""
        try:
            form = form_fields(request.body)
            data = _unquoted(form.get("RequestData", ""), if_it_begins_with="%7B")
            sign = _unquoted(form.get("DataSign", ""))
        except (MappingError, UnicodeDecodeError):
            raise InvalidSignature("nothing in an unreadable form can be verified") from None
        if not same(data_sign(data, self.settings.app_key.get_secret_value()), sign):
            raise InvalidSignature("the push has no valid DataSign")
        return data

    def _acknowledgement(self) -> WebhookReply:
        """Anything else makes Kdniao push again."""
        words = {
            "EBusinessID": self.settings.user_id,
            "UpdateTime": beijing_text(self.outside.now()),
            "Success": True,
            "Reason": "",
        }
        return WebhookReply(body=json_text(words).encode(), content_type="application/json")

    async def _ask(self, request_type: str, data: str) -> bytes:
        form = self._form(request_type, data)
        response = await self._client.send("POST", self.settings.tracking_url, write=False, data=form)
        return response.content

    def _form(self, request_type: str, data: str) -> dict[str, str]:
        return {
            "EBusinessID": self.settings.user_id,
            "RequestType": request_type,
            "RequestData": data,
            "DataSign": data_sign(data, self.settings.app_key.get_secret_value()),
            "DataType": "2",
        }

    def _terms(self) -> booking.Terms:
        return terms_of(self.settings, booking.Terms, needs=("company",))


def _unquoted(text: str, if_it_begins_with: str = "") -> str:
    return unquote(text, errors="strict") if text.startswith(if_it_begins_with) else text
