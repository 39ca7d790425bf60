"""17TRACK: a parcel is registered once, which costs quota; then its carriers are asked and news pushed."""

from collections.abc import Sequence

from connectors.carriers.track17.refusals import name_refusal, name_rejection
from connectors.carriers.track17.settings import Track17Settings
from connectors.carriers.track17.signing import sign_push
from connectors.kit import (
    Delivery,
    InvalidSignature,
    Outside,
    PlatformClient,
    Receipt,
    ReceivesWebhooks,
    SubscribesTracking,
    TracksParcels,
    WebhookReply,
    WebhookRequest,
)
from connectors.kit.json_api import JsonApi
from connectors.kit.signing import same
from connectors.kit.tracking import news_of, tracking_receipt
from mappings.canonical import Parcel
from mappings.carriers.track17 import tracking
from mappings.carriers.track17.answers import Answer


class Track17Connector(TracksParcels, SubscribesTracking, ReceivesWebhooks):
    """Only registered parcels can be asked for. Where 17TRACK pushes to is entered in its console."""

    track_batch = 40

    def __init__(self, settings: Track17Settings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: Track17Settings = settings
        self._api = JsonApi(
            PlatformClient(outside, classify=name_refusal),
            settings.api_url,
            headers={"17token": settings.security_key.get_secret_value()},
        )

    async def check(self) -> None:
        await self._api.send("POST", "/getquota", {})

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        """Rejected items are parcels without news, or such that were never registered."""
        items = [tracking.item_of(parcel) for parcel in parcels]
        found = await self._api.ask(Answer, "POST", "/gettrackinfo", items)
        news = [news_of(parcel, found.accepted, tracking.read_tracking) for parcel in parcels]
        return [delivery for delivery in news if delivery is not None]

    async def subscribe(self, parcel: Parcel, callback_url: str, key: str) -> None:
        """Sent like a read: a repetition is rejected because the number is registered, which is as wished."""
        answer = await self._api.ask(Answer, "POST", "/register", [tracking.registration(parcel)])
        for rejection in answer.rejected:
            if refusal := name_rejection(rejection):
                raise refusal

    def receive(self, request: WebhookRequest) -> Receipt:
        expected = sign_push(request.body, self.settings.security_key.get_secret_value())
        if not same(expected, request.headers.get("sign", "")):
            raise InvalidSignature("the push has no valid sign")
        return tracking_receipt(request.body, tracking.read_tracking, WebhookReply())
