"""A Shopify store over the Admin GraphQL API."""

import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

from msgspec import Raw, json

from connectors.kit import (
    AuthenticationFailed,
    Delivery,
    FetchesOrders,
    ListsOrderIds,
    Misconfigured,
    Outside,
    Page,
    PullsListings,
    PullsOrders,
    PushesFulfilmentStatus,
    PushesStock,
    Receipt,
    ReceivesWebhooks,
    RegistersWebhooks,
    Rejected,
    RunsCampaigns,
    Topic,
    Transient,
    Unsupported,
    WebhookRequest,
)
from connectors.stores.shopify import documents, webhooks
from connectors.stores.shopify.campaigns import Campaigns
from connectors.stores.shopify.client import TOO_EXPENSIVE, ShopifyClient, read_shape
from connectors.stores.shopify.settings import ShopifySettings
from mappings.canonical import Campaign, Shipment, ShownCampaign, StockLevel, StockRefusal
from mappings.stores.shopify import answers, outward, paging
from mappings.stores.shopify.wire import FulfilmentOrder, PageOf

T = TypeVar("T")

REQUIRED_SCOPES = frozenset(
    {
        "read_orders",
        "read_merchant_managed_fulfillment_orders",
        "write_merchant_managed_fulfillment_orders",
        "read_products",
        "read_inventory",
        "write_inventory",
        "read_locations",
    }
)

ORDERS_PER_WALK = 20_000
"""Shopify pages no deeper than 25,000 objects (shopify.dev «Shopify API limits», read 2026-11): before that,
a new walk starts where the last one came to."""

_ORDER_ID = re.compile(re.escape(webhooks.ORDER) + r"[0-9]{1,20}")
POINTS_PER_ORDER = 45
STOCK_ATTEMPTS = 3
STOCK_KEYS = uuid.UUID("6c1f1d0e-4b7e-5a53-9d0c-6f2f0f3c9b1a")
"""Namespace of idempotency keys: equal for equal levels of one outbox row, another for others."""


class ShopifyConnector(
    PullsOrders,
    FetchesOrders,
    ListsOrderIds,
    PullsListings,
    PushesFulfilmentStatus,
    PushesStock,
    RunsCampaigns,
    ReceivesWebhooks,
    RegistersWebhooks,
):
    """All ids (orders, lines, variants, inventory items) are Shopify's global ids: `gid://shopify/Order/1`."""

    stock_batch: ClassVar[int] = 100
    settings: ShopifySettings

    def __init__(self, settings: ShopifySettings, outside: Outside) -> None:
        super().__init__(settings, outside)
        self._client = ShopifyClient(settings, outside)
        self._campaigns = Campaigns(self._client)
        self._page_size = settings.page_size

    async def check(self) -> None:
        location = self.settings.location_id or None
        found = await self._client.read(
            documents.CHECK_CONNECTION, {"location": location}, answers.Connection, cost=10
        )
        if found.shop.myshopify_domain != self.settings.shop:
            raise Misconfigured("the token is of another shop than the domain says", setting="shop")
        if missing := found.current_app_installation.lacks(REQUIRED_SCOPES):
            raise AuthenticationFailed(
                f"grant the app these access scopes and install it again: {', '.join(missing)}", code="scopes"
            )
        if location and not (found.location and found.location.is_active):
            raise Misconfigured("there is no active location with this id", setting="location_id")
        if self._client.spoken_version != documents.API_VERSION:
            raise Misconfigured(
                f"Shopify retired version {documents.API_VERSION} of its interface: update the hub"
            )

    async def pull_orders(self, bookmark: str) -> AsyncIterator[Page]:
        """By `updatedAt`, oldest first, reaching back by the overlap. The bookmark is the latest `updatedAt`
        handed out: the search is inclusive, so orders of that very instant come again, on whichever page."""
        latest = datetime.fromisoformat(bookmark) if bookmark else None
        start = latest or self.settings.start_from
        if start:
            start -= timedelta(minutes=self.settings.overlap_minutes)
        after: str | None = None
        walked = 0
        while True:
            page = await self._changed_orders(start, after)
            deliveries = [await self._order_delivery(node) for node in page.nodes]
            versions = [one.version for one in deliveries if one.version]
            latest = max([*versions, latest] if latest else versions, default=None)
            if latest:
                yield Page(deliveries=tuple(deliveries), bookmark=outward.instant_text(latest))
            if not page.page_info.has_next_page or not page.nodes:
                return
            after = page.page_info.end_cursor
            walked += len(deliveries)
            if walked >= ORDERS_PER_WALK and latest and (start is None or latest > start):
                start, after, walked = latest, None, 0

    async def _changed_orders(self, start: datetime | None, after: str | None) -> PageOf[Raw]:
        query = f"updated_at:>={outward.search_time(start)}" if start else None

        async def ask(size: int) -> PageOf[Raw]:
            return await self._client.read(
                documents.CHANGED_ORDERS,
                {"query": query, "first": size, "after": after},
                PageOf[Raw],
                at="orders",
                cost=POINTS_PER_ORDER * size,
            )

        return await self._affordably(ask)

    async def _affordably(self, ask: Callable[[int], Awaitable[T]]) -> T:
        """Ask for ever fewer orders at once until Shopify finds the query cheap enough."""
        while True:
            try:
                return await ask(self._page_size)
            except Rejected as refusal:
                if refusal.code != TOO_EXPENSIVE or self._page_size == 1:
                    raise
                self._page_size //= 2

    async def fetch_orders(self, ids: Sequence[str]) -> Sequence[Delivery]:
        wanted = [one for one in ids if _ORDER_ID.fullmatch(one)]
        found: list[Delivery] = []

        async def ask(size: int) -> list[Raw]:
            asked = wanted[:size]
            return await self._client.read(
                documents.ORDERS_BY_ID,
                {"ids": asked},
                list[Raw],
                at="nodes",
                cost=POINTS_PER_ORDER * len(asked),
            )

        while wanted:
            nodes = await self._affordably(ask)
            del wanted[: self._page_size]
            found += [await self._order_delivery(node) for node in nodes if bytes(node) != b"null"]
        return found

    async def list_order_ids(self, start: datetime, end: datetime) -> Sequence[str]:
        """Searches know whole seconds, so a little more is asked for and sorted out here."""
        margin = timedelta(seconds=1)
        query = (
            f"processed_at:>={outward.search_time(start - margin)}"
            f" processed_at:<={outward.search_time(end + margin)}"
        )
        pages = self._client.pages(
            documents.ORDER_IDS, {"query": query}, PageOf[answers.PlacedOrder], at="orders", cost=100
        )
        return [order.id async for page in pages for order in page if start <= order.processed_at < end]

    async def _order_delivery(self, node: Raw) -> Delivery:
        document = bytes(node)
        head = read_shape(document, paging.OrderHead)
        document = await self._with_all_lines(
            document, head.id, head.line_items, documents.ORDER_LINES, at="order.lineItems"
        )
        if not head.has_all_fulfilment_orders:
            document = paging.with_fulfilment_orders(document, await self._fulfilment_orders(head.id))
        return Delivery(topic=Topic.ORDER, external_id=head.id, document=document, version=head.updated_at)

    async def _fulfilment_orders(self, order_id: str) -> list[bytes]:
        """All fulfilment orders of an order, each with all of its lines."""
        pages = self._client.pages(
            documents.ORDER_FULFILMENT_ORDERS,
            {"id": order_id},
            PageOf[Raw],
            at="order.fulfillmentOrders",
            cost=50,
        )
        nodes = [bytes(node) async for page in pages for node in page]
        heads = [read_shape(node, paging.FulfilmentOrderHead) for node in nodes]
        return [
            await self._with_all_lines(
                node,
                head.id,
                head.line_items,
                documents.FULFILMENT_ORDER_LINES,
                at="fulfillmentOrder.lineItems",
            )
            for node, head in zip(nodes, heads, strict=True)
        ]

    async def _with_all_lines(
        self, node: bytes, global_id: str, first: paging.PagedLines, document: str, *, at: str
    ) -> bytes:
        """The node completed with the lines that its own page did not hold."""
        if not first.page_info.has_next_page:
            return node
        variables = {"id": global_id, "after": first.page_info.end_cursor}
        pages = self._client.pages(document, variables, PageOf[Raw], at=at, cost=300)
        return paging.with_further_lines(node, [line async for page in pages for line in page])

    async def pull_listings(self) -> AsyncIterator[Page]:
        pages = self._client.pages(documents.LISTINGS, {}, PageOf[Raw], at="productVariants", cost=250)
        async for page in pages:
            yield Page(deliveries=tuple(_listing_delivery(bytes(node)) for node in page))

    async def push_fulfilment(self, shipment: Shipment, key: str) -> None:
        """Reads first what is recorded under the tracking number and sends only the rest: a repetition after
        one of two locations was done, or after everything was, doubles nothing. What is recorded under a
        former number is the same parcel, and gets the present one."""
        if shipment.former_numbers:
            await self._correct(shipment)
        missing = outward.outstanding(shipment, await self._recorded(shipment))
        if not missing:
            return
        nodes = await self._fulfilment_orders(shipment.order_external_id)
        plan = outward.plan_fulfilment(
            shipment,
            missing,
            [read_shape(node, FulfilmentOrder) for node in nodes],
            notify_customer=self.settings.notify_customer,
        )
        if plan.not_covered:
            lines = ", ".join(f"{count} of {line}" for line, count in plan.not_covered.items())
            raise Rejected(
                f"no fulfilment order of {shipment.order_external_id} can take {lines} now:"
                " look for holds, other locations or units fulfilled already"
            )
        for one in plan.inputs:
            await self._client.write(
                documents.CREATE_FULFILMENT, {"fulfillment": one}, at="fulfillmentCreate"
            )

    async def _correct(self, shipment: Shipment) -> None:
        for one in await self._fulfilments(shipment, shipment.former_numbers):
            variables = {
                "id": one.id,
                "tracking": outward.tracking_input(shipment),
                "notify": self.settings.notify_customer,
            }
            await self._client.write(
                documents.CORRECT_TRACKING, variables, at="fulfillmentTrackingInfoUpdate"
            )

    async def find_fulfilment(self, shipment: Shipment) -> bool:
        return not outward.outstanding(shipment, await self._recorded(shipment))

    async def push_status(self, shipment: Shipment, key: str) -> None:
        """An event that the fulfilment already has (same status, same second) is not added again."""
        fulfilments = await self._fulfilments(shipment, (shipment.tracking_number,))
        if not fulfilments:
            raise Rejected(
                f"{shipment.order_external_id} has no fulfilment with this tracking number: record it first"
            )
        for one in fulfilments:
            event = outward.event_input(shipment, one.id)
            if event is None:
                raise Unsupported(f"Shopify has no fulfilment event for status {shipment.status.value!r}")
            known = await self._client.read(
                documents.FULFILMENT_EVENTS,
                {"id": one.id},
                PageOf[outward.FulfilmentEvent],
                at="fulfillment.events",
                cost=20,
            )
            if not outward.knows_event(known.nodes, event):
                await self._client.write(
                    documents.CREATE_FULFILMENT_EVENT, {"event": event}, at="fulfillmentEventCreate"
                )

    async def _fulfilments(self, shipment: Shipment, numbers: Sequence[str]) -> list[outward.Fulfilment]:
        found = await self._client.read(
            documents.ORDER_FULFILMENTS,
            {"id": shipment.order_external_id},
            list[outward.Fulfilment],
            at="order.fulfillments",
            cost=10,
        )
        return outward.carrying(found, numbers)

    async def _recorded(self, shipment: Shipment) -> dict[str, int]:
        """Units per line that Shopify has under the shipment's tracking number."""
        recorded: dict[str, int] = {}
        for one in await self._fulfilments(shipment, (shipment.tracking_number,)):
            pages = self._client.pages(
                documents.FULFILMENT_LINES,
                {"id": one.id},
                PageOf[outward.FulfilmentLine],
                at="fulfillment.fulfillmentLineItems",
                cost=20,
            )
            async for page in pages:
                for line in page:
                    recorded[line.line_item.id] = recorded.get(line.line_item.id, 0) + (line.quantity or 0)
        return recorded

    async def push_stock(self, levels: Sequence[StockLevel], key: str) -> Sequence[StockRefusal]:
        """All or nothing at Shopify: levels that it names as wrong are left out, the rest is sent again."""
        if not self.settings.location_id:
            raise Misconfigured("enter the location whose stock the hub writes", setting="location_id")
        refusals = outward.without_inventory_item(levels)
        rest = list({level.inventory_id: level for level in levels if level.inventory_id}.values())
        for attempt in range(STOCK_ATTEMPTS):
            errors = await self._set_stock(rest, f"{key}:{attempt}") if rest else []
            if not errors:
                return refusals
            if errors[0].code == "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED":
                continue
            refused = outward.refused_levels(rest, errors)
            if not refused:
                raise Rejected(f"Shopify refused the stock: {errors[0].message}", code=errors[0].code or "")
            refusals += refused.values()
            rest = [level for position, level in enumerate(rest) if position not in refused]
        raise Transient("Shopify kept refusing the stock of other listings: the rest is tried again")

    async def _set_stock(self, levels: Sequence[StockLevel], key: str) -> list[outward.UserError]:
        stock = outward.stock_input(levels, self.settings.location_id)
        idempotency_key = str(uuid.uuid5(STOCK_KEYS, f"{key}:{json.encode(stock).decode()}"))
        errors = await self._client.attempt(
            documents.SET_STOCK, {"input": stock, "key": idempotency_key}, at="inventorySetQuantities"
        )
        for error in errors:
            if error.code in outward.STOCK_LATER:
                raise Transient(f"Shopify is busy with this stock: {error.message}", code=error.code)
        return errors

    async def tell_campaign(self, campaign: Campaign, key: str) -> str:
        return await self._campaigns.tell(campaign)

    async def read_campaign(self, campaign: Campaign) -> ShownCampaign | None:
        return await self._campaigns.read(campaign)

    async def end_campaign(self, campaign: Campaign, key: str) -> None:
        await self._campaigns.end(campaign)

    def receive(self, request: WebhookRequest) -> Receipt:
        return webhooks.receive(request, self.settings)

    async def register_webhooks(self, url: str) -> Sequence[str]:
        """One JSON subscription per wanted topic at `url`; what else this app has at `url` is removed, what
        it has elsewhere is left alone."""
        pages = self._client.pages(
            documents.WEBHOOK_SUBSCRIPTIONS,
            {},
            PageOf[answers.Subscription],
            at="webhookSubscriptions",
            cost=20,
        )
        here = [one async for page in pages for one in page if one.uri == url]
        missing = set(webhooks.WANTED_TOPICS)
        for one in here:
            if one.topic in missing and one.format == "JSON":
                missing.discard(one.topic)
            else:
                await self._client.write(
                    documents.DELETE_WEBHOOK_SUBSCRIPTION, {"id": one.id}, at="webhookSubscriptionDelete"
                )
        for topic in sorted(missing):
            await self._client.write(
                documents.CREATE_WEBHOOK_SUBSCRIPTION,
                {"topic": topic, "uri": url},
                at="webhookSubscriptionCreate",
            )
        return sorted(missing)


def _listing_delivery(document: bytes) -> Delivery:
    head = read_shape(document, paging.NodeHead)
    return Delivery(topic=Topic.LISTING, external_id=head.id, document=document, version=head.updated_at)
