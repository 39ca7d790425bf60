"""The small world that the checks play in: goods, buyers, pulls, parcels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

import msgspec

from connectors.kit.capabilities import FetchesOrders, PullsListings, PullsOrders
from connectors.kit.conformance.checks import Bench, Finding, require
from connectors.kit.conformance.rig import Rig
from connectors.kit.messages import Delivery, Page
from connectors.kit.plugin import CarrierPlugin, StorePlugin
from connectors.kit.twin import Product, Purchase, StoreTwin
from mappings.canonical import CargoItem, LineQuantity, SalesOrder, Shipment, ShipmentRequest

MOST_PAGES = 5_000

PRODUCTS = (
    Product(sku="C-1", title="Tea, 100 g", price=Decimal("19.99"), stock=100_000),
    Product(sku="C-2", title="Kettle", price=Decimal("129.00"), stock=100_000),
    Product(sku="C-3", title="Filter paper", price=Decimal("3.33"), stock=100_000),
)


@dataclass(frozen=True)
class Harvest:
    """What a pull brought, notices fetched; `bookmark` is where the hub would resume."""

    pages: Sequence[Page]
    deliveries: Sequence[Delivery]
    bookmark: str

    @property
    def ids(self) -> set[str]:
        return {delivery.external_id for delivery in self.deliveries}

    @property
    def latest(self) -> dict[str, Delivery]:
        """The document that came last, per order."""
        return {delivery.external_id: delivery for delivery in self.deliveries}


def open_store(bench: Bench, **options: Any) -> tuple[Rig, StoreTwin]:
    """A store with goods and without orders."""
    rig = bench.rig(**options)
    twin = cast(StoreTwin, rig.twin)
    twin.offer(PRODUCTS)
    return rig, twin


def purchase(bench: Bench, number: int = 1, **changes: Any) -> Purchase:
    """Two lines with several units, so that parts can be shipped and refunded."""
    usual = Purchase(
        buyer_reference=f"buyer-{number}",
        ship_to=bench.ship_to,
        items=(("C-1", 2), ("C-3", 3)),
        email=f"buyer{number}@example.com",
    )
    return replace(usual, **changes)


def place(bench: Bench, twin: StoreTwin, count: int = 1) -> list[str]:
    """So many buyers at this very instant; the ids of their orders."""
    return [twin.place_order(purchase(bench, number)) for number in range(count)]


def touch(bench: Bench, twin: StoreTwin, order_id: str) -> bool:
    """Change an order in whatever way the platform lets its buyer; false if in none."""
    elsewhere = msgspec.structs.replace(bench.ship_to, street=("另一条路 7 号",))
    return (
        twin.change_address(order_id, elsewhere)
        or twin.refund_line(order_id, 0, 1)
        or twin.cancel_order(order_id)
    )


def known_ids(twin: StoreTwin) -> set[str]:
    return {order.order_id for order in twin.orders()}


async def pull(rig: Rig, bookmark: str = "", *, cut_after: int = MOST_PAGES) -> Harvest:
    """One run of a new connector, as after a restart; `cut_after` so many stored pages it dies."""
    connector = cast(PullsOrders, rig.connect())
    pages: list[Page] = []
    found: list[Delivery] = []
    if cut_after == 0:
        return Harvest(pages, found, bookmark)
    async for page in connector.pull_orders(bookmark):
        pages.append(page)
        found += page.deliveries
        found += await _fetched(connector, page)
        bookmark = bookmark if page.bookmark is None else page.bookmark
        if len(pages) >= cut_after:
            require(cut_after < MOST_PAGES, f"the pull does not end after {MOST_PAGES} pages")
            break
    return Harvest(pages, found, bookmark)


async def _fetched(connector: PullsOrders, page: Page) -> Sequence[Delivery]:
    if not page.notices:
        return ()
    if not isinstance(connector, FetchesOrders):
        raise Finding("the pull brings notices, but the connector cannot fetch orders")
    return await connector.fetch_orders([notice.external_id for notice in page.notices])


async def pulled_order(bench: Bench, rig: Rig, order_id: str) -> SalesOrder:
    """The canonical order as the hub would know it."""
    connector = rig.connect()
    if isinstance(connector, FetchesOrders):
        deliveries = await connector.fetch_orders([order_id])
    else:
        deliveries = (await pull(rig)).deliveries
    document = {delivery.external_id: delivery.document for delivery in deliveries}.get(order_id)
    if document is None:
        raise Finding(f"order {order_id} did not arrive")
    return cast(SalesOrder, mapping_of(bench).read_order(document))


async def listings(rig: Rig) -> list[Delivery]:
    """Everything on sale."""
    connector = cast(PullsListings, rig.connect())
    return [delivery async for page in connector.pull_listings() for delivery in page.deliveries]


def shipment_of(order: SalesOrder, rig: Rig, carrier: str, **changes: Any) -> Shipment:
    """All open units in one parcel."""
    usual: dict[str, Any] = {
        "shipment_id": "S-1",
        "order_external_id": order.external_id,
        "carrier": carrier,
        "tracking_number": "SF1234567890123",
        "shipped_at": rig.clock(),
        "lines": tuple(
            LineQuantity(line_id=line.line_id, quantity=line.quantity_open)
            for line in order.lines
            if line.quantity_open
        ),
    }
    return Shipment(**{**usual, **changes})


def request_for(bench: Bench, reference: str = "R-1", **changes: Any) -> ShipmentRequest:
    """A complete request: everything that a carrier may ask for."""
    usual: dict[str, Any] = {
        "reference": reference,
        "order_number": "N-1",
        "sender": bench.ship_to,
        "recipient": bench.ship_to,
        "cargo": (CargoItem(sku="C-1", title="Tea, 100 g", quantity=2, unit_value=Decimal("19.99")),),
        "weight_grams": 1200,
        "currency": "CNY",
    }
    return ShipmentRequest(**{**usual, **changes})


def mapping_of(bench: Bench) -> Any:
    """The module of functions; which ones it has depends on the kind of platform."""
    return cast("StorePlugin[Any, Any] | CarrierPlugin[Any, Any]", bench.plugin).mapping
