"""AfterShip: parcels are registered once, then AfterShip asks the couriers and pushes what it hears."""

from collections.abc import Sequence

from connectors.carriers.aftership.refusals import KNOWN_ALREADY, name_refusal
from connectors.carriers.aftership.settings import AfterShipSettings
from connectors.carriers.aftership.signing import SignedKey, sign_push
from connectors.kit import (
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
from connectors.kit.json_api import JsonApi
from connectors.kit.signing import same
from connectors.kit.tracking import news_of, tracking_receipt
from connectors.kit.translation import understood
from mappings.canonical import Parcel
from mappings.carriers.aftership import tracking


class AfterShipConnector(TracksParcels, SubscribesTracking, ReceivesWebhooks):
    """Only registered parcels can be asked for. Where AfterShip pushes to is entered in its admin."""

    track_batch = 20

    def __init__(self, settings: AfterShipSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: AfterShipSettings = settings
        secret = settings.signing_secret.get_secret_value()
        self._api = JsonApi(
            PlatformClient(outside, classify=name_refusal(outside.now)),
            settings.api_url,
            headers={"as-api-key": settings.api_key.get_secret_value()},
            auth=SignedKey(secret, outside.now) if secret else None,
        )

    async def check(self) -> None:
        await self._api.ask(tracking.Listed, "GET", "/trackings", params={"limit": "1"})

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        numbers = ",".join(parcel.tracking_number for parcel in parcels)
        params = {"tracking_numbers": numbers, "limit": "200"}
        found = await self._api.ask(tracking.Listed, "GET", "/trackings", params=params)
        documents = [bytes(each) for each in found.data.trackings]
        news = [news_of(parcel, documents, tracking.read_tracking) for parcel in parcels]
        return [delivery for delivery in news if delivery is not None]

    async def subscribe(self, parcel: Parcel, callback_url: str, key: str) -> None:
        """Sent like a read: a repetition is refused because the tracking exists, which is as wished."""
        try:
            await self._api.send("POST", "/trackings", tracking.registration(parcel))
        except Rejected as refusal:
            if refusal.code != str(KNOWN_ALREADY):
                raise

    def receive(self, request: WebhookRequest) -> Receipt:
        expected = sign_push(request.body, self.settings.webhook_secret.get_secret_value())
        if not same(expected, request.headers.get("aftership-hmac-sha256", "")):
            raise InvalidSignature("the push has no valid signature")
        document = understood(tracking.tracking_in, request.body)
        if document is None:
            return Receipt()
        return tracking_receipt(document, tracking.read_tracking, WebhookReply())
