"""The connector to one WooCommerce shop over REST API v3.

Refunds and cancellations come in with their order, which each of them touches.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

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
    Receipt,
    ReceivesWebhooks,
    RegistersWebhooks,
    Rejected,
    Topic,
    UnexpectedPayload,
    WebhookRequest,
)
from connectors.stores.woocommerce import webhooks
from connectors.stores.woocommerce.client import WooClient, read_shape
from connectors.stores.woocommerce.parcels import RECORDS
from connectors.stores.woocommerce.settings import WooCommerceSettings
from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.documents import completed
from mappings.parcels import find_parcel
from mappings.stores.woocommerce import answers, outward
from mappings.stores.woocommerce.listing import ProductDocument
from mappings.stores.woocommerce.tables import (
    NOT_SOLD_HERE,
    ORDER_STATUSES,
    SOLD_BY_VARIATION,
    Standing,
)
from mappings.stores.woocommerce.wire import OrderHead

SECOND = timedelta(seconds=1)

ANY, BIN = "any", "trash"
"""Order lists leave out what is in the bin, unless they are asked for nothing else."""

CLOSED = frozenset({Standing.CANCELLED, Standing.REFUNDED})


class WooCommerceConnector(
    PullsOrders,
    FetchesOrders,
    ListsOrderIds,
    PullsListings,
    PushesFulfilments,
    PushesStock,
    ReceivesWebhooks,
    RegistersWebhooks,
):
    """Listings are named `product`, or `product:variation`."""

    stock_batch: ClassVar[int] = 100
    settings: WooCommerceSettings

    def __init__(self, settings: WooCommerceSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._client = WooClient(settings, outside)
        self._parcels = RECORDS[settings.parcel_records](self._client, settings)

    async def check(self) -> None:
        await self._client.read("orders", tuple[answers.WebhookBody, ...], per_page="1", _fields="id")
        await self._parcels.check()

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        """By time of change, oldest first, reaching back by the overlap. What was moved to the bin is a list
        of its own and read first: its pages move no bookmark."""
        latest = _instant(bookmark) if bookmark else None
        start = latest or self.settings.start_from
        if start:
            start -= timedelta(minutes=self.settings.overlap_minutes)
        async for deliveries in self._changed(start, BIN):
            yield Page(deliveries=deliveries)
        async for deliveries in self._changed(start, ANY):
            versions = [one.version for one in deliveries if one.version]
            latest = max([*versions, latest] if latest else versions)
            yield Page(deliveries=deliveries, bookmark=f"{outward.wire_time(latest)}Z")

    async def _changed(self, since: datetime | None, status: str) -> AsyncIterator[tuple[Delivery, ...]]:
        """Pages of what changed after `since`, which follows the last row. Within one second rows are counted
        instead: the last row comes again, and if another stands in its place, an order has left this second
        and moved the others up, so that the second is read anew."""
        since = since.replace(microsecond=0) if since else None
        skip, last = 0, 0
        while True:
            again = max(0, skip - 1)
            found = await self._client.rows("orders", **self._changes(since, status, again))
            heads = [read_shape(row, OrderHead) for row in found.rows]
            self._must_be_filtered(heads, since)
            if skip and (not heads or heads[0].id != last):
                skip = 0
                continue
            if heads:
                pairs = zip(found.rows, heads, strict=True)
                yield tuple([await self._delivery(row, head) for row, head in pairs])
            if not heads or again + len(heads) >= found.total:
                return
            before = heads[-1].changed_at - SECOND
            if since is None or before > since:
                since, skip = before, 0
            else:
                skip, last = again + len(heads), heads[-1].id

    def _changes(self, since: datetime | None, status: str, offset: int) -> dict[str, str]:
        """`modified_after` is strict and knows whole seconds; equal times are sorted by id."""
        bounds = {"modified_after": outward.wire_time(since)} if since else {}
        return {
            **bounds,
            "dates_are_gmt": "true",
            "orderby": "modified",
            "order": "asc",
            "status": status,
            "per_page": str(self.settings.page_size),
            "offset": str(offset),
        }

    def _must_be_filtered(self, heads: Sequence[OrderHead], since: datetime | None) -> None:
        if since and heads and heads[0].changed_at <= since:
            raise Misconfigured("the shop ignores `modified_after`: update its WooCommerce", setting="url")

    async def _delivery(self, row: msgspec.Raw, head: OrderHead) -> Delivery:
        """The order as it came; one with refunds is completed by their lines."""
        document = bytes(row)
        if head.refunds:
            pages = self._client.pages(f"orders/{head.id}/refunds")
            document = completed(document, refund_details=[one async for page in pages for one in page])
        return Delivery(
            topic=Topic.ORDER, external_id=str(head.id), document=document, version=head.changed_at
        )

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        """What no list of orders holds is looked for in the bin."""
        wanted = [one for one in ids if one.isascii() and one.isdecimal()]
        found: list[Delivery] = []
        for start in range(0, len(wanted), self.settings.page_size):
            missing = wanted[start : start + self.settings.page_size]
            for status in (ANY, BIN):
                there = await self._with_ids(missing, status) if missing else []
                missing = [one for one in missing if one not in {it.external_id for it in there}]
                found += there
        return found

    async def _with_ids(self, ids: Sequence[str], status: str) -> list[Delivery]:
        pages = self._client.pages("orders", include=",".join(ids), status=status, orderby="id")
        return [await self._delivery(row, read_shape(row, OrderHead)) async for rows in pages for row in rows]

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        """Both bounds of a list are strict: a little more is asked for and sorted out here."""
        pages = self._client.pages(
            "orders",
            after=outward.wire_time(start - SECOND),
            before=outward.wire_time(end + SECOND),
            dates_are_gmt="true",
            orderby="id",
            order="asc",
            status=ANY,
            _fields="id,date_created_gmt",
        )
        heads = [read_shape(row, OrderHead) async for rows in pages for row in rows]
        return [str(head.id) for head in heads if start <= head.placed_at < end]

    async def pull_listings(self) -> AsyncIterator[Page]:
        """Products, and of variable products their variations."""
        async for rows in self._client.pages("products", orderby="id", order="asc", status=ANY):
            products = [(row, read_shape(row, ProductDocument)) for row in rows]
            sold = [(bytes(row), it) for row, it in products if it.type not in SOLD_BY_VARIATION]
            yield Page(deliveries=tuple(_listing(*it) for it in sold if it[1].type not in NOT_SOLD_HERE))
            for _, product in products:
                if product.type in SOLD_BY_VARIATION:
                    async for page in self._variations(product.id):
                        yield page

    async def _variations(self, product_id: int) -> AsyncIterator[Page]:
        """Older versions tell neither type nor product of a variation."""
        pages = self._client.pages(f"products/{product_id}/variations", orderby="id", order="asc")
        async for rows in pages:
            named = [completed(bytes(row), type="variation", parent_id=product_id) for row in rows]
            yield Page(deliveries=tuple(_listing(it, read_shape(it, ProductDocument)) for it in named))

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Records the parcel where it is not known yet, then completes the order with its last one."""
        status = await self._status(shipment)
        standing = ORDER_STATUSES.codes.get(status)
        if standing in CLOSED:
            raise Rejected(f"the order is {status} in the shop", code=status)
        known = await self._parcels.known(shipment)
        if find_parcel(known, shipment, (shipment.tracking_number,)) is None:
            if former := find_parcel(known, shipment, shipment.former_numbers):
                await self._parcels.correct(former, shipment)
            else:
                await self._parcels.add(shipment)
        if self._completes(shipment) and standing is not Standing.COMPLETED:
            path, body = f"orders/{shipment.order_external_id}", {"status": "completed"}
            await self._client.write("PUT", path, body, answers.OrderStatus, repeatable=True)

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        """False while the last parcel is told and its order not completed: pushing again completes it."""
        known = await self._parcels.known(shipment)
        if find_parcel(known, shipment, (shipment.tracking_number,)) is None:
            return False
        if not self._completes(shipment):
            return True
        return ORDER_STATUSES.codes.get(await self._status(shipment)) is Standing.COMPLETED

    def _completes(self, shipment: Shipment) -> bool:
        return shipment.completes_order and self.settings.complete_orders

    async def _status(self, shipment: Shipment) -> str:
        path = f"orders/{shipment.order_external_id}"
        return (await self._client.read(path, answers.OrderStatus, _fields="status")).status

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        """One batch for products, one per product with variations; what a batch refuses is inside its
        success. A shop that sold meanwhile is corrected by the next push."""
        refusals: list[StockRefusal] = []
        for path, batch in outward.stock_batches(levels).items():
            if path:
                refusals += await self._write_stock(path, batch)
            else:
                refusals += [StockRefusal(listing_id=it.listing_id, reason="no such product") for it in batch]
        return refusals

    async def _write_stock(self, path: str, levels: Sequence[StockLevel]) -> list[StockRefusal]:
        try:
            body = outward.stock_body(levels)
            written = await self._client.write("POST", path, body, answers.BatchAnswer, repeatable=True)
        except Rejected as error:
            return [StockRefusal(listing_id=it.listing_id, reason=str(error)) for it in levels]
        return outward.stock_refusals(levels, written)

    def receive(self, request: WebhookRequest) -> Receipt:
        return webhooks.receive(request, self.settings)

    async def register_webhooks(self, url: str) -> Sequence[str]:
        """One active webhook per wanted topic at `url`: WooCommerce disables one after more than five
        failures in a row. What it posts elsewhere is left alone."""
        if not self.settings.webhook_secret.get_secret_value():
            raise Misconfigured("enter a secret, or nothing proves a webhook", setting="webhook_secret")
        pages = self._client.pages("webhooks", orderby="id", order="asc")
        known = [read_shape(row, answers.WebhookAnswer) async for rows in pages for row in rows]
        here = [one for one in known if one.delivery_url == url]
        changes, surplus, missing = webhooks.plan(here, self.settings, url)
        for webhook_id, changed in changes.items():
            path = f"webhooks/{webhook_id}"
            await self._client.write("PUT", path, changed, answers.WebhookAnswer, repeatable=True)
        for webhook_id in surplus:
            await self._client.write("DELETE", f"webhooks/{webhook_id}", None, msgspec.Raw, force="true")
        for one in missing:
            await self._client.write("POST", "webhooks", one, answers.WebhookAnswer)
        disabled = [one.topic for one in here if one.id in changes and one.status != webhooks.ACTIVE]
        return [*disabled, *(one["topic"] for one in missing)]


def _instant(bookmark: str) -> datetime:
    try:
        return datetime.fromisoformat(bookmark)
    except ValueError:
        raise UnexpectedPayload("the stored bookmark is not one of this connector; clear it") from None


def _listing(document: bytes, product: ProductDocument) -> Delivery:
    return Delivery(topic=Topic.LISTING, external_id=product.listing_id, document=document)
