"""The connector to one Saleor server over its GraphQL API. Refunds come in with their order."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from msgspec import Raw

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
    RegistersWebhooks,
    Rejected,
    Topic,
    WebhookRequest,
)
from connectors.kit.passes import pull_in_passes
from connectors.kit.translation import understood
from connectors.stores.saleor import documents, webhooks
from connectors.stores.saleor.client import SaleorClient
from connectors.stores.saleor.settings import SaleorSettings
from mappings.canonical import Shipment, StockLevel, StockRefusal
from mappings.documents import decode
from mappings.parcels import find_parcel
from mappings.stores.saleor import outward
from mappings.stores.saleor.outward import ListAnswer, Parcel
from mappings.stores.saleor.tables import WAITING_FOR_APPROVAL, WEBHOOK_EVENTS
from mappings.stores.saleor.wire import Identified, OrderHead, is_id_of

OVERLAP = timedelta(minutes=5)
"""How much is read again before a bookmark: what was committed late."""

MOST = 100
"""Objects of one query."""


class SaleorConnector(
    PullsOrders,
    FetchesOrders,
    ListsOrderIds,
    PullsListings,
    PushesFulfilments,
    PushesStock,
    ReceivesWebhooks,
    RegistersWebhooks,
):
    """All ids are Saleor's global ids."""

    stock_batch: ClassVar[int] = MOST
    settings: SaleorSettings

    def __init__(self, settings: SaleorSettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._client = SaleorClient(settings, outside)
        self._counting = asyncio.Lock()

    async def check(self) -> None:
        """Also refuses a warehouse that does not exist."""
        await self._newest()
        await self._warehouse()

    def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        start = self.settings.start_from
        return pull_in_passes(bookmark, self._newest, self._changed, overlap=OVERLAP, start_from=start)

    async def _newest(self) -> datetime | None:
        found = (await self._client.send(documents.NEWEST, {}, ListAnswer[OrderHead])).list.nodes
        return found[0].updated_at if found else None

    async def _changed(
        self, since: datetime | None, after: str
    ) -> AsyncIterator[tuple[Sequence[Delivery], str]]:
        variables = {"first": self.settings.page_size, "where": outward.changed_since(since)}
        async for rows, last in self._client.pages(documents.ORDERS, variables, after):
            yield [_order(row) for row in rows], last

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        wanted = [one for one in ids if is_id_of("Order", one)]
        size, found = self.settings.page_size, list[Delivery]()
        for start in range(0, len(wanted), size):
            variables = {"first": size, "where": {"ids": wanted[start : start + size]}}
            async for rows, _ in self._client.pages(documents.ORDERS, variables):
                found += [_order(row) for row in rows]
        return found

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        variables = {"first": MOST, "where": outward.placed_between(start, end)}
        pages = self._client.pages(documents.ORDER_IDS, variables)
        heads = [_head(row) async for rows, _ in pages for row in rows]
        return [head.id for head in heads if start <= head.created < end]

    async def pull_listings(self) -> AsyncIterator[Page]:
        async for rows, _ in self._client.pages(documents.VARIANTS, {"first": MOST}):
            yield Page(deliveries=tuple(_listing(row) for row in rows))

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Adds the parcel where it is not known yet, approves it where the shop wants that, and names its
        carrier: each step only if it is not done. Never while stock is pushed: adding turns allocated units
        into sold ones."""
        async with self._counting:
            parcel = await self._find(shipment, shipment.tracking_number) or await self._tell(shipment)
        notify = self.settings.notify_customers
        if parcel.status == WAITING_FOR_APPROVAL:
            await self._client.write(documents.APPROVE, {"id": parcel.id, "notify": notify})
        if parcel.carrier != outward.carrier_name(shipment):
            named = [{"key": outward.CARRIER, "value": outward.carrier_name(shipment)}]
            await self._client.write(documents.NAME_CARRIER, {"id": parcel.id, "input": named})

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        """False for a parcel that waits for its approval or its carrier: pushing again finishes it."""
        parcel = await self._find(shipment, shipment.tracking_number)
        is_told = parcel is not None and parcel.carrier == outward.carrier_name(shipment)
        return is_told and parcel is not None and parcel.status != WAITING_FOR_APPROVAL

    async def _find(self, shipment: Shipment, *numbers: str) -> Parcel | None:
        variables = {"id": shipment.order_external_id}
        if not is_id_of("Order", shipment.order_external_id):
            raise Rejected("this is no order's id")
        answer = await self._client.send(documents.FULFILMENTS, variables, outward.FulfilmentsAnswer)
        if answer.order is None:
            raise Rejected("the server has no order with this id", code="NOT_FOUND")
        return find_parcel(outward.parcels(answer.order.fulfillments), shipment, numbers)

    async def _tell(self, shipment: Shipment) -> Parcel:
        """A former number is corrected; without one the parcel is new."""
        notify = self.settings.notify_customers
        former = await self._find(shipment, *shipment.former_numbers) if shipment.former_numbers else None
        if former:
            told = {"trackingNumber": shipment.tracking_number, "notifyCustomer": notify}
            await self._client.write(documents.CORRECT_TRACKING, {"id": former.id, "input": told})
        else:
            variables = outward.fulfil_variables(shipment, await self._warehouse(), notify=notify)
            await self._client.write(documents.FULFIL, variables)
        parcel = await self._find(shipment, shipment.tracking_number)
        if parcel is None:
            raise OutcomeUnknown("the order does not show the parcel that was told")
        return parcel

    async def _warehouse(self) -> str:
        """The configured one, else the first."""
        found = await self._client.send(documents.WAREHOUSES, {}, ListAnswer[Identified])
        ids = [it.id for it in found.list.nodes]
        wanted = self.settings.warehouse_id or next(iter(ids), "")
        if wanted not in ids:
            raise Misconfigured("the server has no such warehouse", setting="warehouse_id")
        return wanted

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        """Reads what Saleor allocated itself just before it writes; an order that comes in between both is
        corrected by the next push."""
        async with self._counting:
            warehouse = await self._warehouse()
            stocks = outward.stocks_at(await self._stocks(levels), warehouse)
            known = [level for level in levels if level.listing_id in stocks]
            refusals = [
                StockRefusal(listing_id=level.listing_id, reason="no stock of it in the warehouse")
                for level in levels
                if level.listing_id not in stocks
            ]
            inputs = [outward.stock_input(level, stocks[level.listing_id]) for level in known]
            if inputs:
                written = {"stocks": inputs}
                answer = await self._client.send(documents.WRITE_STOCK, written, outward.StockAnswer)
                refusals += outward.stock_refusals(known, answer.result.results)
        return refusals

    async def _stocks(self, levels: Sequence[StockLevel]) -> Sequence[outward.VariantStock]:
        """Of nothing nothing is asked: an empty list of ids means all."""
        ids = [it.listing_id for it in levels if is_id_of("ProductVariant", it.listing_id)]
        variables, shape = {"first": MOST, "ids": ids}, ListAnswer[outward.VariantStock]
        return (await self._client.send(documents.STOCKS, variables, shape)).list.nodes if ids else ()

    def receive(self, request: WebhookRequest) -> Receipt:
        return webhooks.receive(request, self.settings)

    async def register_webhooks(self, url: str) -> Sequence[str]:
        """One active webhook at `url`, which is always written: its secret cannot be read. What this app has
        elsewhere is left alone."""
        secret = self.settings.webhook_secret.get_secret_value()
        if not secret:
            raise Misconfigured("enter a secret, or nothing proves a webhook", setting="webhook_secret")
        app = (await self._client.send(documents.WEBHOOKS, {}, outward.AppAnswer)).app
        if app is None:
            raise Misconfigured("the token is no app's: only apps have webhooks", setting="app_token")
        wanted = outward.webhook_input(url, secret, documents.EVENT)
        here = [one.id for one in app.webhooks or () if one.target_url == url]
        for webhook_id in here[:1]:
            await self._client.write(documents.UPDATE_WEBHOOK, {"id": webhook_id, "input": wanted})
        for webhook_id in here[1:]:
            await self._client.write(documents.DELETE_WEBHOOK, {"id": webhook_id})
        if here:
            return ()
        await self._client.write(documents.CREATE_WEBHOOK, {"input": wanted})
        return WEBHOOK_EVENTS


def _head(row: Raw) -> OrderHead:
    return understood(decode, bytes(row), OrderHead)


def _order(row: Raw) -> Delivery:
    head = _head(row)
    return Delivery(topic=Topic.ORDER, external_id=head.id, document=bytes(row), version=head.updated_at)


def _listing(row: Raw) -> Delivery:
    found = understood(decode, bytes(row), Identified)
    return Delivery(topic=Topic.LISTING, external_id=found.id, document=bytes(row))
