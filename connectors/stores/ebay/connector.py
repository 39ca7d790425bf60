"""The connector to one eBay seller account: Fulfillment and Inventory API.

Refunds and cancellations come in with their order, whose time of change they move. Notifications are not
read: a signature needs a public key that is fetched first, and no source here says where they name an order.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import ClassVar
from urllib.parse import quote

from msgspec import Raw

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
from connectors.kit.client_credentials import ClientCredentials
from connectors.kit.http import PlatformClient
from connectors.kit.json_api import JsonApi
from connectors.kit.paging import Window, window_pages
from connectors.kit.translation import expressing, understood
from connectors.kit.windows import windows
from connectors.stores.ebay.refusals import classify
from connectors.stores.ebay.settings import EbaySettings
from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.documents import completed, decode
from mappings.parcels import RecordedParcel, find_parcel
from mappings.stores.ebay import outward
from mappings.stores.ebay.listing import ItemDocument
from mappings.stores.ebay.tables import IN_PROGRESS
from mappings.stores.ebay.wire import OrderHead

ORDERS = "/sell/fulfillment/v1/order"
ITEMS = "/sell/inventory/v1/inventory_item"
SCOPES = " ".join(
    f"https://api.ebay.com/oauth/api_scope/{name}" for name in ("sell.fulfillment", "sell.inventory")
)
CHANGED, PLACED = "lastmodifieddate", "creationdate"
WINDOW = timedelta(days=1)
OVERLAP = timedelta(minutes=10)
SETTLED = timedelta(seconds=30)
"""eBay refuses times in its own future."""
FIRST_REACH = timedelta(days=90)
MOST_IDS = 50
UNLIMITED = 10**9


class EbayConnector(PullsOrders, FetchesOrders, ListsOrderIds, PullsListings, PushesFulfilments, PushesStock):
    """Listings are named by their SKU; those that were not made through the Inventory API are not seen."""

    stock_batch: ClassVar[int] = 25
    settings: EbaySettings

    def __init__(self, settings: EbaySettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        consent = {"grant_type": "refresh_token", "scope": SCOPES}
        access = ClientCredentials(
            outside,
            f"{settings.root}/identity/v1/oauth2/token",
            settings.client_id,
            settings.client_secret.get_secret_value(),
            in_header=True,
            grant={**consent, "refresh_token": settings.refresh_token.get_secret_value()},
        )
        client = PlatformClient(outside, classify=classify)
        self._api = JsonApi(client, settings.root, headers={"Accept": "application/json"}, auth=access)

    async def check(self) -> None:
        """Both scopes are needed."""
        await self._api.ask(outward.OrdersPage, "GET", ORDERS, params={"limit": "1"})
        await self._api.ask(outward.ItemsPage, "GET", ITEMS, params={"limit": "1"})

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        """The bookmark is the end of the last completed window, as ISO text."""
        until = self.outside.now() - SETTLED
        oldest = until - FIRST_REACH
        since = datetime.fromisoformat(bookmark) if bookmark else self.settings.start_from or oldest
        due = windows(since, until, length=WINDOW, overlap=OVERLAP)
        async for page, end in self._pages(CHANGED, due):
            found = [await self._delivery(row) for row in page.orders or ()]
            yield Page(deliveries=tuple(found), bookmark=end.isoformat() if end else None)

    def _pages(
        self, field: str, due: Iterable[Window]
    ) -> AsyncIterator[tuple[outward.OrdersPage, datetime | None]]:
        size = self.settings.page_size
        return window_pages(partial(self._page, field), due, size=size, reachable=UNLIMITED)

    async def _page(self, field: str, window: Window, number: int) -> outward.OrdersPage:
        size = self.settings.page_size
        place = {"limit": str(size), "offset": str((number - 1) * size), "fieldGroups": "TAX_BREAKDOWN"}
        query = {**outward.between(field, *window), **place}
        return await self._api.ask(outward.OrdersPage, "GET", ORDERS, params=query)

    async def _delivery(self, row: Raw) -> Delivery:
        """The order as it came; while only a part of it left, with its parcels."""
        head, document = _head(row), bytes(row)
        if head.order_fulfillment_status == IN_PROGRESS:
            document = completed(document, fulfillments=await self._fulfillments(head.order_id))
        version = understood(lambda: head.changed_at)
        return Delivery(topic=Topic.ORDER, external_id=head.order_id, document=document, version=version)

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        rows = list[Raw]()
        for start in range(0, len(ids), MOST_IDS):
            rows += await self._fetched(ids[start : start + MOST_IDS])
        return [await self._delivery(row) for row in rows]

    async def _fetched(self, ids: Sequence[str]) -> Sequence[Raw]:
        """Whether one unknown id spoils a list of them is not documented: then each is asked for alone."""
        query = {"orderIds": ",".join(ids), "limit": str(MOST_IDS), "fieldGroups": "TAX_BREAKDOWN"}
        try:
            return (await self._api.ask(outward.OrdersPage, "GET", ORDERS, params=query)).orders or ()
        except Rejected:
            if len(ids) == 1:
                return ()
        return [row for one in ids for row in await self._fetched([one])]

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        due = windows(start, min(end, self.outside.now() - SETTLED), length=WINDOW, overlap=timedelta(0))
        heads = [_head(row) async for page, _ in self._pages(PLACED, due) for row in page.orders or ()]
        placed = {one.order_id: understood(lambda one: one.placed_at, one) for one in heads}
        return [order_id for order_id, moment in placed.items() if start <= moment < end]

    async def pull_listings(self) -> AsyncIterator[Page]:
        size = self.settings.page_size
        for number in count():
            query = {"limit": str(size), "offset": str(number)}
            found = (await self._api.ask(outward.ItemsPage, "GET", ITEMS, params=query)).inventory_items or ()
            yield Page(deliveries=tuple(_listing(row) for row in found))
            if len(found) < size:
                return

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Nothing protects against doubles at eBay: what is recorded is read first. What is told stays."""
        known = await self._parcels(shipment)
        if find_parcel(known, shipment, (outward.wire_number(shipment.tracking_number),)):
            return
        former = [outward.wire_number(one) for one in shipment.former_numbers]
        if find_parcel(known, shipment, former):
            raise Unsupported("eBay cannot replace a tracking number: correct it in the Seller Hub")
        with expressing("eBay"):
            body = outward.fulfillment_body(shipment)
        if await self._api.send("POST", self._path(shipment.order_external_id), body, write=True):
            raise OutcomeUnknown("eBay answers a parcel without a body, and this is one")

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        number = outward.wire_number(shipment.tracking_number)
        return find_parcel(await self._parcels(shipment), shipment, (number,)) is not None

    async def _parcels(self, shipment: Shipment) -> list[RecordedParcel]:
        found = await self._fulfillments(shipment.order_external_id)
        return [understood(outward.recorded, row) for row in found]

    async def _fulfillments(self, order_id: str) -> Sequence[Raw]:
        return (await self._api.ask(outward.Fulfillments, "GET", self._path(order_id))).fulfillments or ()

    def _path(self, order_id: str) -> str:
        return f"{ORDERS}/{quote(order_id, safe='')}/shipping_fulfillment"

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        said = [(level, await self._write_stock(level)) for level in levels]
        return [StockRefusal(listing_id=level.listing_id, reason=reason) for level, reason in said if reason]

    async def _write_stock(self, level: StockLevel) -> str:
        """Why eBay refused, or nothing."""
        path, body = "/sell/inventory/v1/bulk_update_price_quantity", outward.stock_body(level)
        try:
            return (await self._api.ask(outward.StockResults, "POST", path, body)).refusal
        except Rejected as error:
            return str(error)


def _head(row: Raw) -> OrderHead:
    return understood(decode, bytes(row), OrderHead)


def _listing(row: Raw) -> Delivery:
    item = understood(decode, bytes(row), ItemDocument)
    return Delivery(topic=Topic.LISTING, external_id=item.sku, document=bytes(row))
