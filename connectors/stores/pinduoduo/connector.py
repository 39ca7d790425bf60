"""Pinduoduo: windows of half an hour over the update time, pages read backwards, whole orders in the rows."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from connectors.kit import (
    Delivery,
    FetchesOrders,
    ListsOrderIds,
    OutcomeUnknown,
    Outside,
    Page,
    PullsListings,
    PullsOrders,
    PushesFulfilments,
    PushesStock,
    Rejected,
    Topic,
    Unsupported,
)
from connectors.kit.paging import Window, window_pages
from connectors.kit.translation import expressing, reading
from connectors.kit.windows import windows
from connectors.stores.pinduoduo.gateway import Gateway
from connectors.stores.pinduoduo.refusals import NO_SUCH_ORDER, is_business
from connectors.stores.pinduoduo.settings import PinduoduoSettings
from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.china import beijing_text
from mappings.documents import decode
from mappings.stores.pinduoduo.answers import Companies, Done, GoodsPage, OneOrder, OrdersPage, variants
from mappings.stores.pinduoduo.outward import knows_parcel, send_call, stock_call
from mappings.stores.pinduoduo.tables import LOGISTICS_IDS
from mappings.stores.pinduoduo.wire import Order

WINDOW = timedelta(minutes=30)
OVERLAP = timedelta(minutes=4)
"""The platform shows changes up to 3 minutes late: what is read too early is read again."""
SETTLED = timedelta(seconds=10)
REACH = timedelta(days=89)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
GROUPS_TAKE = timedelta(days=2)
"""From an order's creation to its deal; *unverified*."""
PAGE_SIZE = 100
UNLIMITED = 10**9

CHANGED = ("pdd.order.number.list.increment.get", "start_updated_at", "end_updated_at")
MADE = ("pdd.order.list.get", "start_confirm_at", "end_confirm_at")
Kind = tuple[str, str, str]


class PinduoduoConnector(
    PullsOrders, FetchesOrders, ListsOrderIds, PullsListings, PushesFulfilments, PushesStock
):
    """One shop. Delivered order documents are `order_info`, or the rows of a list, as they came. They have no
    version: an update time counts whole seconds, and more than one change fits into a second."""

    def __init__(self, settings: PinduoduoSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._gateway = Gateway(settings, outside)

    async def check(self) -> None:
        now = self.outside.now()
        await self._page(CHANGED, (now - timedelta(minutes=1), now), 1)

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        """The bookmark is the end of the last completed window, as ISO text."""
        until = (self.outside.now() - SETTLED).replace(microsecond=0)
        oldest = until - REACH
        since = datetime.fromisoformat(bookmark) if bookmark else self.settings.start_from or oldest
        due = windows(max(since, oldest), until, length=WINDOW, overlap=OVERLAP)
        async for page, end in self._pages(CHANGED, due):
            with reading("a row of the list"):
                found = page.documents
            yield Page(
                deliveries=tuple(_delivery(head.order_sn, document) for head, document in found),
                bookmark=end.isoformat() if end else None,
            )

    def _pages(self, kind: Kind, due: Iterable[Window]) -> AsyncIterator[tuple[OrdersPage, datetime | None]]:
        return window_pages(partial(self._page, kind), due, size=PAGE_SIZE, reachable=UNLIMITED)

    async def _page(self, kind: Kind, window: Window, number: int) -> OrdersPage:
        type_, first, last = kind
        parameters = {
            first: str(int(window[0].timestamp())),
            last: str(int(window[1].timestamp())),
            "order_status": "5",
            "refund_status": "5",
            "page": str(number),
            "page_size": str(PAGE_SIZE),
            "use_has_next": "false",
        }
        if kind is CHANGED:
            parameters["is_lucky_flag"] = "0"
        return await self._gateway.call(type_, parameters, OrdersPage)

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        found = [(order_sn, await self._document(order_sn)) for order_sn in ids]
        return [_delivery(order_sn, document) for order_sn, document in found if document]

    async def _document(self, order_sn: str) -> bytes:
        """Empty for an order that the shop does not have."""
        try:
            answer = await self._gateway.call("pdd.order.information.get", {"order_sn": order_sn}, OneOrder)
        except Rejected as error:
            if is_business(error.code) and NO_SUCH_ORDER in str(error):
                return b""
            raise
        return bytes(answer.order_info)

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        """The platform lists by the time of the deal, which follows the creation."""
        first, last = _whole_second(start), _whole_second(end)
        if last <= first:
            return []
        lower, upper = beijing_text(first), beijing_text(last)
        until = min(last + GROUPS_TAKE, self.outside.now().replace(microsecond=0) + SECOND)
        found: dict[str, None] = {}
        async for page, _ in self._pages(MADE, windows(first, until, length=DAY, overlap=SECOND)):
            with reading("a row of the list"):
                heads = [head for head, _ in page.documents]
            found.update(dict.fromkeys(it.order_sn for it in heads if it.is_created_within(lower, upper)))
        return list(found)

    async def pull_listings(self) -> AsyncIterator[Page]:
        """Goods on sale, then those that are not."""
        for is_on_sale in ("1", "0"):
            number, total = 1, 1
            while (number - 1) * PAGE_SIZE < total:
                parameters = {"is_onsale": is_on_sale, "page": str(number), "page_size": str(PAGE_SIZE)}
                answer = await self._gateway.call("pdd.goods.list.get", parameters, GoodsPage)
                total, number = answer.total, number + 1
                with reading("goods"):
                    found = [
                        (f"{row.goods_id}:{sku}", document)
                        for row in answer.goods_list or []
                        for sku, document in variants(row)
                    ]
                yield Page(
                    deliveries=tuple(
                        Delivery(topic=Topic.LISTING, external_id=listing, document=document)
                        for listing, document in found
                    )
                )

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Reads the order first: a parcel that it knows is not told twice; one that it knows under a former
        number gets the present one."""
        order = await self._order(shipment)
        if knows_parcel(order, shipment):
            return
        companies = {} if shipment.carrier in LOGISTICS_IDS.codes else await self._companies()
        with expressing("Pinduoduo"):
            call = send_call(order, shipment, companies)
        try:
            done = await self._gateway.call(call.type, call.parameters, Done, write=True)
        except Rejected as error:  # «already shipped» can mean our parcel or another one
            if is_business(error.code) and await self.find_fulfilment(shipment):
                return
            raise
        if not done.is_success:
            raise OutcomeUnknown(f"{call.type}: the platform does not say that it succeeded")

    async def _companies(self) -> dict[str, str]:
        answer = await self._gateway.call("pdd.logistics.companies.get", {}, Companies)
        return {company.logistics_company: str(company.id) for company in answer.logistics_companies}

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        return knows_parcel(await self._order(shipment), shipment)

    async def _order(self, shipment: Shipment) -> Order:
        document = await self._document(shipment.order_external_id)
        if not document:
            raise Rejected(f"order {shipment.order_external_id} is not known to this shop")
        with reading(f"order {shipment.order_external_id}"):
            return decode(document, Order)

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        """Full updates; repeating them is harmless, so a lost answer is simply asked again."""
        refusals = []
        for level in levels:
            try:
                with expressing("Pinduoduo"):
                    call = stock_call(level)
                await self._gateway.call(call.type, call.parameters, Done)
            except (Rejected, Unsupported) as error:
                refusals.append(StockRefusal(listing_id=level.listing_id, reason=str(error)))
        return refusals


def _delivery(order_sn: str, document: bytes) -> Delivery:
    return Delivery(topic=Topic.ORDER, external_id=order_sn, document=document)


def _whole_second(moment: datetime) -> datetime:
    """The next whole second, or the moment itself if it is one."""
    return moment if not moment.microsecond else moment.replace(microsecond=0) + SECOND
