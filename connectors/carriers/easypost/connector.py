"""EasyPost: a shipment is rated, then bought; what was bought is found again among the latest purchases."""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote as escaped

import httpx

from connectors.carriers.easypost.refusals import NO_SUCH_TRACKER, name_refusal
from connectors.carriers.easypost.settings import EasyPostSettings
from connectors.carriers.easypost.signing import sign_push
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
    RegistersWebhooks,
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
from connectors.kit.translation import expressing, understood
from mappings.canonical import Booking, BookingCancellation, Parcel, RateQuote, ShipmentRequest
from mappings.carriers.easypost import booking, tracking
from mappings.documents import WireDocument
from mappings.errors import MappingError

LOOK_BACK = timedelta(days=7)
"""A purchase without an answer is looked for among those of so many days."""


class _Webhook(WireDocument):
    id: str
    url: str


class _Webhooks(WireDocument):
    webhooks: tuple[_Webhook, ...]


class EasyPostConnector(
    FindsBookings,
    QuotesRates,
    CancelsBookings,
    TracksParcels,
    SubscribesTracking,
    ReceivesWebhooks,
    RegistersWebhooks,
):
    """Shipments that are only rated cost nothing and bind nobody, so they are made as often as needed."""

    def __init__(self, settings: EasyPostSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: EasyPostSettings = settings
        self._terms = terms_of(settings, booking.Terms)
        self._api = JsonApi(
            PlatformClient(outside, classify=name_refusal),
            settings.api_url,
            auth=httpx.BasicAuth(settings.api_key.get_secret_value(), ""),
        )

    async def check(self) -> None:
        await self._api.ask(_Webhooks, "GET", "/webhooks")

    async def quote(self, request: ShipmentRequest) -> Sequence[RateQuote]:
        return understood(booking.quotes, await self._rated(request))

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        shipment = await self._rated(request)
        rate = understood(booking.cheapest, shipment, request.service or self.settings.service)
        if rate is None:
            raise Rejected(f"no carrier offers this service here: {booking.complaints(shipment)}")
        path = f"/shipments/{escaped(shipment.id, safe='')}/buy"
        bought = await self._api.ask(booking.Shipment, "POST", path, {"rate": {"id": rate.id}}, write=True)
        try:
            return booking.booking_of(bought, request.reference)
        except MappingError as error:
            raise OutcomeUnknown(f"the purchase is not in the agreed shape: {error}") from None

    async def find_booking(self, request: ShipmentRequest) -> Booking | None:
        oldest = self.outside.now() - LOOK_BACK
        params = {"purchased": "true", "page_size": "100"}
        while True:
            page = await self._api.ask(booking.Shipments, "GET", "/shipments", params=params)
            for shipment in page.shipments:
                if shipment.created_at and shipment.created_at < oldest:
                    return None
                if shipment.reference == request.reference and shipment.is_bought:
                    return understood(booking.booking_of, shipment, request.reference)
            if not page.has_more or not page.shipments:
                return None
            params["before_id"] = page.shipments[-1].id

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        """A refund that is asked for counts: the label will not be used, the money comes back in weeks."""
        if not cancellation.carrier_order_id:
            raise Rejected("the shipment's id at EasyPost is not known; refund it in EasyPost's dashboard")
        path = f"/shipments/{escaped(cancellation.carrier_order_id, safe='')}"
        shipment = await self._api.ask(booking.Shipment, "GET", path)
        if shipment.refund_status not in booking.TAKEN_BACK:
            shipment = await self._api.ask(booking.Shipment, "POST", f"{path}/refund", write=True)
        if shipment.refund_status not in booking.TAKEN_BACK:
            raise Rejected(f"the refund is {shipment.refund_status or 'not begun'}")

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        news = [await self._news_of(parcel) for parcel in parcels]
        return [delivery for delivery in news if delivery is not None]

    async def subscribe(self, parcel: Parcel, callback_url: str, key: str) -> None:
        """Sent like a read: a tracker that exists for the pair is given back. `register_webhooks` says where
        it is pushed to. With a test key no real number is taken, though bought labels have trackers."""
        try:
            await self._api.send("POST", "/trackers", tracking.tracker_body(parcel))
        except Rejected as refusal:
            if refusal.code != NO_SUCH_TRACKER or not await self._trackers(parcel):
                raise

    async def register_webhooks(self, url: str) -> Sequence[str]:
        """One webhook at `url` with our secret; one that EasyPost disabled is enabled again."""
        secret = self.settings.webhook_secret.get_secret_value()
        hooks = (await self._api.ask(_Webhooks, "GET", "/webhooks")).webhooks
        known = next((hook for hook in hooks if hook.url == url), None)
        if known:
            path = f"/webhooks/{escaped(known.id, safe='')}"
            await self._api.send("PATCH", path, {"webhook": {"webhook_secret": secret}})
            return ()
        body = {"webhook": {"url": url, "webhook_secret": secret}}
        await self._api.send("POST", "/webhooks", body, write=True)
        return ("all events",)

    def receive(self, request: WebhookRequest) -> Receipt:
        expected = sign_push(request.body, self.settings.webhook_secret.get_secret_value())
        if not same(expected, request.headers.get("x-hmac-signature", "")):
            raise InvalidSignature("the push has no valid signature")
        document = understood(tracking.tracker_in, request.body)
        if document is None:
            return Receipt()
        return tracking_receipt(document, tracking.read_tracking, WebhookReply())

    async def _rated(self, request: ShipmentRequest) -> booking.Shipment:
        with expressing("EasyPost"):
            body = booking.shipment_body(request, self._terms)
        return await self._api.ask(booking.Shipment, "POST", "/shipments", body)

    async def _news_of(self, parcel: Parcel) -> Delivery | None:
        return news_of(parcel, await self._trackers(parcel), tracking.read_tracking)

    async def _trackers(self, parcel: Parcel) -> Sequence[bytes]:
        params = {"tracking_code": parcel.tracking_number}
        found = await self._api.ask(tracking.Trackers, "GET", "/trackers", params=params)
        return [bytes(tracker) for tracker in found.trackers]
