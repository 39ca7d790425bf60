"""JD Logistics: JSON arrays to paths below one address, signed in the query."""

from collections.abc import Sequence
from contextlib import suppress

from connectors.carriers.jdl.settings import JdlSettings
from connectors.carriers.jdl.signing import SignedQuery
from connectors.kit import (
    BooksIdempotently,
    CancelsBookings,
    Delivery,
    InvalidSignature,
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
from connectors.kit.refusals import classify_answer, credentials, fine, unwell
from connectors.kit.settings import terms_of
from connectors.kit.signing import same
from connectors.kit.tracking import track_each, tracking_receipt
from connectors.kit.translation import expressing, reading
from mappings.canonical import Booking, BookingCancellation, Parcel, RateQuote, ShipmentRequest
from mappings.carriers.jdl import booking, tracking
from mappings.carriers.jdl.answer import read_answer

GATEWAY = credentials("token or signature is not accepted; enter them again")
REFUSALS = {
    **{str(code): GATEWAY for code in range(1000, 1100)},
    **{str(code): unwell for code in range(500, 600)},
}
"""The gateway's codes 10xx are about token and signature; JDL's own list is not public (*unverified*)."""

CANCELLED_BEFORE = "已取消"
"""How a repeated cancellation is told from a refused one: by JD's words (*unverified*)."""

ACKNOWLEDGEMENT = WebhookReply(
    body=b'{"code":0,"msg":"success","success":true}', content_type="application/json"
)
"""*Unverified*: what a public receiver answered."""


class JdlConnector(
    BooksIdempotently,
    QuotesRates,
    CancelsBookings,
    TracksParcels,
    SubscribesTracking,
    ReceivesWebhooks,
):
    """Books under the hub's own reference as `orderId`."""

    track_batch = 1

    def __init__(self, settings: JdlSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: JdlSettings = settings
        self._auth = SignedQuery(settings, outside.now)
        self._terms = terms_of(settings, booking.Terms)
        gone = {CANCELLED_BEFORE: fine}
        self._client = PlatformClient(outside, classify=classify_answer(read_answer, REFUSALS))
        self._cancellations = PlatformClient(outside, classify=classify_answer(read_answer, REFUSALS, gone))

    async def check(self) -> None:
        """Ask for a waybill that does not exist: any business answer proves the credentials."""
        with suppress(Rejected):
            await self._track(Parcel(carrier=booking.CARRIER, tracking_number="JDVE00000000000"))

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        with expressing("JD Logistics"):
            order = booking.order(request, self._terms)
        data = await self._ask(self._client, "create", order, write=True)
        with reading("the booking"):
            return booking.read_booking(data, request, self._terms)

    async def quote(self, request: ShipmentRequest) -> Sequence[RateQuote]:
        with expressing("JD Logistics"):
            query = booking.price_query(request, self._terms)
        data = await self._ask(self._client, "precheck", query)
        with reading("the price"):
            return booking.read_quotes(data, request, self._terms)

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        """An intercepted parcel is not cancelled: it comes back."""
        body = booking.cancellation(cancellation, self._terms)
        data = await self._ask(self._cancellations, "cancel", body, write=True)
        with reading("the cancellation"):
            reason = booking.why_not_cancelled(data)
        if reason:
            raise Rejected(reason, code="resultType")

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        return await track_each(parcels, self._track, tracking.read_tracking)

    async def _track(self, parcel: Parcel) -> bytes:
        return await self._ask(self._client, "trace/query", tracking.query(parcel, self._terms))

    async def subscribe(self, parcel: Parcel, callback_url: str, key: str) -> None:
        """Pushes go to the address in JDL's console. Sent like a read: repeating it is harmless."""
        await self._ask(self._client, "trace/subscribe", tracking.subscription(parcel, self._terms))

    def receive(self, request: WebhookRequest) -> Receipt:
        """How JD signs its pushes is not public: the address itself is the secret."""
        expected = self.settings.webhook_token.get_secret_value()
        is_ours = same(expected, request.query.get("token", ""))
        if not (is_ours and request.body.startswith(b"{")):
            raise InvalidSignature("the push address holds no valid token, or no JSON object was posted")
        return tracking_receipt(request.body, tracking.read_tracking, ACKNOWLEDGEMENT)

    async def _ask(self, client: PlatformClient, path: str, body: str, *, write: bool = False) -> bytes:
        """`data` of the answer. `lop-tz` says in which zone the signed time is written."""
        headers = {"content-type": "application/json;charset=utf-8", "lop-tz": "8"}
        url = f"{self.settings.service_url.rstrip('/')}/ecap/v1/orders/{path}"
        content = body.encode()
        response = await client.send(
            "POST", url, write=write, headers=headers, content=content, auth=self._auth
        )
        return read_answer(response.content).data
