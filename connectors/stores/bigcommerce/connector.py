"""The connector to one BigCommerce store: V2 for orders and shipments, V3 for inventory, refunds and hooks.

Refunds and cancellations come in with their order, which each of them changes.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import ClassVar, TypeVar

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
    Receipt,
    ReceivesWebhooks,
    RegistersWebhooks,
    Rejected,
    Topic,
    Unsupported,
    WebhookRequest,
)
from connectors.kit.http import PlatformClient
from connectors.kit.json_api import JsonApi
from connectors.kit.passes import pages_by_id, pull_in_passes
from connectors.kit.subscriptions import one_per_topic
from connectors.kit.translation import understood
from connectors.stores.bigcommerce import webhooks
from connectors.stores.bigcommerce.refusals import classify
from connectors.stores.bigcommerce.settings import BigCommerceSettings
from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.documents import completed, decode, internet_time
from mappings.parcels import RecordedParcel, find_parcel
from mappings.stores.bigcommerce import outward
from mappings.stores.bigcommerce.listing import ItemDocument
from mappings.stores.bigcommerce.tables import INCOMPLETE, ORDER_STATUSES, REFUNDED_BY_STATUS, Standing
from mappings.stores.bigcommerce.wire import OrderDocument, OrderHead

LARGEST_PAGE = "250"
OVERLAP = timedelta(minutes=5)
"""How much is read again before a bookmark: orders that are saved late keep an older time."""

CLOSED = frozenset({Standing.CANCELLED, Standing.REFUNDED})

T = TypeVar("T")


class BigCommerceConnector(
    PullsOrders,
    FetchesOrders,
    ListsOrderIds,
    PullsListings,
    PushesFulfilments,
    PushesStock,
    ReceivesWebhooks,
    RegistersWebhooks,
):
    """Listings are named by their variant. Unfinished checkouts are no orders here."""

    stock_batch: ClassVar[int] = 50
    settings: BigCommerceSettings

    def __init__(self, settings: BigCommerceSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        headers = {"X-Auth-Token": settings.access_token.get_secret_value(), "Accept": "application/json"}
        client = PlatformClient(outside, classify=classify)
        self._api = JsonApi(client, settings.root, headers=headers)
        self._stock = f"/v3/inventory/locations/{settings.location_id}/items"

    async def _read(self, path: str, shape: type[T], query: Mapping[str, str] | None = None) -> T:
        return await self._api.ask(shape, "GET", path, params=query)

    async def check(self) -> None:
        """Also refuses an inventory location that does not exist."""
        await self._newest()
        try:
            await self._read(self._stock, outward.ListAnswer[Raw], {"limit": "1"})
        except Rejected as error:
            raise Misconfigured(str(error), code=error.code, setting="location_id") from None

    def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        start = self.settings.start_from
        return pull_in_passes(bookmark, self._newest, self._changed, overlap=OVERLAP, start_from=start)

    async def _newest(self) -> datetime | None:
        query = {"sort": "date_modified:desc", "limit": "1"}
        found = await self._read("/v2/orders", tuple[Raw, ...], query)
        return _moment(_head(found[0]).date_modified) if found else None

    async def _changed(
        self, since: datetime | None, after: str
    ) -> AsyncIterator[tuple[Sequence[Delivery], str]]:
        query = {**outward.changed_since(since), **outward.ORDER_QUERY}
        async for rows, last in self._orders(query, after):
            yield [await self._delivery(row) for row in rows], last

    async def _orders(
        self, conditions: Mapping[str, str], after: str = ""
    ) -> AsyncIterator[tuple[list[Raw], str]]:
        """Whether `min_id` itself belongs to its list is not documented: the row may come again."""
        size = self.settings.page_size
        query = {**conditions, "sort": "id:asc", "limit": str(size)}

        async def read(after: str) -> Sequence[Raw]:
            return await self._read("/v2/orders", tuple[Raw, ...], {**query, "min_id": after or "0"})

        async for rows, last in pages_by_id(read, _id, size=size, after=after):
            yield [row for row in rows if _head(row).status_id != INCOMPLETE], last

    async def _delivery(self, row: Raw) -> Delivery:
        """The order as it came; one with refunds is completed by them."""
        head, document = _head(row), bytes(row)
        if "refunded" in (head.payment_status or "") or str(head.status_id) in REFUNDED_BY_STATUS:
            path = f"/v3/orders/{head.id}/payment_actions/refunds"
            document = completed(document, refunds=(await self._read(path, outward.ListAnswer[Raw])).data)
        version = _moment(head.date_modified)
        return Delivery(topic=Topic.ORDER, external_id=str(head.id), document=document, version=version)

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        found = [await self._order(one) for one in ids if _is_number(one)]
        return [await self._delivery(row) for row in found if row and _head(row).status_id != INCOMPLETE]

    async def _order(self, order_id: str) -> Raw | None:
        try:
            return await self._read(f"/v2/orders/{order_id}", Raw, outward.ORDER_QUERY)
        except Rejected as error:
            if error.code != "404":
                raise
            return None

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        pages = self._orders(outward.placed_between(start, end))
        heads = [_head(row) async for rows, _ in pages for row in rows]
        return [str(head.id) for head in heads if start <= _moment(head.date_created) < end]

    async def pull_listings(self) -> AsyncIterator[Page]:
        """The items of the inventory, whatever their location."""
        for number in count(1):
            query = {"page": str(number), "limit": LARGEST_PAGE}
            found = (await self._read("/v3/inventory/items", outward.ListAnswer[Raw], query)).data
            yield Page(deliveries=tuple(_listing(row) for row in found))
            if len(found) < int(LARGEST_PAGE):
                return

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Nothing protects against doubles at BigCommerce: what is recorded is read first."""
        path = f"/v2/orders/{shipment.order_external_id}/shipments"
        known = await self._parcels(path)
        if find_parcel(known, shipment, (shipment.tracking_number,)):
            return
        if former := find_parcel(known, shipment, shipment.former_numbers):
            body = outward.tracking_body(shipment)
            await self._api.ask(outward.ShipmentAnswer, "PUT", f"{path}/{former.id}", body, write=True)
        else:
            body = outward.shipment_body(shipment, await self._address_id(shipment))
            await self._api.ask(outward.ShipmentAnswer, "POST", path, body, write=True)

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        known = await self._parcels(f"/v2/orders/{shipment.order_external_id}/shipments")
        return find_parcel(known, shipment, (shipment.tracking_number,)) is not None

    async def _parcels(self, path: str) -> list[RecordedParcel]:
        """Of one order; more than a page of parcels is more than an order has."""
        query = {"limit": LARGEST_PAGE}
        found = await self._read(path, tuple[outward.ShipmentAnswer, ...], query)
        return [one.as_parcel() for one in found]

    async def _address_id(self, shipment: Shipment) -> int:
        path = f"/v2/orders/{shipment.order_external_id}"
        order = await self._read(path, OrderDocument, outward.ORDER_QUERY)
        if ORDER_STATUSES.codes.get(str(order.status_id)) in CLOSED:
            raise Rejected("the order is cancelled or refunded in the store", code=str(order.status_id))
        address_id = outward.shipping_address_id(order, shipment)
        if address_id is None:
            raise Unsupported("BigCommerce records a parcel for one address, and these lines go to several")
        return address_id

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        """One wrong item fails the whole call: unknown ones are found first. What BigCommerce refuses for
        another reason is sent alone."""
        safety = await self._safety_stock(levels)
        refusals = outward.unknown_listings(levels, safety)
        known = [level for level in levels if level.listing_id in safety]
        if known and (reason := await self._write_stock(known, safety)):
            for level in known:
                alone = reason if len(known) == 1 else await self._write_stock([level], safety)
                refusals += [StockRefusal(listing_id=level.listing_id, reason=alone)] if alone else []
        return refusals

    async def _safety_stock(self, levels: Sequence[StockLevel]) -> Mapping[str, int]:
        """Variant → units that the store keeps back."""
        ids = [level.listing_id for level in levels if _is_number(level.listing_id)]
        query = {"variant_id:in": ",".join(ids), "limit": LARGEST_PAGE}
        found = (await self._read(self._stock, outward.ListAnswer[ItemDocument], query)).data if ids else ()
        return {str(item.identity.variant_id): item.safety_stock for item in found}

    async def _write_stock(self, levels: Sequence[StockLevel], safety: Mapping[str, int]) -> str:
        """Why BigCommerce refused, or nothing."""
        body = outward.stock_body(levels, safety, self.settings.location_id)
        path = "/v3/inventory/adjustments/absolute"
        try:
            await self._api.ask(Raw, "PUT", path, body)
        except Rejected as error:
            return str(error)
        return ""

    def receive(self, request: WebhookRequest) -> Receipt:
        return webhooks.receive(request, self.settings, self.outside.now())

    async def register_webhooks(self, url: str) -> Sequence[str]:
        """One active hook per wanted scope at `url`: BigCommerce switches one off after two days of failures
        and after 90 quiet days. What it posts elsewhere is left alone."""
        if not self.settings.client_secret.get_secret_value():
            raise Misconfigured("enter the secret, or nothing proves a webhook", setting="client_secret")
        query = {"destination": url, "limit": LARGEST_PAGE}
        hooks = (await self._read("/v3/hooks", outward.ListAnswer[outward.HookAnswer], query)).data
        here = [hook for hook in hooks if hook.destination == url]
        plan = one_per_topic(here, lambda hook: hook.scope, webhooks.WANTED_SCOPES)
        for hook in plan.kept.values():
            if not hook.is_active:
                await self._api.send("PUT", f"/v3/hooks/{hook.id}", {"is_active": True})
        for hook in plan.surplus:
            await self._api.send("DELETE", f"/v3/hooks/{hook.id}", write=True)
        for scope in plan.missing:
            body = {"scope": scope, "destination": url, "is_active": True}
            await self._api.send("POST", "/v3/hooks", body, write=True)
        return [*(scope for scope, hook in plan.kept.items() if not hook.is_active), *plan.missing]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _head(row: Raw) -> OrderHead:
    return understood(decode, bytes(row), OrderHead)


def _id(row: Raw) -> str:
    return str(_head(row).id)


def _moment(text: str) -> datetime:
    return understood(internet_time, text, "$")


def _listing(row: Raw) -> Delivery:
    item = understood(decode, bytes(row), ItemDocument).identity
    return Delivery(topic=Topic.LISTING, external_id=str(item.variant_id), document=bytes(row))
