"""Taobao and Tmall: windows over `modified`, pages read backwards, one full document per trade."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta

from connectors.kit import (
    Batch,
    Delivery,
    FetchesOrders,
    ListsOrderIds,
    Outside,
    Page,
    PollsNotices,
    PullsListings,
    PullsOrders,
    PushesFulfilments,
    PushesStock,
    Rejected,
    Topic,
    UnexpectedPayload,
    Unsupported,
)
from connectors.kit.windows import windows
from connectors.stores.taobao.gateway import TIME, Gateway
from connectors.stores.taobao.messages import MessageQueue
from connectors.stores.taobao.refusals import fault
from connectors.stores.taobao.settings import TaobaoSettings
from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.documents import decode
from mappings.errors import MappingError
from mappings.stores.taobao.answers import (
    Companies,
    Done,
    FullTrade,
    ItemDetail,
    ItemsPage,
    ParcelsOfTrade,
    Sent,
    TradesPage,
    as_it_came,
    modified,
    pieces,
    variant_document,
    variants,
)
from mappings.stores.taobao.listing import DETAIL_FIELDS, ITEM_FIELDS, Item
from mappings.stores.taobao.outward import (
    TopCall,
    is_listing_id,
    knows_parcel,
    lists_parcel,
    resend_call,
    send_call,
    stock_calls,
)
from mappings.stores.taobao.tables import COMPANY_CODES, ORDER_TYPES
from mappings.stores.taobao.trade import BEIJING, TRADE_FIELDS, Trade, decode_trade

WINDOW = timedelta(minutes=30)
OVERLAP = timedelta(minutes=2)
SETTLED = timedelta(seconds=10)
REACH = timedelta(days=89)
PAGE_SIZE = 50
ITEMS_PER_PAGE = 200
MOST_ITEMS = 20_000

_SOURCES_OF_ITEMS: tuple[tuple[str, dict[str, str]], ...] = (
    ("taobao.items.onsale.get", {}),
    ("taobao.items.inventory.get", {"banner": "for_shelved"}),
    ("taobao.items.inventory.get", {"banner": "sold_out"}),
)
_PERHAPS_DONE = ("B02", "B04", "B55", "CD19", "P07")


class TaobaoConnector(
    PullsOrders, FetchesOrders, ListsOrderIds, PullsListings, PushesFulfilments, PushesStock, PollsNotices
):
    """One shop. Delivered order documents are the trade object of `trade_fullinfo_get_response`, as it came
    (the envelope around it holds a request id that changes with every call)."""

    def __init__(self, settings: TaobaoSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._gateway = Gateway(settings, outside)
        self._queue = MessageQueue(self._gateway, settings.message_group)

    async def check(self) -> None:
        now = self.outside.now()
        await self._page("increment", now - timedelta(minutes=1), now, page=1)

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        """The bookmark is the end of the last completed window, as ISO text."""
        until = (self.outside.now() - SETTLED).replace(microsecond=0)
        oldest = until - REACH
        since = datetime.fromisoformat(bookmark) if bookmark else self.settings.start_from or oldest
        for start, end in windows(max(since, oldest), until, length=WINDOW, overlap=OVERLAP):
            async for ids, is_last in self._pages("increment", start, end):
                bookmark_now = end.isoformat() if is_last else None
                yield Page(deliveries=tuple(await self.fetch_orders(ids)), bookmark=bookmark_now)

    async def _pages(
        self, kind: str, start: datetime, end: datetime
    ) -> AsyncIterator[tuple[Sequence[str], bool]]:
        """Ids, last page first, and whether nothing follows.

        The list is newest first: a trade that changes while it is read leaves the window, and the rest moves
        towards the pages that are still to be read. If a trade came late instead, all is read again.
        """
        first = await self._page(kind, start, end, page=1)
        while (pages := -(-first.total_results // PAGE_SIZE)) > 1:
            for page in range(pages, 1, -1):
                yield (await self._page(kind, start, end, page=page)).ids, False
            before, first = first, await self._page(kind, start, end, page=1)
            if first.total_results <= before.total_results:
                break
        yield first.ids, True

    async def _page(self, kind: str, start: datetime, end: datetime, *, page: int) -> TradesPage:
        method, first, last = _TRADE_LISTS[kind]
        parameters = {
            "fields": "tid",
            "type": ORDER_TYPES,
            first: start.astimezone(BEIJING).strftime(TIME),
            last: end.astimezone(BEIJING).strftime(TIME),
            "page_no": str(page),
            "page_size": str(PAGE_SIZE),
            "use_has_next": "false",
        }
        return await self._gateway.call(method, parameters, TradesPage, write=False)

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        found = [await self._fetch(tid) for tid in ids]
        return [delivery for delivery in found if delivery is not None]

    async def _fetch(self, tid: str) -> Delivery | None:
        if not (tid.isascii() and tid.isdigit()):
            return None
        parameters = {"fields": TRADE_FIELDS, "tid": tid, "include_oaid": "true"}
        try:
            answer, content = await self._gateway.call_raw(
                "taobao.trade.fullinfo.get", parameters, FullTrade, write=False
            )
        except Rejected as error:
            if error.code == "isv.trade-not-exist":
                return None
            raise
        document = as_it_came(content, answer.trade)
        return Delivery(topic=Topic.ORDER, external_id=tid, document=document, version=modified(answer.trade))

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        """Both ends are whole seconds and included, as the platform counts; hence the second less."""
        start, end = _whole_second(start), _whole_second(end) - timedelta(seconds=1)
        if end < start:
            return []
        found: dict[str, None] = {}
        async for ids, _ in self._pages("created", start, end):
            found.update(dict.fromkeys(ids))
        return list(found)

    async def pull_listings(self) -> AsyncIterator[Page]:
        """Items on sale, then those in the warehouse (also sold out ones, which come back with stock)."""
        for method, selection in _SOURCES_OF_ITEMS:
            page, total = 1, 1
            while (page - 1) * ITEMS_PER_PAGE < total:
                answer, content = await self._items(method, selection, page)
                total = answer.total_results
                if total > MOST_ITEMS:
                    raise Unsupported(
                        f"{method}: {total} items; the platform pages through {MOST_ITEMS} at most"
                    )
                items = pieces(answer.items.item) if answer.items else []
                found = [
                    listing for item in items for listing in await self._listings(as_it_came(content, item))
                ]
                yield Page(deliveries=tuple(found))
                page += 1

    async def _items(self, method: str, selection: Mapping[str, str], page: int) -> tuple[ItemsPage, bytes]:
        parameters = {
            "fields": ITEM_FIELDS,
            "page_no": str(page),
            "page_size": str(ITEMS_PER_PAGE),
            **selection,
        }
        return await self._gateway.call_raw(method, parameters, ItemsPage, write=False)

    async def _listings(self, item: bytes) -> Sequence[Delivery]:
        """One delivery per SKU, or one for an item without SKUs."""
        num_iid = str(decode(item, Item).num_iid)
        parameters = {"fields": DETAIL_FIELDS, "num_iid": num_iid}
        answer, content = await self._gateway.call_raw(
            "taobao.item.seller.get", parameters, ItemDetail, write=False
        )
        skus = variants(content)
        if not skus:
            document = variant_document(as_it_came(content, answer.item), None)
            return [Delivery(topic=Topic.LISTING, external_id=num_iid, document=document)]
        return [
            Delivery(
                topic=Topic.LISTING,
                external_id=f"{num_iid}:{sku_id}",
                document=variant_document(item, document),
            )
            for sku_id, document in skus
        ]

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Reads the trade first: it decides how a parcel is told, and one that it knows is not told twice;
        under a former number, it gets the present one."""
        trade = await self._trade(shipment)
        if knows_parcel(trade, shipment):
            return
        if trade.status == "SELLER_CONSIGNED_PART" and await self._lists(shipment):
            return
        company = await self._company_code(shipment)
        try:
            call = await self._correction(trade, shipment, company) or send_call(trade, shipment, company)
        except MappingError as error:
            raise Unsupported(f"trade {trade.tid}: {error.reason}") from None
        try:
            await self._send(call)
        except Rejected as error:
            raise await self._explained(error, shipment) from None

    async def _correction(self, trade: Trade, shipment: Shipment, company: str) -> TopCall | None:
        if not shipment.former_numbers:
            return None
        return resend_call(trade, await self._parcels(shipment), shipment, company)

    async def _send(self, call: TopCall) -> None:
        answer = await self._gateway.call(call.method, call.parameters, Sent, write=True)
        if not answer.is_success:
            raise Rejected(f"{call.method}: the platform says that it did not succeed")

    async def _explained(self, error: Rejected, shipment: Shipment) -> Rejected:
        """«Already shipped» can mean our parcel or another one: the stored number decides."""
        if fault(error.code) not in _PERHAPS_DONE:
            return error
        if await self.find_fulfilment(shipment):
            return Rejected(str(error), code=error.code, already_done=True)
        remedy = (
            "it does not carry this number; if another one is wrong, correct it in the seller's back office"
        )
        return Rejected(f"{error}: {remedy}", code=error.code)

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        return knows_parcel(await self._trade(shipment), shipment) or await self._lists(shipment)

    async def _lists(self, shipment: Shipment) -> bool:
        return lists_parcel(await self._parcels(shipment), shipment)

    async def _parcels(self, shipment: Shipment) -> ParcelsOfTrade:
        parameters = {"fields": "tid,out_sid,sub_tids,company_name", "tid": shipment.order_external_id}
        return await self._gateway.call(
            "taobao.logistics.orders.get", parameters, ParcelsOfTrade, write=False
        )

    async def _trade(self, shipment: Shipment) -> Trade:
        delivery = await self._fetch(shipment.order_external_id)
        if delivery is None:
            raise Rejected(f"trade {shipment.order_external_id} is not known to this shop", code="B01")
        try:
            return decode_trade(delivery.document)
        except MappingError as error:
            raise UnexpectedPayload(f"trade {shipment.order_external_id}: {error}") from None

    async def _company_code(self, shipment: Shipment) -> str:
        """Our table, else the platform's own list by the carrier's name."""
        code = COMPANY_CODES.get(shipment.carrier, "")
        if not code and shipment.carrier_name:
            answer = await self._gateway.call(
                "taobao.logistics.companies.get", {"fields": "code,name"}, Companies, write=False
            )
            code = answer.code_of(shipment.carrier_name)
        if not code:
            raise Unsupported(
                f"carrier {shipment.carrier!r} has no company code on Taobao; ship with another one"
            )
        return code

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        """Full updates; repeating them is harmless, so a lost answer is simply asked again. If the platform
        refuses a group, its SKUs are written one by one to find the one at fault."""
        refusals = [
            _refusal(level, "not a Taobao listing id")
            for level in levels
            if not is_listing_id(level.listing_id)
        ]
        for call, group in stock_calls([level for level in levels if is_listing_id(level.listing_id)]):
            try:
                await self._gateway.call(call.method, call.parameters, Done, write=False)
            except Rejected as error:
                if len(group) == 1:
                    refusals.append(_refusal(group[0], str(error)))
                else:
                    for level in group:
                        refusals.extend(await self.push_stock([level], key))
        return refusals

    async def poll_notices(self) -> Batch:
        return await self._queue.poll() if self.settings.message_group else Batch()

    async def confirm_notices(self, receipts: Sequence[str]) -> None:
        await self._queue.confirm(receipts)


_TRADE_LISTS = {
    "increment": ("taobao.trades.sold.increment.get", "start_modified", "end_modified"),
    "created": ("taobao.trades.sold.get", "start_created", "end_created"),
}


def _refusal(level: StockLevel, reason: str) -> StockRefusal:
    return StockRefusal(listing_id=level.listing_id, reason=reason)


def _whole_second(moment: datetime) -> datetime:
    """The next whole second, or the moment itself if it is one."""
    return moment if not moment.microsecond else moment.replace(microsecond=0) + timedelta(seconds=1)
