"""The connector to one Medusa server.

Medusa has no webhooks, and an order's `updated_at` does not move on a capture, nor on most refunds: new and
modified orders are pulled, everything else is seen when the hub revisits its open orders.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import msgspec

from connectors.kit import (
    Delivery,
    ListsOrderIds,
    Misconfigured,
    OutcomeUnknown,
    Outside,
    Page,
    PullsListings,
    PullsOrders,
    PushesFulfilmentStatus,
    PushesStock,
    Rejected,
    RevisitsOpenOrders,
    Topic,
    Unsupported,
)
from connectors.kit.passes import pages_by_id, pull_in_passes
from connectors.kit.translation import understood
from connectors.stores.medusa.client import AdminClient
from connectors.stores.medusa.settings import MedusaSettings
from mappings.canonical import Shipment, StockLevel, StockRefusal, TrackingStatus
from mappings.documents import decode
from mappings.stores.medusa import outward, queries
from mappings.stores.medusa.answers import (
    FulfilmentsAnswer,
    Identified,
    LevelsAnswer,
    LocationsAnswer,
    OrdersAnswer,
    OrderStamps,
    StampsAnswer,
    StockAnswer,
    VariantsAnswer,
    WrittenAnswer,
)
from mappings.stores.medusa.outward import FulfilmentDocument, VariantStockDocument
from mappings.stores.medusa.queries import Query

OVERLAP = timedelta(minutes=5)
"""How much is read again before a bookmark: what was committed late."""

SETTLED = timedelta(hours=1)
"""While nobody orders, the bookmark follows the `Date` of the answers so far behind: it may be a proxy's."""

MOST_IDS = 50
"""Ids in one request: about 2,000 characters of address, which every proxy takes."""


class MedusaConnector(
    PullsOrders, RevisitsOpenOrders, ListsOrderIds, PullsListings, PushesFulfilmentStatus, PushesStock
):
    """Deliveries are items of list answers, byte for byte, and have no version: their time stamp lies."""

    stock_batch = MOST_IDS

    def __init__(self, settings: MedusaSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._client = AdminClient(settings, outside)
        self._counting = asyncio.Lock()

    async def check(self) -> None:
        """Also refuses a stock location that does not exist."""
        await self._location()
        await self._horizon()

    def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        start = self.settings.start_from
        return pull_in_passes(bookmark, self._horizon, self._changed, overlap=OVERLAP, start_from=start)

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        return [
            delivery
            for start in range(0, len(ids), MOST_IDS)
            async for items, _ in self._orders(
                queries.ORDER_FIELDS, queries.with_ids(ids[start : start + MOST_IDS])
            )
            for delivery in _deliveries(Topic.ORDER, items)
        ]

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        placed = [
            understood(decode, bytes(item), OrderStamps)
            async for items, _ in self._orders(queries.STAMP_FIELDS, queries.placed_between(start, end))
            for item in items
        ]
        return [order.id for order in placed if start <= order.created_at < end]

    async def pull_listings(self) -> AsyncIterator[Page]:
        """After a page before which the list got shorter, as much is read again: variants may come twice,
        none is skipped."""
        offset, total, size = 0, 0, self.settings.page_size
        while True:
            query = queries.page(queries.VARIANT_FIELDS, (), limit=size, offset=offset)
            page = await self._client.read("product-variants", query, VariantsAnswer)
            yield Page(deliveries=_deliveries(Topic.LISTING, page.variants))
            lost = max(0, total - page.count)
            total, offset = page.count, max(0, offset - lost) if lost else offset + len(page.variants)
            if offset >= total or not (page.variants or lost):
                return

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Adds a fulfilment and ships it with its label; one that was added before is only shipped. Never
        while stock is pushed: adding turns reserved units into sold ones. A shipped fulfilment keeps its
        labels and cannot be cancelled, so that its number cannot be corrected."""
        async with self._counting:
            fulfilments = await self._fulfilments(shipment)
            if outward.find_shipped(fulfilments, shipment):
                return
            if outward.find_former(fulfilments, shipment):
                raise Unsupported("Medusa cannot change the tracking number of a shipped fulfilment")
            fulfilment = outward.find_added(fulfilments, shipment) or await self._add(shipment)
        path = f"orders/{shipment.order_external_id}/fulfillments/{fulfilment.id}/shipments"
        body = outward.shipment_body(shipment, notify=self.settings.notify_buyers)
        await self._client.write(path, "id", body, WrittenAnswer)

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        """False for a fulfilment that was added and not shipped: pushing again finishes it."""
        return outward.find_shipped(await self._fulfilments(shipment), shipment) is not None

    async def push_status(self, shipment: Shipment, key: str) -> None:
        """After the shipment Medusa knows one status, delivered."""
        if shipment.status is not TrackingStatus.DELIVERED:
            return
        known = outward.find_told(await self._fulfilments(shipment), shipment)
        if known is None:
            raise Rejected("the order has no fulfilment with this tracking number; push the fulfilment first")
        if known.delivered_at is None:
            path = f"orders/{shipment.order_external_id}/fulfillments/{known.id}/mark-as-delivered"
            await self._client.write(path, "id", {}, WrittenAnswer)

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        """Reads what Medusa reserved itself just before it writes; an order that comes in between both is
        corrected by the next push."""
        async with self._counting:
            location = await self._location()
            variants = await self._variants([level.listing_id for level in levels])
            refusals, body = [], outward.Body(create=[], update=[])
            for level in levels:
                change = _change(level, variants, location)
                if isinstance(change, str):
                    refusals.append(StockRefusal(listing_id=level.listing_id, reason=change))
                else:
                    body[change[0]].append(change[1])
            if any(body.values()):
                await self._client.write("inventory-items/location-levels/batch", "", body, LevelsAnswer)
        return refusals

    async def _horizon(self) -> datetime | None:
        """The newest instant that the shop knows, or its clock an hour ago; null while it has no orders."""
        answer = await self._client.read("orders", queries.newest(), StampsAnswer)
        newest = max((order.updated_at for order in answer.orders), default=None)
        clock = self._client.server_time
        return max(newest, clock - SETTLED) if newest and clock else newest

    async def _changed(
        self, since: datetime | None, after: str
    ) -> AsyncIterator[tuple[Sequence[Delivery], str]]:
        changed = queries.changed_since(since)
        async for items, last in self._orders(queries.ORDER_FIELDS, changed, after):
            yield _deliveries(Topic.ORDER, items), last

    async def _orders(
        self, fields: str, conditions: Query, after: str = ""
    ) -> AsyncIterator[tuple[Sequence[msgspec.Raw], str]]:
        """Orders of each page and the id after which the next begins, empty after the last. What moves
        meanwhile cannot hide an order: the next page is asked for by id, not by position."""
        size = self.settings.page_size

        async def read(after: str) -> Sequence[msgspec.Raw]:
            query = queries.page(fields, (*conditions, *queries.after(after)), limit=size)
            return (await self._client.read("orders", query, OrdersAnswer)).orders

        async for page in pages_by_id(read, _id, size=size, after=after):
            yield page

    async def _location(self) -> str:
        """The configured stock location, else the first."""
        wanted: str = self.settings.stock_location_id
        conditions = (("id", wanted),) if wanted else ()
        query = queries.page(queries.LOCATION_FIELDS, conditions, limit=1)
        answer = await self._client.read("stock-locations", query, LocationsAnswer)
        if not answer.stock_locations:
            raise Misconfigured("the server has no such stock location", setting="stock_location_id")
        return answer.stock_locations[0].id

    async def _variants(self, ids: Sequence[str]) -> dict[str, VariantStockDocument]:
        query = queries.page(queries.STOCK_FIELDS, queries.with_ids(ids), limit=len(ids))
        answer = await self._client.read("product-variants", query, StockAnswer)
        return {variant.id: variant for variant in answer.variants}

    async def _fulfilments(self, shipment: Shipment) -> Sequence[FulfilmentDocument]:
        ids = queries.with_ids([shipment.order_external_id])
        query = queries.page(queries.FULFILMENT_FIELDS, ids, limit=1)
        answer = await self._client.read("orders", query, FulfilmentsAnswer)
        if not answer.orders:
            raise Rejected("the shop has no order with this id", code="not_found")
        return answer.orders[0].fulfillments or ()

    async def _add(self, shipment: Shipment) -> FulfilmentDocument:
        path = f"orders/{shipment.order_external_id}/fulfillments"
        body = outward.fulfilment_body(shipment, self.settings.stock_location_id)
        answer = await self._client.write(path, queries.FULFILMENT_FIELDS, body, WrittenAnswer)
        added = outward.find_added(answer.order.fulfillments or (), shipment)
        if added is None:
            raise OutcomeUnknown("the answer does not show the fulfilment that was added")
        return added


def _change(
    level: StockLevel, variants: dict[str, VariantStockDocument], location: str
) -> tuple[str, outward.Body] | str:
    variant = variants.get(level.listing_id)
    return outward.level_body(level, variant, location) if variant else "no variant has this id"


def _deliveries(topic: Topic, items: Sequence[msgspec.Raw]) -> tuple[Delivery, ...]:
    """The items as they came, named by their ids."""
    return tuple(Delivery(topic=topic, external_id=_id(item), document=bytes(item)) for item in items)


def _id(item: msgspec.Raw) -> str:
    return understood(decode, bytes(item), Identified).id
