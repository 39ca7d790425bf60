"""Youzan: windows over the update time, pages read backwards, one full document per trade."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from connectors.kit import (
    Delivery,
    FetchesOrders,
    ListsOrderIds,
    Misconfigured,
    OutcomeUnknown,
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
from connectors.stores.youzan import webhooks
from connectors.stores.youzan.gateway import Gateway
from connectors.stores.youzan.refusals import NO_SUCH_TRADE, NOT_FOUND, PERHAPS_DONE
from connectors.stores.youzan.settings import YouzanSettings
from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.china import beijing_text
from mappings.documents import decode
from mappings.stores.youzan.answers import (
    Companies,
    Done,
    ItemDetail,
    ItemsPage,
    TradesPage,
    contents,
    variant_document,
    variants,
)
from mappings.stores.youzan.listing import Item
from mappings.stores.youzan.outward import (
    NEEDS_SENDER,
    confirm_call,
    correction_call,
    express_id,
    knows_parcel,
    stock_call,
)
from mappings.stores.youzan.trade import Trade

WINDOW = timedelta(hours=6)
LONGEST_LIST = timedelta(days=30)
OVERLAP = timedelta(minutes=2)
SETTLED = timedelta(seconds=30)
REACH = timedelta(days=89)
SECOND = timedelta(seconds=1)
PAGE_SIZE = 50
REACHABLE = 100 * PAGE_SIZE
"""Rows of one list: no more than 100 pages are given."""

CHANGED = ("start_update", "end_update")
CREATED = ("start_created", "end_created")


class YouzanConnector(
    PullsOrders,
    FetchesOrders,
    ListsOrderIds,
    PullsListings,
    PushesFulfilments,
    PushesStock,
    ReceivesWebhooks,
):
    """One shop. Delivered order documents are `data` of youzan.trade.get, as it came (the envelope around it
    holds an id that changes with every call), without a version: a memo does not move the update time."""

    def __init__(self, settings: YouzanSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self.settings: YouzanSettings = settings
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
            found = await self.fetch_orders(page.ids)
            yield Page(deliveries=tuple(found), bookmark=end.isoformat() if end else None)

    def _pages(
        self, kind: tuple[str, str], due: Iterable[Window]
    ) -> AsyncIterator[tuple[TradesPage, datetime | None]]:
        return window_pages(partial(self._page, kind), due, size=PAGE_SIZE, reachable=REACHABLE)

    async def _page(self, kind: tuple[str, str], window: Window, number: int) -> TradesPage:
        times = {name: beijing_text(moment) for name, moment in zip(kind, window, strict=True)}
        body = {**times, "page_no": number, "page_size": PAGE_SIZE}
        return await self._gateway.call("youzan.trades.sold.get/4.0.4", body, TradesPage)

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        found = [(tid, await self._document(tid)) for tid in ids]
        return [
            Delivery(topic=Topic.ORDER, external_id=tid, document=document)
            for tid, document in found
            if document is not None
        ]

    async def _document(self, tid: str) -> bytes | None:
        try:
            answer = await self._gateway.call_raw("youzan.trade.get/4.0.2", {"tid": tid})
        except Rejected as error:
            if error.code in NO_SUCH_TRADE or NOT_FOUND in str(error):
                return None
            raise
        return contents(answer)

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        """Asked for a second more than wanted: whether the platform counts both ends does not matter then."""
        first, last = _whole_second(start), _whole_second(end)
        found: dict[str, None] = {}
        due = windows(first, last, length=LONGEST_LIST, overlap=SECOND)
        async for page, _ in self._pages(CREATED, due):
            found.update(dict.fromkeys(page.created(beijing_text(first), beijing_text(last))))
        return list(found)

    async def pull_listings(self) -> AsyncIterator[Page]:
        """Items on sale, then those in the warehouse (also sold out ones, which come back with stock)."""
        for source in ("youzan.items.onsale.get/3.0.0", "youzan.items.inventory.get/3.0.0"):
            number, total = 1, 1
            while (number - 1) * PAGE_SIZE < total:
                body = {"page_no": number, "page_size": PAGE_SIZE}
                answer = await self._gateway.call(source, body, ItemsPage)
                total, number = answer.count, number + 1
                found = [it for raw in answer.items or [] for it in await self._listings(bytes(raw))]
                yield Page(deliveries=tuple(found))

    async def _listings(self, item: bytes) -> Sequence[Delivery]:
        """One delivery per SKU, or one for an item without variants."""
        with reading("an item"):
            item_id = str(decode(item, Item).item_id)
        detail = await self._gateway.call("youzan.item.get/3.0.0", {"item_id": int(item_id)}, ItemDetail)
        with reading("an item's variants"):
            skus = variants(detail)
        documents = [(f"{item_id}:{sku}", variant_document(item, document)) for sku, document in skus]
        return [
            Delivery(topic=Topic.LISTING, external_id=listing, document=document)
            for listing, document in documents or [(item_id, variant_document(item, None))]
        ]

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Reads the trade first: a parcel that it knows is not told twice; one that it knows under a former
        number gets the present one."""
        trade = await self._trade(shipment)
        if knows_parcel(trade, shipment):
            return
        if shipment.carrier == NEEDS_SENDER and not self.settings.sender_mobile:
            raise Misconfigured("parcels of SF Express need the sender's number", setting="sender_mobile")
        companies = await self._gateway.call("youzan.logistics.express.get/3.0.0", {}, Companies)
        with expressing("Youzan"):
            express = express_id(companies, shipment)
            call = correction_call(trade, shipment, express) or confirm_call(
                trade, shipment, express, self.settings.sender_mobile
            )
        try:
            done = await self._gateway.call(call.api, call.body, Done, write=True)
        except Rejected as error:  # «already shipped» can mean our parcel or another one
            if error.code in PERHAPS_DONE and await self.find_fulfilment(shipment):
                return
            raise
        if not done.is_success:
            raise OutcomeUnknown(f"{call.api}: the platform does not say that it succeeded")

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        return knows_parcel(await self._trade(shipment), shipment)

    async def _trade(self, shipment: Shipment) -> Trade:
        document = await self._document(shipment.order_external_id)
        if document is None:
            raise Rejected(f"trade {shipment.order_external_id} is not known to this shop", code="5000")
        with reading(f"trade {shipment.order_external_id}"):
            return decode(document, Trade)

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        """Full updates; repeating them is harmless, so a lost answer is simply asked again."""
        refusals = []
        for level in levels:
            try:
                with expressing("Youzan"):
                    call = stock_call(level)
                await self._gateway.call(call.api, call.body, Done)
            except (Rejected, Unsupported) as error:
                refusals.append(StockRefusal(listing_id=level.listing_id, reason=str(error)))
        return refusals

    def receive(self, request: WebhookRequest) -> Receipt:
        return webhooks.receive(request, self.settings)


def _whole_second(moment: datetime) -> datetime:
    """The next whole second, or the moment itself if it is one."""
    return moment if not moment.microsecond else moment.replace(microsecond=0) + SECOND
