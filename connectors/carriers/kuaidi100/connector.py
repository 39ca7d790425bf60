"""Kuaidi100: many carriers behind one account; tracks, subscribes, and buys e-waybills."""

from collections.abc import Mapping, Sequence

from connectors.carriers.kuaidi100.refusals import LABEL, NO_RESULT_YET, QUERY, SUBSCRIPTION, name_refusal
from connectors.carriers.kuaidi100.settings import Kuaidi100Settings
from connectors.carriers.kuaidi100.signing import sign_order, sign_push, sign_query
from connectors.kit import (
    BooksIdempotently,
    CancelsBookings,
    Delivery,
    InvalidSignature,
    Misconfigured,
    Outside,
    PlatformClient,
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
)
from connectors.kit.signing import same
from mappings.canonical import Booking, BookingCancellation, Parcel, ShipmentRequest
from mappings.carriers.kuaidi100 import booking, tracking
from mappings.carriers.kuaidi100.answer import Answer, read_answer
from mappings.errors import MappingError

ACKNOWLEDGEMENT = WebhookReply(
    body='{"result":true,"returnCode":"200","message":"成功"}'.encode(), content_type="application/json"
)
"""Anything else, or nothing within 20 s, makes Kuaidi100 push again."""

CANCELLED_BEFORE = "已取消"
"""How a repeated cancellation is told from a refused one: by the vendor's words (*unverified*)."""


class Kuaidi100Connector(
    BooksIdempotently, CancelsBookings, TracksParcels, SubscribesTracking, ReceivesWebhooks
):
    """`orderId` with `reorder: false` gives the first booking again (for 48 hours)."""

    accepts_tokens_of = booking.TOKENS_OF
    track_batch = 1
    """One number per call: a later failure must not cost an answer that may not be asked for again soon."""

    def __init__(self, settings: Kuaidi100Settings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: Kuaidi100Settings = settings
        self._queries = PlatformClient(outside, classify=name_refusal(QUERY))
        self._subscriptions = PlatformClient(outside, classify=name_refusal(SUBSCRIPTION))
        self._labels = PlatformClient(outside, classify=name_refusal(LABEL))

    async def check(self) -> None:
        """Ask for a number that does not exist; the signature is verified before the number. The number
        changes with time, because asking for the same one again soon may lock the account."""
        number = f"HUB{int(self.outside.now().timestamp())}"
        await self._query(Parcel(carrier="yto", tracking_number=number))

    async def book(self, request: ShipmentRequest, key: str) -> Booking:
        terms = self._terms()
        try:
            param = booking.order(request, terms)
        except MappingError as error:
            raise Unsupported(f"Kuaidi100 cannot book this request: {error}") from None
        answer = await self._label("order", param)
        try:
            return booking.read_booking(answer.data, request.reference, terms)
        except MappingError as error:
            raise UnexpectedPayload(f"the booking is not in the agreed shape: {error}") from None

    async def cancel_booking(self, cancellation: BookingCancellation, key: str) -> None:
        try:
            await self._label("cancel", booking.cancellation(cancellation, self._terms()))
        except Rejected as refusal:
            if CANCELLED_BEFORE not in str(refusal):
                raise

    async def track(self, parcels: Sequence[Parcel]) -> Sequence[Delivery]:
        """The whole answer is the document. «No result yet» (500) is no news and no failure."""
        deliveries = []
        for parcel in parcels:
            content = await self._query(parcel)
            if read_answer(content).code != NO_RESULT_YET:
                deliveries.append(self._delivery(parcel.tracking_number, content))
        return deliveries

    def _delivery(self, number: str, content: bytes) -> Delivery:
        try:
            report = tracking.read_tracking(content)[0]
            if report.tracking_number.casefold() != number.casefold():
                raise MappingError("$.nu", "names another parcel")
        except MappingError as error:
            raise UnexpectedPayload(f"the tracking answer is not in the agreed shape: {error}") from None
        return Delivery(topic=Topic.TRACKING, external_id=number, document=content)

    async def subscribe(self, parcel: Parcel, callback_url: str, key: str) -> None:
        """Sent like a read: a repetition is answered 501 (already watched) and does nothing twice."""
        param = tracking.subscription(
            parcel,
            callback_url,
            self.settings.key.get_secret_value(),
            self.settings.salt.get_secret_value(),
            self.settings.recognise_company,
        )
        form = {"schema": "json", "param": param}
        await self._subscriptions.send("POST", self.settings.subscribe_url, write=False, data=form)

    def receive(self, request: WebhookRequest) -> Receipt:
        try:
            form = tracking.form_of(request.body)
        except MappingError:
            form = {}
        expected = sign_push(form.get("param", ""), self.settings.salt.get_secret_value())
        if "param" not in form or not same(expected, form.get("sign", "").upper()):
            raise InvalidSignature("the push has no valid sign")
        try:
            number = tracking.read_tracking(request.body)[0].tracking_number
        except MappingError as error:
            raise UnexpectedPayload(f"the push cannot be read: {error}") from None
        delivery = Delivery(topic=Topic.TRACKING, external_id=number, document=request.body)
        return Receipt(deliveries=(delivery,), reply=ACKNOWLEDGEMENT)

    async def _query(self, parcel: Parcel) -> bytes:
        param = tracking.query(parcel)
        key, customer = self.settings.key.get_secret_value(), self.settings.customer
        form = {"customer": customer, "sign": sign_query(param, key, customer), "param": param}
        response = await self._queries.send("POST", self.settings.query_url, write=False, data=form)
        return response.content

    async def _label(self, method: str, param: str) -> Answer:
        def form() -> Mapping[str, str]:
            timestamp = str(int(self.outside.now().timestamp() * 1000))
            key, secret = self.settings.key.get_secret_value(), self.settings.secret.get_secret_value()
            sign = sign_order(param, timestamp, key, secret)
            return {"key": key, "method": method, "t": timestamp, "sign": sign, "param": param}

        response = await self._labels.send("POST", self.settings.label_url, write=True, fresh=form)
        return read_answer(response.content)

    def _terms(self) -> booking.Terms:
        settings = self.settings
        for name in ("company", "partner_id"):
            if not getattr(settings, name):
                raise Misconfigured(f"bookings need the setting {name}", setting=name)
        return booking.Terms(
            company=settings.company,
            partner_id=settings.partner_id,
            partner_key=settings.partner_key.get_secret_value(),
            partner_secret=settings.partner_secret.get_secret_value(),
            partner_name=settings.partner_name,
            net=settings.net,
            code=settings.code,
            check_man=settings.check_man,
            taobao_net=settings.taobao_net,
            pay_type=settings.pay_type,
            product=settings.product,
            print_type=settings.print_type,
            template=settings.template,
            printer=settings.printer,
        )
