"""The connector to one Amazon seller account: Orders 2026-01-01, confirmShipment of v0, Listings Items.

Searching orders is allowed every three minutes; a page holds a hundred with everything in them. Notifications
go to a queue at AWS, not to an address, and are not read.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import quote

from msgspec import Raw

from connectors.kit import (
    Delivery,
    FetchesOrders,
    ListsOrderIds,
    Misconfigured,
    Outside,
    Page,
    PullsListings,
    PullsOrders,
    PushesFulfilments,
    PushesStock,
    Rejected,
    Topic,
    UnexpectedPayload,
)
from connectors.kit.http import PlatformClient
from connectors.kit.json_api import JsonApi
from connectors.kit.translation import understood
from connectors.stores.amazon.access import (
    CONFIRM,
    LISTINGS,
    PARTICIPATIONS,
    PATCH,
    READ,
    SEARCH,
    LoginWithAmazon,
    classify,
)
from connectors.stores.amazon.bookmark import Bookmark
from connectors.stores.amazon.settings import AmazonSettings
from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.documents import decode
from mappings.parcels import find_parcel
from mappings.stores.amazon import outward
from mappings.stores.amazon.listing import ItemDocument
from mappings.stores.amazon.outward import wire_time
from mappings.stores.amazon.tables import FULFILLMENT_STATUSES, Standing
from mappings.stores.amazon.wire import OrderDocument, OrderHead

ORDERS = "/orders/2026-01-01/orders"
DATA_SETS = {"includedData": "BUYER,RECIPIENT,PROCEEDS,CANCELLATION,FULFILLMENT,PACKAGES,PAYMENT"}
OVERLAP = timedelta(minutes=5)
HELD_BACK = timedelta(minutes=2)
"""Amazon answers up to two minutes ago."""
FIRST_REACH = timedelta(days=30)
MOST_ITEMS = 1000
"""Listings that one search pages through."""


class AmazonConnector(
    PullsOrders, FetchesOrders, ListsOrderIds, PullsListings, PushesFulfilments, PushesStock
):
    """Listings are named by their SKU. A parcel has a reference of ours: telling it again changes it."""

    stock_batch: ClassVar[int] = 25
    settings: AmazonSettings

    def __init__(self, settings: AmazonSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        headers = {"Accept": "application/json", "User-Agent": "orderhub/1 (Language=Python)"}
        client = PlatformClient(outside, classify=classify)
        access = LoginWithAmazon(settings, outside)
        self._api = JsonApi(client, settings.root, headers=headers, auth=access)
        self._items = f"/listings/2021-08-01/items/{settings.seller_id}"
        self._here = {"marketplaceIds": settings.marketplace_id}

    async def check(self) -> None:
        """Also refuses a marketplace in which the account does not sell."""
        path, shape = "/sellers/v1/marketplaceParticipations", outward.Participations
        found = await self._api.ask(shape, "GET", path, of=PARTICIPATIONS)
        if self.settings.marketplace_id not in found.marketplaces:
            words = "the account does not sell in this marketplace, or it is of another region"
            raise Misconfigured(words, setting="marketplace_id")

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        """Pages towards the instant up to which the first one is complete. A token that ended (they last a
        day) begins the pass again."""
        mark = Bookmark.parse(bookmark, self._start() + OVERLAP)
        since = mark.since - OVERLAP
        if since > self.outside.now() - HELD_BACK:
            return
        conditions = {"lastUpdatedAfter": wire_time(since)}
        try:
            answer = await self._search(conditions, mark.token)
        except Rejected:
            if not mark.token:
                raise
            mark, answer = Bookmark(since=mark.since), await self._search(conditions)
        while True:
            orders = [_order(row) for row in answer.orders]
            mark = mark.behind(answer, orders)
            yield Page(deliveries=tuple(orders), bookmark=mark.text)
            if not mark.token:
                return
            answer = await self._search(conditions, mark.token)

    def _start(self) -> datetime:
        return self.settings.start_from or self.outside.now() - FIRST_REACH

    async def _search(self, conditions: Mapping[str, str], token: str = "") -> outward.OrdersPage:
        query = {**self._here, **conditions, **DATA_SETS, "maxResultsPerPage": str(self.settings.page_size)}
        if not self.settings.include_fba:
            query["fulfilledBy"] = "MERCHANT"
        if token:
            query["paginationToken"] = token
        return await self._api.ask(outward.OrdersPage, "GET", ORDERS, params=query, of=SEARCH)

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        found = [await self._fetched(one) for one in ids]
        return [_order(row) for row in found if row]

    async def _fetched(self, order_id: str) -> Raw | None:
        """Null for an order that Amazon does not have, or does not keep any more."""
        try:
            return await self._document(order_id)
        except Rejected as error:
            if error.code not in ("400", "404"):
                raise
            return None

    async def _document(self, order_id: str) -> Raw:
        path = f"{ORDERS}/{quote(order_id, safe='')}"
        return (await self._api.ask(outward.OneOrder, "GET", path, params=DATA_SETS, of=READ)).order

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        """What was placed in the last two minutes is not listed yet."""
        latest = min(end, self.outside.now() - HELD_BACK)
        found, token = list[OrderHead](), ""
        while start <= latest:
            conditions = {"createdAfter": wire_time(start), "createdBefore": wire_time(latest)}
            answer = await self._search(conditions, token)
            found += [_head(row) for row in answer.orders]
            token = (answer.pagination and answer.pagination.next_token) or ""
            if not token:
                break
        return [head.order_id for head in found if start <= understood(lambda one: one.placed_at, head) < end]

    async def pull_listings(self) -> AsyncIterator[Page]:
        """By time of creation: behind a thousand items a new search begins at the last one."""
        after, seen, token = "", 0, ""
        while True:
            answer = await self._listed(after, token)
            items = [(row, understood(decode, bytes(row), ItemDocument)) for row in answer.items]
            yield Page(deliveries=tuple(_listing(row, item) for row, item in items))
            seen += len(items)
            token = (answer.pagination and answer.pagination.next_token) or ""
            if token:
                continue
            if seen < MOST_ITEMS:
                return
            last = next((one.created_date for one in items[-1][1].summaries or () if one.created_date), "")
            if last in ("", after):
                raise UnexpectedPayload(
                    "more than a thousand listings of one instant cannot be paged through"
                )
            after, seen = last, 0

    async def _listed(self, after: str, token: str) -> outward.ItemsPage:
        query = {**self._here, "includedData": "summaries,fulfillmentAvailability", "pageSize": "20"}
        query |= {"sortBy": "createdDate", "sortOrder": "ASC"}
        query |= {"createdAfter": after} if after else {}
        query |= {"pageToken": token} if token else {}
        return await self._api.ask(outward.ItemsPage, "GET", self._items, params=query, of=LISTINGS)

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """What is recorded is read first: it also says in which marketplace the order was placed."""
        order = await self._known(shipment.order_external_id)
        if _find(order, shipment):
            return
        status = order.fulfillment.fulfillment_status
        if FULFILLMENT_STATUSES.codes.get(status) is Standing.CANCELLED:
            raise Rejected("the order is cancelled at Amazon", code=status)
        marketplace = order.sales_channel.marketplace_id or self.settings.marketplace_id
        path = f"/orders/v0/orders/{quote(order.order_id, safe='')}/shipmentConfirmation"
        body = outward.confirmation(shipment, marketplace)
        await self._api.ask(tuple[()], "POST", path, body, write=True, of=CONFIRM)

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        return _find(await self._known(shipment.order_external_id), shipment)

    async def _known(self, order_id: str) -> OrderDocument:
        return understood(decode, bytes(await self._document(order_id)), OrderDocument)

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        said = [(level, await self._write_stock(level)) for level in levels]
        return [StockRefusal(listing_id=level.listing_id, reason=reason) for level, reason in said if reason]

    async def _write_stock(self, level: StockLevel) -> str:
        """Why Amazon refused, or nothing. Stock written to a listing of Amazon's warehouses would make it one
        that the seller ships."""
        if level.inventory_id:
            return f"Amazon holds its stock ({level.inventory_id})"
        path = f"{self._items}/{quote(level.listing_id, safe='')}"
        body = outward.stock_patch(level, self.settings.handling_days)
        try:
            answer = await self._api.ask(outward.Submission, "PATCH", path, body, params=self._here, of=PATCH)
        except Rejected as error:
            return str(error)
        return answer.refusal


def _find(order: OrderDocument, shipment: Shipment) -> bool:
    known = [outward.recorded(one) for one in order.packages or ()]
    return find_parcel(known, shipment, (shipment.tracking_number,)) is not None


def _head(row: Raw) -> OrderHead:
    return understood(decode, bytes(row), OrderHead)


def _order(row: Raw) -> Delivery:
    head = _head(row)
    changed = understood(lambda: head.changed_at)
    return Delivery(topic=Topic.ORDER, external_id=head.order_id, document=bytes(row), version=changed)


def _listing(row: Raw, item: ItemDocument) -> Delivery:
    return Delivery(topic=Topic.LISTING, external_id=item.sku, document=bytes(row))
