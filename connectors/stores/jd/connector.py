"""JD: windows over the time of change, pages read backwards, whole orders in the rows.

Messages of JD's cloud need a protocol that no source describes; lists are cheap enough to be asked often.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from connectors.kit import (
    Delivery,
    FetchesOrders,
    ListsOrderIds,
    Notice,
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
from connectors.kit.translation import expressing, reading, understood
from connectors.kit.windows import windows
from connectors.stores.jd.gateway import Gateway
from connectors.stores.jd.refusals import is_about_what_was_asked
from connectors.stores.jd.settings import JdSettings
from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.china import beijing_text
from mappings.documents import decode
from mappings.stores.jd.answers import Done, OneOrder, OrdersPage, SkuPage
from mappings.stores.jd.listing import Sku
from mappings.stores.jd.outward import ship_call, stock_call
from mappings.stores.jd.tables import STATES, State
from mappings.stores.jd.wire import OPTIONAL_FIELDS, Order, OrderHead

WINDOW = timedelta(days=1)
OVERLAP = timedelta(minutes=10)
SETTLED = timedelta(seconds=10)
FIRST_REACH = timedelta(days=30)
SECOND = timedelta(seconds=1)
PAGE_SIZE = 100
REACHABLE = 100 * PAGE_SIZE
"""Pages behind the hundredth are empty."""

CHANGED, MADE = "0", "1"
EVERY_STATE = ",".join(STATES.codes)


class JdConnector(PullsOrders, FetchesOrders, ListsOrderIds, PullsListings, PushesFulfilments, PushesStock):
    """One shop that ships itself (SOP). Delivered order documents are `orderInfo`, as they came. They have no
    version: a time of change counts whole seconds, and notes do not move it."""

    def __init__(self, settings: JdSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._gateway = Gateway(settings, outside)

    async def check(self) -> None:
        now = self.outside.now()
        await self._page(CHANGED, (now - timedelta(minutes=1), now), 1)

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        """The bookmark is the end of the last completed window, as ISO text. Of an order that JD split, only
        the parts are listed: the whole is read again, so that nobody ships it too."""
        until = (self.outside.now() - SETTLED).replace(microsecond=0)
        since = datetime.fromisoformat(bookmark) if bookmark else self.settings.start_from
        due = windows(since or until - FIRST_REACH, until, length=WINDOW, overlap=OVERLAP)
        async for page, end in self._pages(CHANGED, due):
            heads = _heads(page)
            yield Page(
                deliveries=tuple(_delivery(head, document) for head, document in heads),
                notices=tuple(dict.fromkeys(parent for head, _ in heads for parent in _parents(head))),
                bookmark=end.isoformat() if end else None,
            )

    def _pages(self, kind: str, due: Iterable[Window]) -> AsyncIterator[tuple[OrdersPage, datetime | None]]:
        return window_pages(partial(self._page, kind), due, size=PAGE_SIZE, reachable=REACHABLE)

    async def _page(self, kind: str, window: Window, number: int) -> OrdersPage:
        parameters = {
            "start_date": beijing_text(window[0]),
            "end_date": beijing_text(window[1]),
            "order_state": EVERY_STATE,
            "optional_fields": OPTIONAL_FIELDS,
            "page": str(number),
            "page_size": str(PAGE_SIZE),
            "sortType": "0",
            "dateType": kind,
        }
        return await self._gateway.call("jingdong.pop.order.enSearch", parameters, OrdersPage)

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        found = [await self._document(one) for one in ids if one.isascii() and one.isdecimal()]
        return [_delivery(_head(document), document) for document in found if document]

    async def _document(self, order_id: str) -> bytes:
        """Empty for an order that the shop does not have."""
        parameters = {"order_id": order_id, "optional_fields": OPTIONAL_FIELDS, "order_state": EVERY_STATE}
        try:
            answer = await self._gateway.call("jingdong.pop.order.enGet", parameters, OneOrder)
        except Rejected as error:
            if is_about_what_was_asked(error.code):
                return b""
            raise
        return answer.document

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        first, last = _whole_second(start), _whole_second(end)
        lower, upper = beijing_text(first), beijing_text(last)
        found: dict[str, None] = {}
        async for page, _ in self._pages(MADE, windows(first, last, length=WINDOW, overlap=SECOND)):
            heads = [head for head, _ in _heads(page) if lower <= (head.order_start_time or "") < upper]
            found.update(dict.fromkeys(str(head.order_id) for head in heads))
        return list(found)

    async def pull_listings(self) -> AsyncIterator[Page]:
        number, total = 1, 1
        while (number - 1) * PAGE_SIZE < total:
            parameters = {"pageNo": str(number), "page_size": str(PAGE_SIZE)}
            answer = await self._gateway.call("jingdong.sku.read.searchSkuList", parameters, SkuPage)
            total, number = answer.total, number + 1
            rows = [bytes(row) for row in answer.data or ()]
            yield Page(deliveries=tuple(_listing(row) for row in rows))

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Reads the order first: a number that it carries is not told twice; one that left under another
        number gets the present one only if that was ours."""
        order = await self._order(shipment)
        if shipment.tracking_number in order.numbers:
            return
        state = STATES.codes.get(order.order_state)
        is_corrected = state is State.SHIPPED and set(order.numbers) <= {*shipment.former_numbers}
        if state is not State.OPEN and not is_corrected:
            raise Rejected(f"the order is {order.order_state} at JD", code=order.order_state)
        with expressing("JD"):
            call = ship_call(order, shipment)
        try:
            done = await self._gateway.call(call.method, call.parameters, Done, write=True)
        except Rejected as error:  # «already out of stock» can mean our parcel or another one
            if is_about_what_was_asked(error.code) and await self.find_fulfilment(shipment):
                return
            raise
        if not done.is_done:
            raise OutcomeUnknown(f"{call.method}: JD does not say that it succeeded")

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        return shipment.tracking_number in (await self._order(shipment)).numbers

    async def _order(self, shipment: Shipment) -> Order:
        document = await self._document(shipment.order_external_id)
        if not document:
            raise Rejected(f"order {shipment.order_external_id} is not known to this shop")
        return understood(decode, document, Order)

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        """Full updates; repeating them is harmless, so a lost answer is simply asked again."""
        refusals = []
        for level in levels:
            try:
                with expressing("JD"):
                    call = stock_call(level)
                await self._gateway.call(call.method, call.parameters, Done)
            except (Rejected, Unsupported) as error:
                refusals.append(StockRefusal(listing_id=level.listing_id, reason=str(error)))
        return refusals


def _heads(page: OrdersPage) -> list[tuple[OrderHead, bytes]]:
    rows = [bytes(row) for row in page.order_info_list or ()]
    return [(_head(row), row) for row in rows]


def _head(document: bytes) -> OrderHead:
    with reading("an order"):
        return decode(document, OrderHead)


def _parents(head: OrderHead) -> list[Notice]:
    """Of a part of an order: what it was split from, at once and at first."""
    named = {str(one) for one in (head.direct_parent_order_id, head.parent_order_id) if one}
    return [Notice(topic=Topic.ORDER, external_id=one) for one in sorted(named - {"0", str(head.order_id)})]


def _delivery(head: OrderHead, document: bytes) -> Delivery:
    return Delivery(topic=Topic.ORDER, external_id=str(head.order_id), document=document)


def _listing(row: bytes) -> Delivery:
    sku = understood(decode, row, Sku)
    return Delivery(topic=Topic.LISTING, external_id=str(sku.sku_id), document=row)


def _whole_second(moment: datetime) -> datetime:
    """The next whole second, or the moment itself if it is one."""
    return moment if not moment.microsecond else moment.replace(microsecond=0) + SECOND
