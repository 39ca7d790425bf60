"""FedEx: a shipment is made with its label in one call; what got no answer is found under our reference."""

from collections.abc import Sequence

from connectors.carriers.fedex.refusals import name_refusal
from connectors.carriers.fedex.settings import FedExSettings
from connectors.kit import (
    CancelsBookings,
    Delivery,
    FindsBookings,
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
from mappings.carriers.fedex import booking, tracking
from mappings.errors import MappingError

SPECIMEN = Parcel(carrier="fedex", tracking_number="128667043726")
"""The number in FedEx's own examples: who may track is told of it, or that there is nothing."""


class FedExConnector(FindsBookings, QuotesRates, CancelsBookings, TracksParcels):
    """Tracking may be another project of the developer portal, with another token."""

    track_batch = 30

    def __init__(self, settings: FedExSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: FedExSettings = settings
        self._terms = terms_of(settings, booking.Terms)
        secret = settings.client_secret.get_secret_value()
        self._api = self._project(settings.client_id, secret)
        self._tracks = self._api
        if settings.track_client_id:
            secret = settings.track_client_secret.get_secret_value()
            self._tracks = self._project(settings.track_client_id, secret, slot="track_")

    def _project(self, client_id: str, secret: str, slot: str = "") -> JsonApi:
        url = self.settings.api_url.rstrip("/")
        access = ClientCredentials(self.outside, f"{url}/oauth/token", client_id, secret, slot=slot)
        client = PlatformClient(self.outside, classify=name_refusal)
        return JsonApi(client, url, headers={"x-locale": "en_US"}, auth=access)

    async def check(self) -> None:
        """Both projects: a request for the price of nothing is refused only to those who are known."""
        await self._found("trackingnumbers", tracking.numbers_body([SPECIMEN]))
        try:
            await self._api.ask(booking.Rates, "POST", "/rate/v1/rates/quotes", {})
        except Rejected:
            return

    async def quote(self, request: ShipmentRequest) -> Sequence[RateQuote]:
        with expressing("FedEx"):
            body = booking.rate_body(request, self._terms)
        rates = await self._api.ask(booking.Rates, "POST", "/rate/v1/rates/quotes", body)
        with reading("the price list"):
            return booking.quotes(rates)

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        with expressing("FedEx"):
            body = booking.ship_body(request, self._terms)
        shipped = await self._api.ask(booking.Shipped, "POST", "/ship/v1/shipments", body, write=True)
        try:
            return booking.booking_of(shipped, request)
        except MappingError as error:
            raise OutcomeUnknown(f"the shipment is not in the agreed shape: {error}") from None

    async def find_booking(self, request: ShipmentRequest) -> Booking | None:
        """Cancelled shipments are found under their reference too, and are none."""
        account, now = self.settings.account_number, self.outside.now()
        body = tracking.reference_body(request.reference, account, now)
        for document in await self._found("referencenumbers", body):
            with reading("what is known of the reference"):
                (report,) = tracking.read_tracking(document)
            if report.events and not tracking.is_cancelled(report):
                service = request.service or self.settings.service
                return booking.found_booking(report.tracking_number, service, request.reference)
        return None

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        """A refusal may mean that it was cancelled before: tracking tells."""
        body = booking.cancel_body(cancellation, self._terms)
        path = "/ship/v1/shipments/cancel"
        try:
            answer = await self._api.ask(booking.Cancelled, "PUT", path, body, write=True)
            if not answer.output.cancelled_shipment:
                raise Rejected("the shipment was not cancelled")
        except Rejected:
            if not await self._is_cancelled(cancellation.tracking_number):
                raise

    async def _is_cancelled(self, number: str) -> bool:
        parcel = Parcel(carrier="fedex", tracking_number=number)
        documents = await self._found("trackingnumbers", tracking.numbers_body([parcel]))
        with reading("the tracking answer"):
            reports = [report for document in documents for report in tracking.read_tracking(document)]
        return any(tracking.is_cancelled(it) for it in reports)

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        documents = await self._found("trackingnumbers", tracking.numbers_body(parcels))
        news = [news_of(parcel, documents, tracking.read_tracking) for parcel in parcels]
        return [delivery for delivery in news if delivery is not None]

    async def _found(self, by: str, body: dict[str, object]) -> Sequence[bytes]:
        answer = await self._tracks.ask(tracking.Answer, "POST", f"/track/v1/{by}", body)
        return answer.documents
