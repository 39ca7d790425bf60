"""YTO Express: an address, a customer code and a secret per interface; `param` is JSON inside JSON."""

from collections.abc import Sequence
from contextlib import suppress

from connectors.carriers.yto.settings import YtoSettings
from connectors.carriers.yto.signing import named_in, sign
from connectors.kit import (
    BooksIdempotently,
    CancelsBookings,
    Delivery,
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
from connectors.kit.refusals import at_fault, classify_answer, credentials, fine
from connectors.kit.signing import digested_field
from connectors.kit.tracking import track_each, tracking_receipt
from connectors.kit.translation import expressing, reading
from mappings.canonical import Booking, BookingCancellation, Parcel, ShipmentRequest
from mappings.carriers.yto import booking, tracking
from mappings.carriers.yto.answer import read_answer
from mappings.carriers.yto.pushes import acknowledgement, read_push
from mappings.documents import json_text

SIGNATURE = credentials("the signature is wrong; enter the interface's address and secret again")
REFUSALS = {
    "请求加密校验失败": SIGNATURE,
    "白名单": at_fault("this server's address is not on YTO's white list"),
}
"""By words: YTO publishes no codes. Source: operational notes of public clients, read 2026-11-24; the words
about the white list are *unverified*."""

CANCELLED_BEFORE = "已取消"
"""How a repeated cancellation is told from a refused one: by YTO's words (*unverified*)."""


class YtoConnector(BooksIdempotently, CancelsBookings, TracksParcels, SubscribesTracking, ReceivesWebhooks):
    """Books under the hub's own reference as `logisticsNo`."""

    track_batch = 1

    def __init__(self, settings: YtoSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: YtoSettings = settings
        gone = {**REFUSALS, CANCELLED_BEFORE: fine}
        self._client = PlatformClient(outside, classify=classify_answer(read_answer, {}, REFUSALS))
        self._cancellations = PlatformClient(outside, classify=classify_answer(read_answer, {}, gone))

    async def check(self) -> None:
        """Ask for a number that does not exist: any business answer proves the credentials."""
        with suppress(Rejected):
            await self._track(Parcel(carrier=booking.CARRIER, tracking_number="YT0000000000000"))

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        with expressing("YTO"):
            order = booking.order(request, self.settings.product)
        content = await self._ask(self._client, "create", order, write=True)
        with reading("the booking"):
            return booking.read_booking(content, request, self.settings.product)

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        param = booking.cancellation(cancellation)
        await self._ask(self._cancellations, "cancel", param, write=True)

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        return await track_each(parcels, self._track, tracking.read_tracking)

    async def _track(self, parcel: Parcel) -> bytes:
        return await self._ask(self._client, "track", tracking.query(parcel))

    async def subscribe(self, parcel: Parcel, callback_url: str, key: str) -> None:
        """Pushes go to the address in YTO's console. Sent like a read: repeating it is harmless."""
        client_id = named_in(self.settings.subscribe_url, "subscribe_url")[2]
        await self._ask(self._client, "subscribe", tracking.subscription(parcel, client_id))

    def receive(self, request: WebhookRequest) -> Receipt:
        """`logistics_interface` is the signed part."""
        secret = self.settings.push_secret.get_secret_value()
        document = digested_field(request.body, "logistics_interface", secret).encode()
        with reading("the push"):
            body = acknowledgement(read_push(document))
        reply = WebhookReply(body=body, content_type="text/xml")
        return tracking_receipt(document, tracking.read_tracking, reply)

    async def _ask(self, client: PlatformClient, interface: str, param: str, *, write: bool = False) -> bytes:
        url = getattr(self.settings, f"{interface}_url")
        method, version, _ = named_in(url, f"{interface}_url")
        secret = getattr(self.settings, f"{interface}_secret").get_secret_value()
        body = {
            "timestamp": str(int(self.outside.now().timestamp() * 1000)),
            "param": param,
            "sign": sign(param, method, version, secret),
            "format": "JSON",
        }
        headers = {"content-type": "application/json"}
        content = json_text(body).encode()
        response = await client.send("POST", url, write=write, headers=headers, content=content)
        return response.content
