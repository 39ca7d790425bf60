"""The connector to one channel of one Vendure server.

Vendure has no webhooks, and `Order.updatedAt` does not move on payment, fulfilment and refund: new and
modified orders are pulled, everything else is seen when the hub revisits its open orders.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from connectors.kit import (
    Delivery,
    ListsOrderIds,
    Misconfigured,
    Outside,
    Page,
    PullsListings,
    PullsOrders,
    PushesFulfilmentStatus,
    PushesStock,
    Rejected,
    RevisitsOpenOrders,
    RunsCampaigns,
    Topic,
    UnexpectedPayload,
)
from connectors.stores.vendure import documents
from connectors.stores.vendure.bookmark import Bookmark
from connectors.stores.vendure.campaigns import Campaigns
from connectors.stores.vendure.session import Session
from connectors.stores.vendure.settings import VendureSettings
from mappings.canonical import (
    Campaign,
    Shipment,
    ShownCampaign,
    StockLevel,
    StockRefusal,
    TrackingStatus,
)
from mappings.documents import decode
from mappings.errors import MappingError
from mappings.stores.vendure import outward, queries
from mappings.stores.vendure.answers import (
    FulfilmentsAnswer,
    HorizonAnswer,
    Identified,
    ListAnswer,
    ListPage,
    PlacedOrder,
    ResultAnswer,
    ServerAnswer,
    WrittenAnswer,
)
from mappings.stores.vendure.documents import MINOR_DIGITS, FulfilmentDocument
from mappings.stores.vendure.tables import CANCELLED

T = TypeVar("T")

OVERLAP = timedelta(minutes=5)
"""How much is read again before a bookmark: what was committed late, and whole seconds of one database."""

SETTLED = timedelta(hours=1)
"""While nobody orders, the bookmark follows the `Date` of the answers so far behind: it may be a proxy's."""


class VendureConnector(
    PullsOrders,
    RevisitsOpenOrders,
    ListsOrderIds,
    PullsListings,
    PushesFulfilmentStatus,
    PushesStock,
    RunsCampaigns,
):
    """Deliveries are nodes of list answers, byte for byte, and have no version: their time stamp lies."""

    def __init__(self, settings: VendureSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._session = Session(settings, outside)
        self._campaigns = Campaigns(self._session)
        self._counting = asyncio.Lock()

    async def check(self) -> None:
        """Also refuses amounts that are not hundredths, a stock location that does not exist, and an
        administrator who may not read orders."""
        server = await self._server()
        if server.global_settings.server_config.money_strategy_precision != MINOR_DIGITS:
            raise Misconfigured("the server's MoneyStrategy has not two decimal places", setting="url")
        self._location(server)
        await self._horizon()

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        """Finishes a pass that was interrupted, then reads what changed since."""
        mark = Bookmark.parse(bookmark)
        if mark.skip:
            async for page in self._pass(mark):
                yield page
            mark = Bookmark(since=mark.until)
        if horizon := await self._horizon():
            async for page in self._pass(mark.towards(horizon)):
                yield page

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        return [
            delivery
            async for items in self._items_with_ids(documents.ORDERS, ids)
            for delivery in _deliveries(Topic.ORDER, items)
        ]

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        placed = [
            _read(item, PlacedOrder)
            async for items, _ in self._pages(documents.ORDER_IDS, queries.placed_between(start, end))
            for item in items
        ]
        return [order.id for order in placed if start <= order.order_placed_at < end]

    async def pull_listings(self) -> AsyncIterator[Page]:
        async for items, _ in self._pages(documents.VARIANTS, {}):
            yield Page(deliveries=_deliveries(Topic.LISTING, items))

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Adds a fulfilment and moves it to `Shipped`; one that was added before is only moved. Never while
        stock is pushed: adding turns promised units into sold ones. Vendure cannot change a tracking code, so
        that a fulfilment under a former one is cancelled and added anew."""
        async with self._counting:
            fulfilments = await self._fulfilments(shipment)
            if former := outward.find_former(fulfilments, shipment):
                await self._move(former.id, CANCELLED)
            fulfilment = outward.find_parcel(fulfilments, shipment) or await self._add(shipment)
        if fulfilment.state in outward.UNSHIPPED:
            await self._move(fulfilment.id, "Shipped")

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        """False for a fulfilment that was added and not moved: pushing again finishes it."""
        known = await self._known(shipment)
        return known is not None and known.state not in outward.UNSHIPPED

    async def push_status(self, shipment: Shipment, key: str) -> None:
        """After `Shipped` Vendure knows one status, `Delivered`."""
        if shipment.status is not TrackingStatus.DELIVERED:
            return
        known = outward.find_told(await self._fulfilments(shipment), shipment)
        if known is None:
            raise Rejected("the order has no fulfilment with this tracking code; push the fulfilment first")
        if known.state not in outward.REACHED["Delivered"]:
            await self._move(known.id, "Delivered")

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        """Reads what Vendure promised itself just before it writes; an order that comes in between both is
        corrected by the next push."""
        async with self._counting:
            return await self._write_stock(levels)

    async def tell_campaign(self, campaign: Campaign, key: str) -> str:
        return await self._campaigns.tell(campaign)

    async def read_campaign(self, campaign: Campaign) -> ShownCampaign | None:
        return await self._campaigns.read(campaign)

    async def end_campaign(self, campaign: Campaign, key: str) -> None:
        await self._campaigns.end(campaign)

    async def _write_stock(self, levels: Sequence[StockLevel]) -> Sequence[StockRefusal]:
        server = await self._server()
        location, threshold = self._location(server), server.global_settings.out_of_stock_threshold
        ids = [level.listing_id for level in levels]
        variants = {
            variant.id: variant
            async for items in self._items_with_ids(documents.STOCK, ids)
            for variant in (_read(item, outward.VariantStockDocument) for item in items)
        }
        known = [level for level in levels if level.listing_id in variants]
        inputs = [
            outward.stock_input(level, variants[level.listing_id], location, threshold) for level in known
        ]
        if inputs:
            await self._session.send(documents.WRITE_STOCK, {"input": inputs}, WrittenAnswer, write=True)
        return [
            StockRefusal(listing_id=level.listing_id, reason="no variant has this id")
            for level in levels
            if level.listing_id not in variants
        ]

    async def _horizon(self) -> datetime | None:
        """The newest instant that the shop knows, or its clock an hour ago; null while it has no orders."""
        placed = {"filter": queries.PLACED}
        answer = await self._session.send(documents.HORIZON, placed, HorizonAnswer, write=False)
        newest, clock = answer.newest(), self._session.server_time
        return max(newest, clock - SETTLED) if newest and clock else newest

    async def _pass(self, mark: Bookmark) -> AsyncIterator[Page]:
        after = mark.since - OVERLAP if mark.since else self.settings.start_from
        async for items, skip in self._pages(documents.ORDERS, queries.changed_after(after), mark.skip):
            yield Page(deliveries=_deliveries(Topic.ORDER, items), bookmark=mark.text_at(skip))

    async def _items_with_ids(
        self, document: str, ids: Sequence[str]
    ) -> AsyncIterator[tuple[msgspec.Raw, ...]]:
        size = self._session.page_size
        for start in range(0, len(ids), size):
            async for items, _ in self._pages(document, queries.with_ids(ids[start : start + size])):
                yield items

    async def _pages(
        self, document: str, conditions: dict[str, Any], skip: int = 0
    ) -> AsyncIterator[tuple[tuple[msgspec.Raw, ...], int | None]]:
        """Items of each page and where the next begins. After a page before which the list got shorter, as
        much is read again: items may come twice, none is skipped."""
        total = 0
        while True:
            page = await self._page(document, conditions, skip)
            lost = max(0, total - page.total_items)
            total, skip = page.total_items, max(0, skip - lost) if lost else skip + len(page.items)
            is_last = skip >= total or not (page.items or lost)
            yield page.items, None if is_last else skip
            if is_last:
                return

    async def _page(self, document: str, conditions: dict[str, Any], skip: int) -> ListPage:
        """One page; once more with the size that the server names if it refuses ours."""
        take = self._session.page_size
        options = queries.list_options(conditions, skip=skip, take=take)
        try:
            return (await self._session.send(document, {"options": options}, ListAnswer, write=False)).list
        except Rejected:
            if self._session.page_size >= take:
                raise
        return await self._page(document, conditions, skip)

    async def _server(self) -> ServerAnswer:
        return await self._session.send(documents.SERVER, {}, ServerAnswer, write=False)

    def _location(self, server: ServerAnswer) -> str:
        """The configured stock location, else the first."""
        ids = [location.id for location in server.stock_locations.items]
        wanted = self.settings.stock_location_id or next(iter(ids), "")
        if wanted not in ids:
            raise Misconfigured("the server has no such stock location", setting="stock_location_id")
        return wanted

    async def _known(self, shipment: Shipment) -> FulfilmentDocument | None:
        return outward.find_parcel(await self._fulfilments(shipment), shipment)

    async def _fulfilments(self, shipment: Shipment) -> Sequence[FulfilmentDocument]:
        variables = {"id": shipment.order_external_id}
        answer = await self._session.send(documents.FULFILMENTS, variables, FulfilmentsAnswer, write=False)
        if answer.order is None:
            raise Rejected("the shop has no order with this id", code="ENTITY_NOT_FOUND")
        return answer.order.fulfillments or ()

    async def _add(self, shipment: Shipment) -> FulfilmentDocument | outward.MutationResult:
        variables = {"input": outward.fulfilment_input(shipment)}
        answer = await self._session.send(documents.ADD_FULFILMENT, variables, ResultAnswer, write=True)
        if not answer.result.error_code:
            return answer.result
        if answer.result.error_code == outward.ALREADY_FULFILLED and (known := await self._known(shipment)):
            return known
        raise Rejected(outward.refusal_text(answer.result), code=answer.result.error_code)

    async def _move(self, fulfilment_id: str, state: str) -> None:
        """A fulfilment that is already there, or further, counts as moved."""
        variables = {"id": fulfilment_id, "state": state}
        answer = await self._session.send(documents.MOVE_FULFILMENT, variables, ResultAnswer, write=True)
        result = answer.result
        if result.error_code and result.from_state not in outward.REACHED[state]:
            raise Rejected(outward.refusal_text(result), code=result.error_code)


def _deliveries(topic: Topic, items: Sequence[msgspec.Raw]) -> tuple[Delivery, ...]:
    """The nodes as they came, named by their ids."""
    return tuple(
        Delivery(topic=topic, external_id=_read(item, Identified).id, document=bytes(item)) for item in items
    )


def _read(item: msgspec.Raw, shape: type[T]) -> T:
    try:
        return decode(bytes(item), shape)
    except MappingError as error:
        raise UnexpectedPayload(f"an item of the list is not in the agreed shape: {error}") from None
