"""Shippo: a shipment is rated, then a transaction buys its label; `metadata` finds the purchase again."""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote as escaped

from connectors.carriers.shippo.refusals import NOT_FOUND, name_missing_track, name_refusal
from connectors.carriers.shippo.settings import ShippoSettings
from connectors.carriers.shippo.signing import is_signed
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
from mappings.carriers.shippo import booking, tracking
from mappings.carriers.shippo.tables import token_of
from mappings.documents import WireDocument
from mappings.errors import MappingError

LOOK_BACK = timedelta(days=7)
"""A purchase without an answer is looked for among those of so many days."""

COST_OF_A_LIST = 10
"""Of 500 calls a minute only 50 may be lists (Rate limits, docs.goshippo.com, read 2026-11-24)."""


class _Webhook(WireDocument):
    object_id: str
    url: str
    event: str
    active: bool = True


class _Webhooks(WireDocument):
    results: tuple[_Webhook, ...]


class ShippoConnector(
    FindsBookings,
    QuotesRates,
    CancelsBookings,
    TracksParcels,
    SubscribesTracking,
    ReceivesWebhooks,
    RegistersWebhooks,
):
    """Shipments that are only rated cost nothing and bind nobody, so they are made as often as needed."""

    def __init__(self, settings: ShippoSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: ShippoSettings = settings
        self._terms = terms_of(settings, booking.Terms)
        headers = {
            "authorization": f"ShippoToken {settings.api_token.get_secret_value()}",
            "shippo-api-version": "2018-02-08",
        }
        client = PlatformClient(outside, classify=name_refusal)
        self._api = JsonApi(client, settings.api_url, headers=headers)
        tracks = PlatformClient(outside, classify=name_missing_track)
        self._tracks = JsonApi(tracks, settings.api_url, headers=headers)

    async def check(self) -> None:
        await self._page(1, results="1")

    async def quote(self, request: ShipmentRequest) -> Sequence[RateQuote]:
        return understood(booking.quotes, await self._rated(request))

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        shipment = await self._rated(request)
        rate = understood(booking.cheapest, shipment, request.service or self.settings.service)
        if rate is None:
            told = booking.complaints(shipment.messages)
            raise Rejected(f"no carrier offers this service here: {told}")
        body = booking.purchase(rate, self._terms, request.reference)
        made = await self._api.ask(booking.Transaction, "POST", "/transactions", body, write=True)
        if made.status == booking.FAILED:
            raise Rejected(f"the label was not bought: {booking.complaints(made.messages)}")
        try:
            return booking.booking_of(made, rate, request.reference)
        except MappingError as error:
            raise OutcomeUnknown(f"the purchase is not in the agreed shape: {error}") from None

    async def find_booking(self, request: ShipmentRequest) -> Booking | None:
        oldest, number = self.outside.now() - LOOK_BACK, 0
        while True:
            number += 1
            page = await self._page(number)
            for made in page.results:
                if made.object_created and made.object_created < oldest:
                    return None
                if made.metadata == request.reference and made.status != booking.FAILED:
                    path = f"/rates/{escaped(made.rate_id, safe='')}"
                    rate = await self._api.ask(booking.Rate, "GET", path)
                    return understood(booking.booking_of, made, rate, request.reference)
            if not page.next or not page.results:
                return None

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        """A refund that is asked for counts: the label will not be used, the money comes back in weeks."""
        if not cancellation.carrier_order_id:
            raise Rejected("the transaction at Shippo is not known; refund it in Shippo's dashboard")
        path = f"/transactions/{escaped(cancellation.carrier_order_id, safe='')}"
        made = await self._api.ask(booking.Transaction, "GET", path)
        if made.status in booking.TAKEN_BACK:
            return
        body = {"transaction": made.object_id, "async": False}
        refund = await self._api.ask(booking.Refund, "POST", "/refunds", body, write=True)
        if refund.status not in booking.REFUND_BEGUN:
            raise Rejected(f"the refund is refused ({refund.status[:40]})")

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        news = [await self._news_of(parcel) for parcel in parcels]
        return [delivery for delivery in news if delivery is not None]

    async def _news_of(self, parcel: Parcel) -> Delivery | None:
        carrier, number = (escaped(it, safe="") for it in (token_of(parcel.carrier), parcel.tracking_number))
        try:
            document = await self._tracks.send("GET", f"/tracks/{carrier}/{number}")
        except Rejected as refusal:
            if refusal.code == NOT_FOUND:
                return None
            raise
        return news_of(parcel, [document], tracking.read_tracking)

    async def subscribe(self, parcel: Parcel, callback_url: str, key: str) -> None:
        """Sent like a read: registering again changes nothing. `register_webhooks` says where pushes go."""
        await self._api.send("POST", "/tracks", tracking.registration(parcel))

    async def register_webhooks(self, url: str) -> Sequence[str]:
        """One active webhook at `url`, with the token that proves who posts where nothing is signed."""
        wanted = f"{url}?token={escaped(self.settings.webhook_token.get_secret_value(), safe='')}"
        params = {"page": "1", "results": "100"}
        found = await self._api.ask(_Webhooks, "GET", "/webhooks", params=params, cost=COST_OF_A_LIST)
        if any(it.active and (it.url, it.event) == (wanted, tracking.UPDATED) for it in found.results):
            return ()
        is_test = self.settings.api_token.get_secret_value().startswith("shippo_test_")
        body = {"event": tracking.UPDATED, "url": wanted, "is_test": is_test, "active": True}
        await self._api.send("POST", "/webhooks", body, write=True)
        return (tracking.UPDATED,)

    def receive(self, request: WebhookRequest) -> Receipt:
        secret = self.settings.webhook_secret.get_secret_value()
        if secret:
            genuine = is_signed(request.body, request.headers.get("shippo-auth-signature", ""), secret)
        else:
            token = self.settings.webhook_token.get_secret_value()
            genuine = same(token, request.query.get("token", ""))
        if not genuine:
            raise InvalidSignature("the push has no valid signature or token")
        document = understood(tracking.track_in, request.body)
        if document is None:
            return Receipt()
        return tracking_receipt(document, tracking.read_tracking, WebhookReply())

    async def _rated(self, request: ShipmentRequest) -> booking.Shipment:
        with expressing("Shippo"):
            body = booking.shipment_body(request, self._terms)
        return await self._api.ask(booking.Shipment, "POST", "/shipments", body)

    async def _page(self, number: int, results: str = "100") -> booking.Transactions:
        params = {"page": str(number), "results": results}
        return await self._api.ask(
            booking.Transactions, "GET", "/transactions", params=params, cost=COST_OF_A_LIST
        )
