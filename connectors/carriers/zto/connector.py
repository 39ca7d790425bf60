"""ZTO Express: one address, the name of the service appended to it, the digest of the body in a header."""

from collections.abc import Sequence
from contextlib import suppress

from connectors.carriers.zto.settings import ZtoSettings
from connectors.kit import (
    BooksIdempotently,
    CancelsBookings,
    Delivery,
    Outside,
    PlatformClient,
    QuotesRates,
    Receipt,
    ReceivesWebhooks,
    Rejected,
    SubscribesTracking,
    TracksParcels,
    Unsupported,
    WebhookReply,
    WebhookRequest,
)
from connectors.kit.refusals import at_fault, classify_answer, credentials, fine, throttled, unwell
from connectors.kit.settings import terms_of
from connectors.kit.signing import digested_field, md5_base64
from connectors.kit.tracking import track_each, tracking_receipt
from connectors.kit.translation import expressing, reading
from mappings.canonical import Booking, BookingCancellation, Parcel, RateQuote, ShipmentRequest
from mappings.carriers.zto import booking, tracking
from mappings.carriers.zto.answer import read_answer

REFUSALS = {
    **dict.fromkeys(("S200", "S202", "S203"), unwell),
    **dict.fromkeys(("S206", "S221"), throttled),
    "S207": at_fault("no such service at this address", "service_url"),
    "S210": credentials("the service is not bound to this application; bind it in ZTO's console"),
    "S211": credentials("the signature is wrong; enter app key and secret again"),
    "S212": at_fault("this server's address is not allowed; add it in ZTO's console"),
    "E404": at_fault("the e-waybill account is not bound to this application", "account_id"),
    "E418": at_fault("the outlet has not authorised this application; ask it in ZTO's console"),
}
"""Source: error tables of the open platform as copied in YangLiCon/docs, read 2026-11-24."""

NO_SUCH_NUMBER = "E416"
CANCELLED_BEFORE = "已取消"
"""How a repeated cancellation is told from a refused one: by ZTO's words (*unverified*)."""

CANCELLABLE = ("2", "3")
"""Order types with an appointment. Waybills of the others are recycled by ZTO if nobody scans them."""

ACKNOWLEDGEMENT = WebhookReply(
    body=b'{"message":"success","result":"success","status":true,"statusCode":"0"}',
    content_type="application/json",
)
"""*Unverified*: the form that public receivers use."""


class ZtoConnector(
    BooksIdempotently,
    QuotesRates,
    CancelsBookings,
    TracksParcels,
    SubscribesTracking,
    ReceivesWebhooks,
):
    """Books under the hub's own reference as `partnerOrderCode`."""

    track_batch = 1

    def __init__(self, settings: ZtoSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: ZtoSettings = settings
        known, gone = {**REFUSALS, NO_SUCH_NUMBER: fine}, {CANCELLED_BEFORE: fine}
        self._client = PlatformClient(outside, classify=classify_answer(read_answer, known))
        self._cancellations = PlatformClient(outside, classify=classify_answer(read_answer, REFUSALS, gone))

    async def check(self) -> None:
        """Ask for a number that is none: any business answer proves the credentials."""
        with suppress(Rejected):
            await self._track(Parcel(carrier=booking.CARRIER, tracking_number="ORDERHUBCHECK"))

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        terms = terms_of(self.settings, booking.Terms)
        with expressing("ZTO"):
            order = booking.order(request, terms)
        content = await self._ask(self._client, "zto.open.createOrder", order, write=True)
        with reading("the booking"):
            return booking.read_booking(read_answer(content).result, request.reference)

    async def quote(self, request: ShipmentRequest) -> Sequence[RateQuote]:
        with expressing("ZTO"):
            query = booking.price_query(request)
        content = await self._ask(self._client, "zto.open.obtainPicePrescription", query)
        with reading("the price"):
            return booking.read_quotes(read_answer(content).result)

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        if self.settings.order_type not in CANCELLABLE:
            raise Unsupported(
                "ZTO cancels appointments only: keep the parcel back, its unscanned number is recycled"
            )
        body = booking.cancellation(cancellation)
        await self._ask(self._cancellations, "zto.open.cancelPreOrder", body, write=True)

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        return await track_each(parcels, self._track, tracking.read_tracking)

    async def _track(self, parcel: Parcel) -> bytes:
        return await self._ask(self._client, "zto.merchant.waybill.track.query", tracking.query(parcel))

    async def subscribe(self, parcel: Parcel, callback_url: str, key: str) -> None:
        """Pushes go to the address in ZTO's console. Sent like a read: repeating it is harmless. The name of
        the service is misspelt by ZTO."""
        service = "zto.merchant.waybill.track.subsrcibe"
        await self._ask(self._client, service, tracking.query(parcel))

    def receive(self, request: WebhookRequest) -> Receipt:
        """`data` is the signed part, verified as it came: the order of its keys varies."""
        secret = self.settings.app_secret.get_secret_value()
        data = digested_field(request.body, "data", secret).encode()
        return tracking_receipt(data, tracking.read_tracking, ACKNOWLEDGEMENT)

    async def _ask(self, client: PlatformClient, service: str, body: str, *, write: bool = False) -> bytes:
        """The key goes into a header of ZTO's documents and into that of its own SDK."""
        headers = {
            "content-type": "application/json; charset=utf-8",
            "x-appKey": self.settings.app_key,
            "x-companyid": self.settings.app_key,
            "x-dataDigest": md5_base64(body + self.settings.app_secret.get_secret_value()),
        }
        url = f"{self.settings.service_url.rstrip('/')}/{service}"
        response = await client.send("POST", url, write=write, headers=headers, content=body.encode())
        return response.content
