"""Acme over HTTP: bearer tokens that end, closed windows read last page first, refusals inside a 200."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec
from connectors.kit import (
    AuthenticationFailed,
    Batch,
    ConnectorError,
    Delivery,
    FetchesOrders,
    InvalidSignature,
    ListsOrderIds,
    Notice,
    OutcomeUnknown,
    Outside,
    Page,
    PlatformClient,
    PollsNotices,
    PullsListings,
    PullsOrders,
    PushesFulfilmentStatus,
    PushesStock,
    Receipt,
    ReceivesWebhooks,
    RegistersWebhooks,
    Rejected,
    Topic,
    UnexpectedPayload,
    Unsupported,
    WebhookRequest,
    classify_status,
)
from connectors.kit.signing import hmac_base64, same
from connectors.kit.windows import windows
from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.documents import decode, local_time
from mappings.errors import MappingError

from orderhub_acme.mapping import outward
from orderhub_acme.mapping.order import ZONE
from orderhub_acme.settings import AcmeSettings

T = TypeVar("T", bound=outward.Answer)

PAGE = 50
WINDOW = timedelta(days=7)
OVERLAP = timedelta(minutes=2)
FIRST_REACH = timedelta(days=7)


def classify(response: httpx.Response, write: bool) -> ConnectorError | None:
    """Acme answers 200 with `ok: false`; what cannot be read after a write leaves its outcome open."""
    if refusal := classify_status(response, write):
        return refusal
    try:
        answer = decode(response.content, outward.Answer)
    except MappingError:
        unreadable = OutcomeUnknown if write else UnexpectedPayload
        return unreadable("the answer is not Acme's envelope; is the address right?")
    if answer.code == "login":
        return AuthenticationFailed("app key or app secret is wrong", code=answer.code)
    return None if answer.ok else Rejected(f"refused: {answer.message}", code=answer.code)


class AcmeConnector(
    PullsOrders,
    FetchesOrders,
    ListsOrderIds,
    PullsListings,
    PushesFulfilmentStatus,
    PushesStock,
    ReceivesWebhooks,
    RegistersWebhooks,
    PollsNotices,
):
    """One Acme store."""

    settings: AcmeSettings

    def __init__(self, settings: AcmeSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._client = PlatformClient(outside, classify=classify)

    async def check(self) -> None:
        await self._ask(outward.ProductPage, "GET", "/products", params={"page": "1", "size": "1"})

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        """The list is newest first: pages are read last to first, or an edit would hide an order."""
        now = self.outside.now()
        since = self._since(bookmark, now)
        for start, end in windows(since, now, length=WINDOW, overlap=OVERLAP):
            span = {"changed_from": outward.wall_clock(start), "changed_to": outward.wall_clock(end)}
            newest = await self._page(span, 1)
            for number in range(_pages(newest.total), 1, -1):
                yield Page(deliveries=_orders(await self._page(span, number)))
            first = await self._page(span, 1) if newest.total > PAGE else newest
            yield Page(deliveries=_orders(first), bookmark=end.isoformat())

    def _since(self, bookmark: str, now: datetime) -> datetime:
        if bookmark:
            return datetime.fromisoformat(bookmark)
        return self.settings.start_from or now - FIRST_REACH

    async def _page(self, span: Mapping[str, str], number: int) -> outward.OrderPage:
        params = {**span, "page": str(number), "size": str(PAGE)}
        return await self._ask(outward.OrderPage, "GET", "/orders", params=params)

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        found: list[Delivery] = []
        for start in range(0, len(ids), PAGE):
            some = {"ids": ",".join(ids[start : start + PAGE])}
            found += _orders(await self._ask(outward.OrderPage, "GET", "/orders/by-id", params=some))
        return found

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        ids: list[str] = []
        span = {"placed_from": outward.wall_clock(start), "placed_before": outward.wall_clock(end)}
        while True:
            params = {**span, "skip": str(len(ids))}
            page = await self._ask(outward.IdPage, "GET", "/orders/ids", params=params)
            ids += page.ids
            if not page.ids or len(ids) >= page.total:
                return ids

    async def pull_listings(self) -> AsyncIterator[Page]:
        number = 1
        while True:
            params = {"page": str(number), "size": str(PAGE)}
            page = await self._ask(outward.ProductPage, "GET", "/products", params=params)
            yield Page(deliveries=tuple(_listing(product) for product in page.products))
            if number >= _pages(page.total):
                return
            number += 1

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Acme takes no key and would record the parcel twice: ask first."""
        try:
            body = outward.parcel_body(shipment)
        except MappingError as error:
            raise Unsupported(f"Acme has no word for this parcel: {error}") from None
        known = await self._known(shipment)
        if shipment.tracking_number in known:
            return
        former = next((number for number in shipment.former_numbers if number in known), "")
        method, path = ("PATCH", f"/{former}") if former else ("POST", "")
        await self._ask(outward.Answer, method, self._parcels(shipment) + path, write=True, json=body)

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        return shipment.tracking_number in await self._known(shipment)

    async def _known(self, shipment: Shipment) -> list[str]:
        """Numbers under which Acme knows a parcel with these items."""
        known = await self._ask(outward.ParcelList, "GET", self._parcels(shipment))
        return [it.tracking_number for it in known.parcels if it.items == outward.quantities(shipment)]

    async def push_status(self, shipment: Shipment, key: str) -> None:
        path = f"{self._parcels(shipment)}/{quote(shipment.tracking_number, safe='')}"
        await self._ask(outward.Answer, "PUT", path, write=True, json=outward.status_body(shipment))

    def _parcels(self, shipment: Shipment) -> str:
        return f"/orders/{quote(shipment.order_external_id, safe='')}/parcels"

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        body = outward.stock_body(levels)
        return outward.stock_refusals(
            await self._ask(outward.StockAnswer, "PUT", "/stock", write=True, json=body)
        )

    def receive(self, request: WebhookRequest) -> Receipt:
        expected = hmac_base64(self.settings.webhook_secret.get_secret_value(), request.body)
        if not same(expected, request.headers.get("x-acme-signature", "")):
            raise InvalidSignature
        return Receipt(deliveries=(_order(request.body),))

    async def register_webhooks(self, url: str) -> Sequence[str]:
        """Acme does not say which address it had before."""
        await self._ask(outward.Answer, "PUT", "/hooks", write=True, json={"url": url})
        return ()

    async def poll_notices(self) -> Batch:
        """Acme fills its queue for whoever has looked at it once."""
        queued = await self._ask(outward.Queued, "GET", "/queue")
        return Batch(
            notices=tuple(Notice(topic=Topic.ORDER, external_id=it.order_id) for it in queued.messages),
            receipts=tuple(it.receipt for it in queued.messages),
        )

    async def confirm_notices(self, receipts: Sequence[str]) -> None:
        await self._ask(outward.Answer, "POST", "/queue/confirm", json={"receipts": list(receipts)})

    async def _ask(
        self,
        shape: type[T],
        method: str,
        path: str,
        *,
        write: bool = False,
        json: Any = None,
        params: Mapping[str, str] | None = None,
    ) -> T:
        """One call in the agreed shape; a token that ended is renewed once."""
        credentials = self.outside.credentials
        tokens = await credentials.current() or await credentials.renew({}, self._login)
        try:
            response = await self._send(method, path, tokens, write=write, json=json, params=params)
        except AuthenticationFailed:
            tokens = await credentials.renew(tokens, self._login)
            response = await self._send(method, path, tokens, write=write, json=json, params=params)
        return _read(response.content, shape, write)

    async def _send(
        self, method: str, path: str, tokens: Mapping[str, str], **request: Any
    ) -> httpx.Response:
        headers = {"authorization": f"Bearer {tokens['token']}"}
        return await self._client.send(method, self.settings.base_url + path, headers=headers, **request)

    async def _login(self, stored: Mapping[str, str]) -> Mapping[str, str]:
        login = {"key": self.settings.app_key, "secret": self.settings.app_secret.get_secret_value()}
        response = await self._client.send("POST", f"{self.settings.base_url}/token", write=False, json=login)
        return {"token": _read(response.content, outward.Token, False).token}


def _read(content: bytes, shape: type[T], write: bool) -> T:
    try:
        return decode(content, shape)
    except MappingError as error:
        unreadable = OutcomeUnknown if write else UnexpectedPayload
        raise unreadable(f"Acme's answer is not in the agreed shape: {error}") from None


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE))


def _orders(page: outward.OrderPage) -> tuple[Delivery, ...]:
    return tuple(_order(bytes(order)) for order in page.orders)


def _order(document: bytes) -> Delivery:
    try:
        head = decode(document, outward.OrderHead)
        version = local_time(head.changed, ZONE, "$.changed")
    except MappingError as error:
        raise UnexpectedPayload(f"an order without its id or time: {error}") from None
    return Delivery(topic=Topic.ORDER, external_id=head.order_id, document=document, version=version)


def _listing(product: msgspec.Raw) -> Delivery:
    try:
        head = decode(bytes(product), outward.ProductHead)
    except MappingError as error:
        raise UnexpectedPayload(f"a product without its id: {error}") from None
    return Delivery(topic=Topic.LISTING, external_id=head.product_id, document=bytes(product))
