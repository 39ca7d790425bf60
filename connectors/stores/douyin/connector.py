"""Douyin: windows over the update time, pages read backwards, whole orders in the rows."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from connectors.kit import (
    Delivery,
    FetchesOrders,
    ListsOrderIds,
    Outside,
    Page,
    PullsListings,
    PullsOrders,
    PushesFulfilments,
    PushesStock,
    Receipt,
    ReceivesWebhooks,
    Rejected,
    Topic,
    Unsupported,
    WebhookRequest,
)
from connectors.kit.paging import Window, window_pages
from connectors.kit.translation import expressing, reading
from connectors.kit.windows import windows
from connectors.stores.douyin import webhooks
from connectors.stores.douyin.gateway import Gateway
from connectors.stores.douyin.refusals import BUSINESS, NO_SUCH_ORDER
from connectors.stores.douyin.settings import DouyinSettings
from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.documents import decode
from mappings.stores.douyin.answers import Company, OneOrder, OrdersPage, ProductsPage, variants
from mappings.stores.douyin.outward import knows_parcel, send_call, stock_call
from mappings.stores.douyin.tables import COMPANY_CODES
from mappings.stores.douyin.wire import ShopOrder

WINDOW = timedelta(minutes=30)
LONGEST_LIST = timedelta(days=1)
OVERLAP = timedelta(minutes=2)
SETTLED = timedelta(seconds=10)
REACH = timedelta(days=89)
SECOND = timedelta(seconds=1)
PAGE_SIZE = 100
REACHABLE = 10_000
"""Rows of one list; *unverified*: about 50,000 are given."""


class DouyinConnector(
    PullsOrders,
    FetchesOrders,
    ListsOrderIds,
    PullsListings,
    PushesFulfilments,
    PushesStock,
    ReceivesWebhooks,
):
    """One shop. Delivered order documents are rows of order.searchList, or `shop_order_detail`, as they came.
    They have no version: an update time counts whole seconds, and several changes fit into one."""

    def __init__(self, settings: DouyinSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: DouyinSettings = settings
        self._gateway = Gateway(settings, outside)

    async def check(self) -> None:
        now = self.outside.now()
        await self._page("update_time", (now - timedelta(minutes=1), now), 1)

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        """The bookmark is the end of the last completed window, as ISO text."""
        until = (self.outside.now() - SETTLED).replace(microsecond=0)
        oldest = until - REACH
        since = datetime.fromisoformat(bookmark) if bookmark else self.settings.start_from or oldest
        due = windows(max(since, oldest), until, length=WINDOW, overlap=OVERLAP)
        async for page, end in self._pages("update_time", due):
            with reading("a row of the list"):
                found = page.documents
            yield Page(
                deliveries=tuple(_delivery(head.order_id, document) for head, document in found),
                bookmark=end.isoformat() if end else None,
            )

    def _pages(self, time: str, due: Iterable[Window]) -> AsyncIterator[tuple[OrdersPage, datetime | None]]:
        return window_pages(partial(self._page, time), due, size=PAGE_SIZE, reachable=REACHABLE)

    async def _page(self, time: str, window: Window, number: int) -> OrdersPage:
        """The platform counts pages from 0."""
        parameters = {
            f"{time}_start": int(window[0].timestamp()),
            f"{time}_end": int(window[1].timestamp()),
            "order_by": time,
            "order_asc": True,
            "page": number - 1,
            "size": PAGE_SIZE,
        }
        return await self._gateway.call("order.searchList", parameters, OrdersPage)

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        found = [(order_id, await self._document(order_id)) for order_id in ids]
        return [_delivery(order_id, document) for order_id, document in found if document]

    async def _document(self, order_id: str) -> bytes:
        """Empty for an order that the shop does not have."""
        try:
            answer = await self._gateway.call("order.orderDetail", {"shop_order_id": order_id}, OneOrder)
        except Rejected as error:
            if error.code == BUSINESS and NO_SUCH_ORDER in str(error):
                return b""
            raise
        return bytes(answer.shop_order_detail)

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        """Asked for a second more than wanted: whether the platform counts both ends does not matter then."""
        first, last = (-int(-moment.timestamp() // 1) for moment in (start, end))
        found: dict[str, None] = {}
        due = windows(start, end + SECOND, length=LONGEST_LIST, overlap=SECOND)
        async for page, _ in self._pages("create_time", due):
            with reading("a row of the list"):
                heads = [head for head, _ in page.documents]
            found.update(dict.fromkeys(it.order_id for it in heads if first <= it.create_time < last))
        return list(found)

    async def pull_listings(self) -> AsyncIterator[Page]:
        """Products on sale, then those off the shelf."""
        for status in (0, 1):
            number, total = 1, 1
            while (number - 1) * PAGE_SIZE < total:
                parameters = {"status": status, "page": number, "size": PAGE_SIZE}
                answer = await self._gateway.call("product.listV2", parameters, ProductsPage)
                total, number = answer.total, number + 1
                found: list[Delivery] = []
                for product in answer.data or []:
                    asked = {"product_id": int(product.product_id)}
                    rows = await self._gateway.call("sku.list", asked, list[msgspec.Raw])
                    with reading("an SKU"):
                        found += [
                            Delivery(
                                topic=Topic.LISTING,
                                external_id=f"{product.product_id}:{sku}",
                                document=document,
                            )
                            for sku, document in variants(product, rows)
                        ]
                yield Page(deliveries=tuple(found))

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Reads the order first: a parcel that it knows is not told twice; one that it knows under a former
        number gets the present one."""
        order = await self._order(shipment)
        if knows_parcel(order, shipment):
            return
        companies = {} if shipment.carrier in COMPANY_CODES.codes else await self._companies()
        with expressing("Douyin"):
            call = send_call(order, shipment, companies, key)
        try:
            await self._gateway.call(call.method, call.parameters, msgspec.Raw, write=True)
        except Rejected as error:  # «already shipped» can mean our parcel or another one
            if error.code == BUSINESS and await self.find_fulfilment(shipment):
                return
            raise

    async def _companies(self) -> dict[str, str]:
        answer = await self._gateway.call("order.logisticsCompanyList", {}, list[Company])
        return {company.name: company.code for company in answer}

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        return knows_parcel(await self._order(shipment), shipment)

    async def _order(self, shipment: Shipment) -> ShopOrder:
        document = await self._document(shipment.order_external_id)
        if not document:
            raise Rejected(f"order {shipment.order_external_id} is not known to this shop")
        with reading(f"order {shipment.order_external_id}"):
            return decode(document, ShopOrder)

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        """Full updates; repeating them is harmless, so a lost answer is simply asked again."""
        refusals = []
        for level in levels:
            try:
                with expressing("Douyin"):
                    call = stock_call(level)
                await self._gateway.call(call.method, call.parameters, msgspec.Raw)
            except (Rejected, Unsupported) as error:
                refusals.append(StockRefusal(listing_id=level.listing_id, reason=str(error)))
        return refusals

    def receive(self, request: WebhookRequest) -> Receipt:
        return webhooks.receive(request, self.settings)


def _delivery(order_id: str, document: bytes) -> Delivery:
    return Delivery(topic=Topic.ORDER, external_id=order_id, document=document)
