"""SF Express: one address for every service, the service named in the form."""

import itertools
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from connectors.carriers.sf_express.refusals import (
    ALREADY_CANCELLED,
    DUPLICATE_ORDER,
    NO_SUCH_ORDER,
    STALE_TOKEN,
    name_refusal,
    name_token_refusal,
)
from connectors.carriers.sf_express.settings import SfExpressSettings
from connectors.carriers.sf_express.signing import msg_digest
from connectors.kit import (
    AuthenticationFailed,
    CancelsBookings,
    ConnectorError,
    Delivery,
    FindsBookings,
    InvalidSignature,
    OutcomeUnknown,
    Outside,
    PlatformClient,
    Receipt,
    ReceivesWebhooks,
    Rejected,
    Topic,
    TracksParcels,
    UnexpectedPayload,
    Unsupported,
    WebhookReply,
    WebhookRequest,
)
from connectors.kit.signing import same
from mappings.canonical import Booking, BookingCancellation, Parcel, ShipmentRequest
from mappings.carriers.sf_express import booking, pushes, tracking
from mappings.carriers.sf_express.answer import read_result, read_token
from mappings.errors import MappingError

CONNECTION_CHECK = "ORDERHUB-CONNECTION-CHECK"
RENEW_BEFORE_END = timedelta(seconds=60)

ACKNOWLEDGEMENTS = {
    tracking.PushKind.ROUTES: WebhookReply(
        body='{"return_code":"0000","return_msg":"成功"}'.encode(), content_type="application/json"
    ),
    tracking.PushKind.XML_ROUTES: WebhookReply(
        body=b'<Response service="RoutePushService"><Head>OK</Head></Response>', content_type="text/xml"
    ),
    tracking.PushKind.ORDER_STATES: WebhookReply(
        body=b'{"success":"true","code":"0","msg":""}', content_type="application/json"
    ),
}
"""Anything else makes SF repeat the batch. The order state form is *unverified*."""


class SfExpressConnector(FindsBookings, CancelsBookings, TracksParcels, ReceivesWebhooks):
    """Books under the hub's own reference as `orderId`, which SF never takes twice."""

    track_batch = tracking.MOST_NUMBERS

    def __init__(self, settings: SfExpressSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: SfExpressSettings = settings
        self._client = PlatformClient(outside, classify=name_refusal)
        self._sign_in = PlatformClient(outside, classify=name_token_refusal)
        self._sent = itertools.count()

    async def check(self) -> None:
        """Look for an order that does not exist: any business answer proves the credentials."""
        try:
            await self._ask("EXP_RECE_SEARCH_ORDER_RESP", booking.search_order(CONNECTION_CHECK), write=False)
        except Rejected as refusal:
            if refusal.code not in NO_SUCH_ORDER:
                raise

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        """A reference that SF knows already gives the booking that it stands for."""
        try:
            order = booking.create_order(request, self._terms())
        except MappingError as error:
            raise Unsupported(f"SF Express cannot carry this request: {error}") from None
        try:
            data = await self._ask("EXP_RECE_CREATE_ORDER", order, write=True)
        except Rejected as refusal:
            if refusal.code != DUPLICATE_ORDER:
                raise
            return await self._first_booking(request)
        return _read_booking(data, request.reference, OutcomeUnknown)

    async def _first_booking(self, request: ShipmentRequest) -> Booking:
        if first := await self.find_booking(request):
            return first
        raise OutcomeUnknown(
            "the reference was booked before, and SF does not show the booking yet", code=DUPLICATE_ORDER
        )

    async def find_booking(self, request: ShipmentRequest) -> Booking | None:
        search = booking.search_order(request.reference)
        try:
            data = await self._ask("EXP_RECE_SEARCH_ORDER_RESP", search, write=False)
        except Rejected as refusal:
            if refusal.code in NO_SUCH_ORDER:
                return None
            raise
        return _read_booking(data, request.reference, UnexpectedPayload)

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        reference = cancellation.carrier_order_id or cancellation.reference
        try:
            data = await self._ask("EXP_RECE_UPDATE_ORDER", booking.cancel_order(reference), write=True)
            done = booking.was_cancelled(data)
        except Rejected as refusal:
            if refusal.code == ALREADY_CANCELLED:
                return
            raise
        except MappingError as error:
            raise OutcomeUnknown(f"the cancellation's answer is not in the agreed shape: {error}") from None
        if not done:
            raise Rejected("SF Express says that order and waybill do not match", code="resStatus 1")

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        """Empty routes mean «no news» or «no permission» (wrong telephone digits); SF does not say which."""
        asked = {parcel.tracking_number for parcel in parcels}
        query = tracking.query_routes(
            [parcel.tracking_number for parcel in parcels], [parcel.telephone_tail for parcel in parcels]
        )
        data = await self._ask("EXP_RECE_SEARCH_ROUTES", query, write=False)
        try:
            entries = tracking.split_routes(data)
        except MappingError as error:
            raise UnexpectedPayload(f"the routes are not in the agreed shape: {error}") from None
        return [
            Delivery(topic=Topic.TRACKING, external_id=number, document=document)
            for number, document in entries
            if number in asked
        ]

    def receive(self, request: WebhookRequest) -> Receipt:
        self._authenticate(request)
        try:
            push = tracking.read_push(request.body)
        except MappingError as error:
            raise UnexpectedPayload(f"the push cannot be read: {error}") from None
        delivery = Delivery(topic=Topic.TRACKING, external_id=push.number, document=request.body)
        return Receipt(
            deliveries=(delivery,) if push.number else (),
            reply=ACKNOWLEDGEMENTS[push.kind],
        )

    def _authenticate(self, request: WebhookRequest) -> None:
        """SF signs pushes only where its gateway form is agreed; else the address itself is the secret."""
        try:
            form = pushes.form_of(request.body)
        except MappingError:
            raise InvalidSignature("nothing in an unreadable form can be verified") from None
        if "msgDigest" in form:
            check_word = self.settings.check_word.get_secret_value()
            expected = msg_digest(form.get("msgData", ""), form.get("timestamp", ""), check_word)
            genuine = same(expected, form["msgDigest"]) and "content" not in form
        else:
            expected = self.settings.webhook_token.get_secret_value()
            genuine = same(expected, request.query.get("token", ""))
        if not genuine:
            raise InvalidSignature("the push has no valid digest or token")

    def _terms(self) -> booking.Terms:
        return booking.Terms(
            express_type=self.settings.express_type,
            pay_method=self.settings.pay_method,
            monthly_card=self.settings.monthly_card,
            collection_card=self.settings.collection_card,
            asks_for_pickup=self.settings.asks_for_pickup,
        )

    async def _ask(self, service: str, msg_data: str, *, write: bool) -> bytes:
        """`msgData` of the answer. A token that SF does not take (any more) is renewed once; it was refused
        before anything was done, so that writes are safe to send again."""
        if self.settings.authentication == "digest":
            return await self._send(service, msg_data, {}, write=write)
        tokens = await self._tokens()
        try:
            return await self._send(service, msg_data, tokens, write=write)
        except AuthenticationFailed as refusal:
            if refusal.code not in STALE_TOKEN:
                raise
        renewed = await self.outside.credentials.renew(tokens, self._fetch_token)
        return await self._send(service, msg_data, renewed, write=write)

    async def _send(self, service: str, msg_data: str, tokens: Mapping[str, str], *, write: bool) -> bytes:
        def form() -> Mapping[str, str]:
            return self._form(service, msg_data, tokens)

        response = await self._client.send("POST", self.settings.service_url, write=write, fresh=form)
        return read_result(response.content).data

    def _form(self, service: str, msg_data: str, tokens: Mapping[str, str]) -> Mapping[str, str]:
        timestamp = str(int(self.outside.now().timestamp() * 1000))
        partner = self.settings.partner_id
        request_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{partner}/{timestamp}/{next(self._sent)}/{msg_data}")
        form = {
            "partnerID": partner,
            "requestID": str(request_id),
            "serviceCode": service,
            "timestamp": timestamp,
            "msgData": msg_data,
        }
        if tokens:
            return {**form, "accessToken": tokens["access_token"]}
        check_word = self.settings.check_word.get_secret_value()
        return {**form, "msgDigest": msg_digest(msg_data, timestamp, check_word)}

    async def _tokens(self) -> Mapping[str, str]:
        tokens = await self.outside.credentials.current()
        if tokens.get("access_token") and self.outside.now() < datetime.fromisoformat(tokens["ends_at"]):
            return tokens
        return await self.outside.credentials.renew(tokens, self._fetch_token)

    async def _fetch_token(self, _: Mapping[str, str]) -> Mapping[str, str]:
        """SF gives the same token again until it ends, so asking twice is harmless."""
        form = {
            "partnerID": self.settings.partner_id,
            "secret": self.settings.check_word.get_secret_value(),
            "grantType": "password",
        }
        response = await self._sign_in.send("POST", self.settings.sign_in_url, write=False, data=form)
        token = read_token(response.content)
        ends_at = self.outside.now() + timedelta(seconds=token.expires_in) - RENEW_BEFORE_END
        return {"access_token": token.access_token, "ends_at": ends_at.isoformat()}


def _read_booking(data: bytes, reference: str, unreadable: type[ConnectorError]) -> Booking:
    try:
        order = booking.read_order(data)
        if order.order_id != reference:
            raise MappingError("$.orderId", "names another order")
        if reason := booking.refusal(order):
            raise Rejected(reason, code="filterResult 3")
        return booking.booking(order)
    except MappingError as error:
        raise unreadable(f"the order's answer is not in the agreed shape: {error}") from None
