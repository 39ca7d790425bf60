"""UPS: a shipment is made with its label in one call; what got no answer is found under our reference."""

from collections.abc import Sequence
from urllib.parse import quote as escaped

from connectors.carriers.ups.access import UpsAccess
from connectors.carriers.ups.refusals import NOTHING_KNOWN, TOO_LATE_OR_DONE, name_refusal
from connectors.carriers.ups.settings import UpsSettings
from connectors.kit import (
    CancelsBookings,
    Delivery,
    FindsBookings,
    InvalidSignature,
    OutcomeUnknown,
    Outside,
    PlatformClient,
    QuotesRates,
    Receipt,
    ReceivesWebhooks,
    Rejected,
    SubscribesTracking,
    TracksParcels,
    WebhookReply,
    WebhookRequest,
)
from connectors.kit.json_api import JsonApi
from connectors.kit.settings import terms_of
from connectors.kit.signing import same
from connectors.kit.tracking import news_of, tracking_receipt
from connectors.kit.translation import expressing, reading
from mappings.canonical import Booking, BookingCancellation, Parcel, RateQuote, ShipmentRequest
from mappings.carriers.ups import booking, tracking
from mappings.documents import decode
from mappings.errors import MappingError

SPECIMEN = "1Z999AA10123456784"
"""The number in UPS's own examples: who may track is told of it, or that there is nothing."""


class UpsConnector(
    FindsBookings,
    QuotesRates,
    CancelsBookings,
    TracksParcels,
    SubscribesTracking,
    ReceivesWebhooks,
):
    """Where UPS pushes to, and with which credential, is entered in its developer portal."""

    def __init__(self, settings: UpsSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: UpsSettings = settings
        self._terms = terms_of(settings, booking.Terms)
        client = PlatformClient(outside, classify=name_refusal)
        url = f"{settings.api_url.rstrip('/')}/api"
        self._api = JsonApi(client, url, auth=UpsAccess(settings, outside))

    async def check(self) -> None:
        await self._tracked(f"details/{SPECIMEN}")

    async def quote(self, request: ShipmentRequest) -> Sequence[RateQuote]:
        with expressing("UPS"):
            body = booking.rate_body(request, self._terms)
        params = {"additionalinfo": "timeintransit"}
        rates = await self._api.ask(booking.Rates, "POST", "/rating/v2409/Shop", body, params=params)
        with reading("the price list"):
            return booking.quotes(rates)

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        with expressing("UPS"):
            body = booking.ship_body(request, self._terms)
        path = "/shipments/v2409/ship"
        shipped = await self._api.ask(booking.Shipped, "POST", path, body, write=True)
        try:
            return booking.booking_of(shipped, request, self._terms)
        except MappingError as error:
            raise OutcomeUnknown(f"the shipment is not in the agreed shape: {error}") from None

    async def find_booking(self, request: ShipmentRequest) -> Booking | None:
        """Voided shipments are found under their reference too, and are none."""
        params = {"refNumType": "SmallPackage", "shipperNum": self.settings.shipper_number}
        path = f"reference/details/{escaped(request.reference, safe='')}"
        document = await self._tracked(path, params)
        with reading("what is known of the reference"):
            known = decode(document, tracking.Document) if document else tracking.Document()
            package = tracking.find_package(known, request.reference)
        if package is None or not package.tracking_number:
            return None
        body = booking.recovery_body(package.tracking_number, self._terms)
        label = await self._api.ask(booking.Recovered, "POST", "/labels/v1/recovery", body)
        return booking.found_booking(package.tracking_number, label, request, self._terms)

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        """One code says both «too late» and «voided already»: tracking tells which."""
        shipment = cancellation.carrier_order_id or cancellation.tracking_number
        path = f"/shipments/v2409/void/cancel/{escaped(shipment, safe='')}"
        try:
            voided = await self._api.ask(booking.Voided, "DELETE", path, write=True)
        except Rejected as refusal:
            if refusal.code == TOO_LATE_OR_DONE and await self._is_voided(cancellation.tracking_number):
                return
            raise
        if not voided.is_done:
            raise Rejected("the shipment was not voided")

    async def _is_voided(self, number: str) -> bool:
        document = await self._tracked(f"details/{escaped(number, safe='')}")
        if document is None:
            return False
        with reading("the tracking answer"):
            return any(it.is_voided for it in tracking.packages(decode(document, tracking.Document)))

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        news = [await self._news_of(parcel) for parcel in parcels]
        return [delivery for delivery in news if delivery is not None]

    async def _news_of(self, parcel: Parcel) -> Delivery | None:
        document = await self._tracked(f"details/{escaped(parcel.tracking_number, safe='')}")
        return news_of(parcel, [document] if document else [], tracking.read_tracking)

    async def _tracked(self, path: str, params: dict[str, str] | None = None) -> bytes | None:
        """Null where UPS knows nothing (yet)."""
        try:
            document = await self._api.send("GET", f"/track/v1/{path}", params=params)
        except Rejected as refusal:
            if refusal.code in NOTHING_KNOWN:
                return None
            raise
        with reading("the tracking answer"):
            decode(document, tracking.Document)
        return document

    async def subscribe(self, parcel: Parcel, callback_url: str, key: str) -> None:
        """Sent like a read: subscribing again prolongs the 14 days for which UPS pushes."""
        path, body = "/track/v2/subscription/standard/package", tracking.subscription(parcel)
        answer = await self._api.ask(tracking.Subscribed, "POST", path, body)
        if parcel.tracking_number not in (answer.valid_tracking_numbers or ()):
            raise Rejected("UPS does not push news about this number")

    def receive(self, request: WebhookRequest) -> Receipt:
        """UPS signs nothing: the credential proves who posts, and TLS that nobody else wrote in it."""
        given = request.headers.get(self.settings.webhook_header.lower(), "")
        if not same(self.settings.webhook_credential.get_secret_value(), given):
            raise InvalidSignature("the push has no valid credential")
        return tracking_receipt(request.body, tracking.read_tracking, WebhookReply())
