"""USPS: a label is bought with a token for the payment; the same key and body give the same label."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import quote as escaped
from uuid import UUID

from connectors.carriers.usps.refusals import NO_NEWS, name_refusal
from connectors.carriers.usps.settings import UspsSettings
from connectors.kit import (
    AuthenticationFailed,
    BooksIdempotently,
    CancelsBookings,
    Delivery,
    OutcomeUnknown,
    Outside,
    PlatformClient,
    QuotesRates,
    Rejected,
    TracksParcels,
)
from connectors.kit.client_credentials import ClientCredentials
from connectors.kit.json_api import JsonApi
from connectors.kit.settings import terms_of
from connectors.kit.tracking import news_of
from connectors.kit.translation import expressing, reading
from mappings.canonical import Booking, BookingCancellation, Parcel, RateQuote, ShipmentRequest
from mappings.carriers.usps import booking, tracking
from mappings.documents import decode
from mappings.errors import MappingError

T = TypeVar("T")

SPECIMEN = "9400100208303109505688"
"""A number of the right form: whoever may track is told something about it, or that there is nothing."""

PAYMENT_LASTS = timedelta(hours=1)
IN_JSON = "application/vnd.usps.labels+json"


class UspsConnector(BooksIdempotently, QuotesRates, CancelsBookings, TracksParcels):
    """Mailing dates are those of UTC, which are never behind the day in the United States."""

    def __init__(self, settings: UspsSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: UspsSettings = settings
        self._terms = terms_of(settings, booking.Terms)
        url, secret = settings.api_url.rstrip("/"), settings.client_secret.get_secret_value()
        access = ClientCredentials(outside, f"{url}/oauth2/v3/token", settings.client_id, secret)
        self._api = JsonApi(PlatformClient(outside, classify=name_refusal), url, auth=access)
        self._payment: tuple[datetime, str] | None = None

    async def check(self) -> None:
        await self._news_of(Parcel(carrier="usps", tracking_number=SPECIMEN))

    async def quote(self, request: ShipmentRequest) -> Sequence[RateQuote]:
        with expressing("USPS"):
            body = booking.rate_body(request, self._terms, self.outside.now().date())
        rates = await self._api.ask(booking.Rates, "POST", "/prices/v3/total-rates/search", body)
        with reading("the price list"):
            return booking.quotes(rates)

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        with expressing("USPS"):
            body = booking.label_body(request, self._terms, self.outside.now().date())
        headers = {"accept": IN_JSON, "x-idempotency-key": _uuid_of(request.reference)}
        label = await self._paid(booking.Label, "POST", "/labels/v3/label", body, headers)
        try:
            return booking.booking_of(label, request, self._terms)
        except MappingError as error:
            raise OutcomeUnknown(f"the label is not in the agreed shape: {error}") from None

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        path = f"/labels/v3/label/{escaped(cancellation.tracking_number, safe='')}"
        try:
            answer = await self._paid(booking.Cancelled, "DELETE", path)
        except Rejected as refusal:
            if refusal.already_done:
                return
            raise
        if answer.status not in booking.TAKEN_BACK:
            raise Rejected(f"the label was not cancelled ({answer.status[:40]})")

    async def _paid(
        self,
        shape: type[T],
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
    ) -> T:
        """What costs money names who pays; a payment token that is refused is forgotten."""
        proof = {"x-payment-authorization-token": await self._payment_token()}
        try:
            return await self._api.ask(
                shape, method, path, body, write=True, headers={**proof, **(headers or {})}
            )
        except AuthenticationFailed:
            self._payment = None
            raise

    async def _payment_token(self) -> str:
        now = self.outside.now()
        if self._payment is None or self._payment[0] <= now:
            path, body = "/payments/v3/payment-authorization", booking.payment_body(self._terms)
            made = await self._api.ask(booking.Payment, "POST", path, body)
            self._payment = (now + PAYMENT_LASTS, made.payment_authorization_token)
        return self._payment[1]

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        news = [await self._news_of(parcel) for parcel in parcels]
        return [delivery for delivery in news if delivery is not None]

    async def _news_of(self, parcel: Parcel) -> Delivery | None:
        path = f"/tracking/v3/tracking/{escaped(parcel.tracking_number, safe='')}"
        try:
            document = await self._api.send("GET", path, params={"expand": "DETAIL"})
        except Rejected as refusal:
            if refusal.code in NO_NEWS:
                return None
            raise
        with reading("the tracking answer"):
            decode(document, tracking.Answer)
        return news_of(parcel, [document], tracking.read_tracking)


def _uuid_of(reference: str) -> str:
    """USPS wants a random UUID that is the same in every repetition: drawn from the reference."""
    return str(UUID(bytes=hashlib.sha256(reference.encode()).digest()[:16], version=4))
