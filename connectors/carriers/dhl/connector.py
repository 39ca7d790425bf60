"""DHL's unified tracking: one number per call, over all divisions; pushes that DHL was asked for."""

from collections.abc import Sequence

from connectors.carriers.dhl.settings import DhlSettings
from connectors.kit import (
    Delivery,
    InvalidSignature,
    Outside,
    PlatformClient,
    Receipt,
    ReceivesWebhooks,
    Rejected,
    TracksParcels,
    WebhookReply,
    WebhookRequest,
)
from connectors.kit.json_api import JsonApi
from connectors.kit.problems import NOT_FOUND, classify_problem
from connectors.kit.signing import same
from connectors.kit.tracking import news_of, tracking_receipt
from connectors.kit.translation import reading
from mappings.canonical import Parcel
from mappings.carriers.dhl import tracking
from mappings.documents import decode, present

SPECIMEN = "7777777770"
"""The number in DHL's own examples."""


class DhlConnector(TracksParcels, ReceivesWebhooks):
    """A reference or a reused number finds several shipments: the one whose number was asked for counts."""

    def __init__(self, settings: DhlSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: DhlSettings = settings
        self._api = JsonApi(
            PlatformClient(outside, classify=classify_problem),
            settings.api_url,
            headers={"dhl-api-key": settings.api_key.get_secret_value()},
        )

    async def check(self) -> None:
        await self._found(SPECIMEN)

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        news = [
            news_of(parcel, await self._found(parcel.tracking_number), tracking.read_tracking)
            for parcel in parcels
        ]
        return [delivery for delivery in news if delivery is not None]

    async def _found(self, number: str) -> Sequence[bytes]:
        params = present({"trackingNumber": number, "service": self.settings.service, "language": "en"})
        try:
            found = await self._api.ask(tracking.Found, "GET", "/track/shipments", params=params)
        except Rejected as refusal:
            if refusal.code == NOT_FOUND:
                return ()
            raise
        return found.documents

    def receive(self, request: WebhookRequest) -> Receipt:
        """Nothing is signed: our token proves who posts, and TLS that nobody else wrote in it."""
        given = request.headers.get(self.settings.webhook_header.lower(), "")
        if not same(self.settings.webhook_token.get_secret_value(), given):
            raise InvalidSignature("the push has no valid token")
        with reading("the push"):
            documents = decode(request.body, tracking.Found).documents
        receipts = [tracking_receipt(it, tracking.read_tracking, WebhookReply()) for it in documents]
        return Receipt(deliveries=tuple(each for receipt in receipts for each in receipt.deliveries))
