"""Swift over HTTP: one key, plain statuses, bookings that show up some seconds after they were made."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

import httpx
from connectors.kit import (
    CancelsBookings,
    ConnectorError,
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
    Topic,
    TracksParcels,
    UnexpectedPayload,
    Unsupported,
    WebhookReply,
    WebhookRequest,
    classify_status,
)
from connectors.kit.signing import hmac_base64, same
from mappings.canonical import Booking, BookingCancellation, Parcel, RateQuote, ShipmentRequest
from mappings.documents import decode
from mappings.errors import MappingError

from orderhub_swift.mapping import booking
from orderhub_swift.settings import SwiftSettings

T = TypeVar("T")


def classify(response: httpx.Response, write: bool) -> ConnectorError | None:
    """Swift answers 404 and 409 about things, not about addresses; the body names the refusal."""
    if response.status_code in (404, 409):
        try:
            return Rejected("refused by Swift", code=decode(response.content, booking.Refusal).error)
        except MappingError:
            return classify_status(response, write)
    return classify_status(response, write)


class SwiftConnector(
    FindsBookings, QuotesRates, CancelsBookings, TracksParcels, SubscribesTracking, ReceivesWebhooks
):
    """One customer number at Swift."""

    settings: SwiftSettings
    accepts_tokens_of: ClassVar[frozenset[str]] = frozenset({"acme"})
    track_batch: ClassVar[int] = 20

    def __init__(self, settings: SwiftSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._client = PlatformClient(outside, classify=classify)

    async def check(self) -> None:
        await self._ask(booking.Shipments, "GET", "/shipments", params={"reference": "-"})

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        """Swift does not know a reference again: an unknown outcome is read back, never repeated."""
        receiver = request.recipient
        if receiver.masked and receiver.token_platform not in self.accepts_tokens_of:
            raise Unsupported("Swift cannot resolve this masked receiver; choose another carrier")
        body = booking.shipment_body(request)
        made = await self._ask(booking.SwiftShipment, "POST", "/shipments", write=True, json=body)
        return booking.booking_of(made)

    async def find_booking(self, request: ShipmentRequest) -> Booking | None:
        wanted = {"reference": request.reference}
        found = (await self._ask(booking.Shipments, "GET", "/shipments", params=wanted)).shipments
        return booking.booking_of(found[0]) if found else None

    async def quote(self, request: ShipmentRequest) -> Sequence[RateQuote]:
        grams = str(request.weight_grams or 0)
        return booking.quotes_of(await self._ask(booking.Rates, "GET", "/rates", params={"grams": grams}))

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        path = f"/shipments/{quote(cancellation.carrier_order_id, safe='')}"
        await self._ask(booking.Done, "DELETE", path, write=True)

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        numbers = ",".join(parcel.tracking_number for parcel in parcels)
        found = await self._ask(booking.Reports, "GET", "/reports", params={"numbers": numbers})
        return [_report(bytes(report)) for report in found.reports]

    async def subscribe(self, parcel: Parcel, callback_url: str, key: str) -> None:
        path = f"/subscriptions/{quote(parcel.tracking_number, safe='')}"
        await self._ask(booking.Done, "PUT", path, write=True, json={"url": callback_url})

    def receive(self, request: WebhookRequest) -> Receipt:
        expected = hmac_base64(self.settings.push_secret.get_secret_value(), request.body, "sha1")
        if not same(expected, request.headers.get("x-swift-sign", "")):
            raise InvalidSignature
        reply = WebhookReply(body=b'{"taken":true}', content_type="application/json")
        return Receipt(deliveries=(_report(request.body),), reply=reply)

    async def _ask(self, shape: type[T], method: str, path: str, *, write: bool = False, **request: Any) -> T:
        headers = {"x-api-key": self.settings.api_key.get_secret_value()}
        url = self.settings.base_url + path
        response = await self._client.send(method, url, write=write, headers=headers, **request)
        try:
            return decode(response.content, shape)
        except MappingError as error:
            unreadable = OutcomeUnknown if write else UnexpectedPayload
            raise unreadable(f"Swift's answer is not in the agreed shape: {error}") from None


def _report(document: bytes) -> Delivery:
    try:
        number = decode(document, booking.ReportHead).number
    except MappingError as error:
        raise UnexpectedPayload(f"a report without its number: {error}") from None
    return Delivery(topic=Topic.TRACKING, external_id=number, document=document)
