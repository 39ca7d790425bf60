"""DHL Express: a shipment is made with its label in one call; it cannot be cancelled, and unused is free."""

from collections.abc import Mapping, Sequence

from connectors.carriers.dhl_express.access import DhlExpressAccess
from connectors.carriers.dhl_express.settings import DhlExpressSettings
from connectors.kit import (
    Delivery,
    FindsBookings,
    OutcomeUnknown,
    Outside,
    PlatformClient,
    QuotesRates,
    Rejected,
    TracksParcels,
)
from connectors.kit.json_api import JsonApi
from connectors.kit.problems import NOT_FOUND, classify_problem
from connectors.kit.settings import terms_of
from connectors.kit.tracking import news_of
from connectors.kit.translation import expressing, reading
from mappings.canonical import Booking, Parcel, RateQuote, ShipmentRequest
from mappings.carriers.dhl_express import booking, tracking
from mappings.errors import MappingError

SPECIMEN = "9356579890"
"""The number in DHL's own examples."""


class DhlExpressConnector(FindsBookings, QuotesRates, TracksParcels):
    """MyDHL API has no cancellation of shipments, so none is promised."""

    track_batch = 50

    def __init__(self, settings: DhlExpressSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: DhlExpressSettings = settings
        self._terms = terms_of(settings, booking.Terms)
        client = PlatformClient(outside, classify=classify_problem)
        self._api = JsonApi(client, settings.api_url, auth=DhlExpressAccess(settings, outside))

    async def check(self) -> None:
        await self._found({"shipmentTrackingNumber": SPECIMEN})

    async def quote(self, request: ShipmentRequest) -> Sequence[RateQuote]:
        with expressing("DHL Express"):
            params = booking.rate_query(request, self._terms, self.outside.now())
        rates = await self._api.ask(booking.Rates, "GET", "/rates", params=params)
        with reading("the price list"):
            return booking.quotes(rates)

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        with expressing("DHL Express"):
            body = booking.ship_body(request, self._terms, self.outside.now())
        shipped = await self._api.ask(booking.Shipped, "POST", "/shipments", body, write=True)
        try:
            return booking.booking_of(shipped, request, self._terms)
        except MappingError as error:
            raise OutcomeUnknown(f"the shipment is not in the agreed shape: {error}") from None

    async def find_booking(self, request: ShipmentRequest) -> Booking | None:
        account, now = self.settings.account_number, self.outside.now()
        documents = await self._found(booking.reference_query(request.reference, account, now))
        with reading("what is known of the reference"):
            number = next(tracking.numbers_under(request.reference, documents), None)
        return booking.found_booking(number, request, self._terms) if number else None

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        numbers = ",".join(parcel.tracking_number for parcel in parcels)
        documents = await self._found({"shipmentTrackingNumber": numbers})
        news = [news_of(parcel, documents, tracking.read_tracking) for parcel in parcels]
        return [delivery for delivery in news if delivery is not None]

    async def _found(self, query: Mapping[str, str]) -> Sequence[bytes]:
        params = {**query, "trackingView": "all-checkpoints", "levelOfDetail": "shipment"}
        try:
            found = await self._api.ask(tracking.Found, "GET", "/tracking", params=params)
        except Rejected as refusal:
            if refusal.code == NOT_FOUND:
                return ()
            raise
        return found.documents
