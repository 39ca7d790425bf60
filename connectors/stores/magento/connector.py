"""The connector to one Magento store (Open Source or Adobe Commerce, self-hosted) over REST V1.

Magento Open Source posts nothing. Refunds and cancellations come in with their order, which each of them
saves.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from urllib.parse import quote, urlencode

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
)
from connectors.kit.http import PlatformClient
from connectors.kit.json_api import JsonApi
from connectors.kit.oauth1 import OAuth1
from connectors.kit.passes import pages_by_id, pull_in_passes
from connectors.kit.translation import understood
from connectors.stores.magento.refusals import classify
from connectors.stores.magento.settings import MagentoSettings
from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.documents import decode
from mappings.parcels import find_parcel
from mappings.stores.magento import outward, queries
from mappings.stores.magento.listing import ProductDocument
from mappings.stores.magento.tables import SOLD_AS_A_WHOLE
from mappings.stores.magento.wire import OrderHead


class MagentoConnector(
    PullsOrders, FetchesOrders, ListsOrderIds, PullsListings, PushesFulfilments, PushesStock
):
    """Listings are named by their SKU."""

    stock_batch: ClassVar[int] = 20
    settings: MagentoSettings

    def __init__(self, settings: MagentoSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        auth = OAuth1(
            outside,
            settings.consumer_key,
            settings.consumer_secret.get_secret_value(),
            token=settings.access_token.get_secret_value(),
            token_secret=settings.access_token_secret.get_secret_value(),
            in_header=True,
        )
        client = PlatformClient(outside, classify=classify)
        self._api = JsonApi(client, settings.root, auth=auth)
        self._counting = asyncio.Lock()

    async def check(self) -> None:
        """Also refuses an inventory source that does not exist."""
        await self._newest()
        try:
            await self._api.ask(Raw, "GET", f"/inventory/sources/{quote(self.settings.source_code, safe='')}")
        except Rejected as error:
            raise Misconfigured(str(error), code=error.code, setting="source_code") from None

    def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        return pull_in_passes(
            bookmark,
            self._newest,
            self._changed,
            overlap=timedelta(minutes=self.settings.overlap_minutes),
            start_from=self.settings.start_from,
        )

    async def _newest(self) -> datetime | None:
        found = await self._items("orders", queries.newest())
        return _stamps(found[0])[1] if found else None

    async def _changed(
        self, since: datetime | None, after: str
    ) -> AsyncIterator[tuple[Sequence[Delivery], str]]:
        async for rows, last in self._rows("orders", queries.changed_since(since), after):
            yield [_order(row) for row in rows], last

    async def _rows(
        self, path: str, conditions: Sequence[queries.Filter], after: str = "", fields: str = ""
    ) -> AsyncIterator[tuple[Sequence[Raw], str]]:
        """Rows of each page and the id after which the next begins, empty after the last."""
        size = self.settings.page_size

        async def read(after: str) -> Sequence[Raw]:
            return await self._items(path, queries.page(conditions, after, size=size, fields=fields))

        async for page in pages_by_id(read, _id, size=size, after=after):
            yield page

    async def _items(self, path: str, query: queries.Query) -> Sequence[Raw]:
        """Magento signs what RFC 3986 makes of the query: a space is `%20`, not a plus sign."""
        address = f"/{path}?{urlencode(query, quote_via=quote)}"
        return (await self._api.ask(outward.ListAnswer, "GET", address)).items or ()

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        wanted = [one for one in ids if one.isascii() and one.isdecimal()]
        size, found = self.settings.page_size, list[Delivery]()
        for start in range(0, len(wanted), size):
            named = [("entity_id", "in", ",".join(wanted[start : start + size]))]
            found += [_order(row) for row in await self._items("orders", queries.page(named, "", size=size))]
        return found

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        pages = self._rows("orders", queries.placed_between(start, end), fields=queries.HEADS)
        rows = [row async for page, _ in pages for row in page]
        return [_id(row) for row in rows if start <= _stamps(row)[0] < end]

    async def pull_listings(self) -> AsyncIterator[Page]:
        """Products with an SKU of their own, variants among them."""
        async for rows, _ in self._rows("products", (), fields=queries.PRODUCTS):
            products = [(row, understood(decode, bytes(row), ProductDocument)) for row in rows]
            sold = [it for it in products if it[1].type_id in SOLD_AS_A_WHOLE]
            yield Page(
                deliveries=tuple(
                    Delivery(topic=Topic.LISTING, external_id=product.sku, document=bytes(row))
                    for row, product in sold
                )
            )

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Nothing protects against doubles at Magento: what is recorded is read first. A number is corrected
        by taking the former track away; interrupted then, its shipment waits without any."""
        known = await self._parcels(shipment)
        if find_parcel(known, shipment, (shipment.tracking_number,)):
            return
        if former := find_parcel(known, shipment, shipment.former_numbers):
            await self._api.send("DELETE", f"/shipment/track/{former.track_id}", write=True)
            await self._add_track(shipment, former.id)
        elif bare := find_parcel(known, shipment, ("",) if shipment.former_numbers else ()):
            await self._add_track(shipment, bare.id)
        else:
            source, notify = self.settings.source_code, self.settings.notify_customers
            body = outward.shipment_body(shipment, source, notify=notify)
            path = f"/order/{shipment.order_external_id}/ship"
            async with self._counting:
                await self._api.ask(int, "POST", path, body, write=True)

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        known = await self._parcels(shipment)
        return find_parcel(known, shipment, (shipment.tracking_number,)) is not None

    async def _parcels(self, shipment: Shipment) -> list[outward.Parcel]:
        rows = await self._items("shipments", queries.of_order(shipment.order_external_id))
        found = [understood(decode, bytes(row), outward.ShipmentAnswer) for row in rows]
        return [parcel for one in found for parcel in outward.parcels(one)]

    async def _add_track(self, shipment: Shipment, shipment_id: str) -> None:
        body = outward.track_body(shipment, shipment_id)
        await self._api.ask(outward.TrackAnswer, "POST", "/shipment/track", body, write=True)

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        """Reads what Magento holds and sells just before it writes, never while a parcel is told: that takes
        units from the source. An order that comes in between is corrected by the next push."""
        async with self._counting:
            known = await self._source_items(levels)
            refusals, body = list[StockRefusal](), list[outward.Body]()
            for level in levels:
                change = await self._change(level, known.get(level.listing_id))
                if isinstance(change, str):
                    refusals.append(StockRefusal(listing_id=level.listing_id, reason=change))
                else:
                    body.append(change)
            if body:
                await self._api.ask(Raw, "POST", "/inventory/source-items", {"sourceItems": body})
        return refusals

    async def _source_items(self, levels: Sequence[StockLevel]) -> Mapping[str, outward.SourceItem]:
        query = queries.source_items(self.settings.source_code, [level.listing_id for level in levels])
        rows = await self._items("inventory/source-items", query)
        items = [understood(decode, bytes(row), outward.SourceItem) for row in rows]
        return {item.sku: item for item in items}

    async def _change(self, level: StockLevel, item: outward.SourceItem | None) -> outward.Body | str:
        """What is to be written, or why it cannot be."""
        source, stock = self.settings.source_code, self.settings.stock_id
        if item is None:
            return f"the source {source} has no such product"
        path = f"/inventory/get-product-salable-quantity/{quote(item.sku, safe='')}/{stock}"
        try:
            return outward.source_item(level, item, await self._api.ask(Decimal, "GET", path), source)
        except Rejected as error:
            return str(error)


def _order(row: Raw) -> Delivery:
    return Delivery(topic=Topic.ORDER, external_id=_id(row), document=bytes(row), version=_stamps(row)[1])


def _id(row: Raw) -> str:
    """Of an order or a product."""
    found = understood(decode, bytes(row), outward.Identified)
    return str(found.entity_id or found.id)


def _stamps(row: Raw) -> tuple[datetime, datetime]:
    """When the order was placed and changed."""
    head = understood(decode, bytes(row), OrderHead)
    return understood(head.instants)
