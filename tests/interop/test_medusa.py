"""The connector at a real Medusa: what its twin and its documentation say is what a server does."""

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import msgspec
import pytest

from connectors.kit import (
    AuthenticationFailed,
    CredentialsInMemory,
    Outside,
    Rejected,
    TokenBucket,
    Unsupported,
)
from connectors.stores.medusa import PLUGIN
from connectors.stores.medusa.connector import MedusaConnector
from hub.clock import system_now
from mappings.canonical import (
    LineQuantity,
    PaymentStatus,
    SalesOrder,
    Shipment,
    StockLevel,
    TrackingStatus,
)
from tests.interop.medusa_server import MedusaServer
from tests.interop.medusa_shop import MedusaShop
from tests.interop.vendure_server import Unobtainable
from tests.interop.vendure_worlds import plain_http

mapping = PLUGIN.mapping


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MedusaServer]:
    try:
        server = MedusaServer(tmp_path_factory.mktemp("medusa"))
    except Unobtainable as reason:
        pytest.skip(str(reason))
    with closing(server):
        server.start()
        yield server


@pytest.fixture(scope="module")
def shop(server: MedusaServer) -> Iterator[MedusaShop]:
    with closing(MedusaShop(server.url)) as shop:
        yield shop


class Hub:
    """Connectors at the shop; `read` is what the hub would know of an order."""

    def __init__(self, server: MedusaServer, shop: MedusaShop) -> None:
        self.http = httpx.AsyncClient(transport=plain_http())
        self._settings = {"url": server.url, "api_key": shop.api_key}
        self.connector = self.connect()

    def connect(self, **overrides: Any) -> MedusaConnector:
        outside = Outside(
            http=self.http,
            now=system_now,
            sleep=_no_sleep,
            budget=TokenBucket(PLUGIN.limits, system_now, _no_sleep),
            credentials=CredentialsInMemory(),
            jitter=lambda: 0.5,
        )
        return MedusaConnector(PLUGIN.settings(**{**self._settings, **overrides}), outside)

    async def read(self, order_id: str) -> SalesOrder:
        (delivery,) = await self.connector.fetch_orders([order_id])
        return mapping.read_order(delivery.document)


async def _no_sleep(seconds: float) -> None:
    """A server on loopback has no limit."""


@pytest.fixture
async def hub(server: MedusaServer, shop: MedusaShop) -> AsyncIterator[Hub]:
    hub = Hub(server, shop)
    yield hub
    await hub.http.aclose()


async def pull(connector: MedusaConnector, bookmark: str) -> tuple[str, dict[str, SalesOrder]]:
    """Everything due, and the last bookmark."""
    orders: dict[str, SalesOrder] = {}
    async for page in connector.pull_orders(bookmark):
        bookmark = page.bookmark or bookmark
        orders |= {one.external_id: mapping.read_order(one.document) for one in page.deliveries}
    return bookmark, orders


def parcel(order: SalesOrder, number: str, *, units: int | None = None, **changes: Any) -> Shipment:
    """All lines, or so many units of the first."""
    lines = order.lines if units is None else order.lines[:1]
    usual: dict[str, Any] = {
        "shipment_id": f"{order.external_id}-{number}",
        "order_external_id": order.external_id,
        "carrier": "dhl",
        "carrier_name": "DHL Paket",
        "tracking_number": number,
        "tracking_url": f"https://track.example/{number}",
        "shipped_at": system_now(),
        "lines": tuple(LineQuantity(line_id=it.line_id, quantity=units or it.quantity_open) for it in lines),
    }
    return Shipment(**{**usual, **changes})


async def test_key_opens_the_shop_and_another_does_not(hub: Hub) -> None:
    await hub.connector.check()
    with pytest.raises(AuthenticationFailed):
        await hub.connect(api_key="sk_another").check()


async def test_order_arrives_as_it_was_placed(hub: Hub, shop: MedusaShop) -> None:
    order = await hub.read(shop.place_order({"ROPE-10": 3, "TEA-250": 1}))

    assert {line.sku: line.quantity_open for line in order.lines} == {"ROPE-10": 3, "TEA-250": 1}
    assert order.ship_to is not None
    assert (order.ship_to.name, order.ship_to.country) == ("Inês d’Água", "PT")
    assert order.payment_status is PaymentStatus.PAID
    assert order.expected_total() == order.total == Decimal("27.5274")
    assert abs(order.placed_at - system_now()) < timedelta(minutes=1)


async def test_document_holds_no_field_that_is_not_known(hub: Hub, shop: MedusaShop) -> None:
    (delivery,) = await hub.connector.fetch_orders([shop.place_order({"ROPE-10": 1})])

    assert mapping.unknown_order_fields(delivery.document) == set()


async def test_pull_of_small_pages_brings_what_was_placed_since(hub: Hub, shop: MedusaShop) -> None:
    shop.place_order({"ROPE-10": 1})
    bookmark, _ = await pull(hub.connector, "")
    placed = {shop.place_order({"ROPE-10": 1}) for _ in range(3)}

    after, pulled = await pull(hub.connect(page_size=2), bookmark)

    assert placed <= pulled.keys()
    assert after > bookmark
    assert placed <= set(
        await hub.connect(page_size=1).list_order_ids(system_now() - timedelta(minutes=5), system_now())
    )


async def test_capture_is_seen_by_id(hub: Hub, shop: MedusaShop) -> None:
    order_id = shop.place_order({"ROPE-10": 1}, captured=False)
    before = await hub.read(order_id)

    shop.capture(order_id)

    after = await hub.read(order_id)
    assert (before.payment_status, after.payment_status) == (PaymentStatus.AUTHORIZED, PaymentStatus.PAID)
    assert before.updated_at == after.updated_at


async def test_administration_shows_the_parcels_with_their_numbers(hub: Hub, shop: MedusaShop) -> None:
    order = await hub.read(shop.place_order({"ROPE-10": 3}))
    first = parcel(order, "JJD-1", units=1)

    await hub.connector.push_fulfilment(first, "key")
    await hub.connector.push_fulfilment(first, "key")
    await hub.connector.push_fulfilment(parcel(order, "JJD-2", units=2), "key")

    shown = shop.order(order.external_id)
    units = {
        one["labels"][0]["tracking_number"]: one["items"][0]["quantity"] for one in shown["fulfillments"]
    }
    assert (units, shown["fulfillment_status"]) == ({"JJD-1": 1, "JJD-2": 2}, "shipped")
    assert await hub.connector.find_fulfilment(first)
    assert (await hub.read(order.external_id)).lines[0].quantity_open == 0


async def test_delivery_is_told_once_and_a_number_stays(hub: Hub, shop: MedusaShop) -> None:
    order = await hub.read(shop.place_order({"ROPE-10": 1}))
    told = parcel(order, "JJD-3")
    await hub.connector.push_fulfilment(told, "key")

    for _ in range(2):
        await hub.connector.push_status(msgspec.structs.replace(told, status=TrackingStatus.DELIVERED), "key")

    assert shop.order(order.external_id)["fulfillment_status"] == "delivered"
    corrected = msgspec.structs.replace(told, tracking_number="JJD-4", former_numbers=("JJD-3",))
    with pytest.raises(Unsupported):
        await hub.connector.push_fulfilment(corrected, "key")


async def test_more_units_than_ordered_and_unknown_orders_are_refused(hub: Hub, shop: MedusaShop) -> None:
    order = await hub.read(shop.place_order({"ROPE-10": 1}))

    with pytest.raises(Rejected, match="more units than are open"):
        await hub.connector.push_fulfilment(parcel(order, "X", units=2), "key")
    with pytest.raises(Rejected, match="no order with this id"):
        await hub.connector.push_fulfilment(parcel(order, "X", order_external_id="order_0"), "key")
    assert shop.order(order.external_id)["fulfillments"] == []


async def test_stock_is_what_a_buyer_may_still_order(hub: Hub, shop: MedusaShop) -> None:
    found = [
        mapping.read_listing(one.document)
        async for page in hub.connect(page_size=1).pull_listings()
        for one in page.deliveries
    ]
    listing = next(it for it in found if it.sku == "TEA-250")
    shop.place_order({"TEA-250": 2})
    level = StockLevel(listing_id=listing.listing_id, sku=listing.sku, available=7, as_of=system_now())

    refused = await hub.connector.push_stock(
        [msgspec.structs.replace(level, listing_id="variant_0"), level], "key"
    )

    assert ([it.listing_id for it in refused], shop.available("TEA-250")) == (["variant_0"], 7)


async def test_cancelled_order_is_seen_and_takes_no_parcel(hub: Hub, shop: MedusaShop) -> None:
    order = await hub.read(shop.place_order({"ROPE-10": 2}))
    bookmark, _ = await pull(hub.connector, "")
    shop.cancel(order.external_id)

    _, pulled = await pull(hub.connector, bookmark)

    cancelled = pulled[order.external_id]
    assert cancelled.cancelled_at is not None
    assert (cancelled.payment_status, cancelled.lines[0].quantity_open) == (PaymentStatus.REFUNDED, 0)
    assert cancelled.expected_total() == cancelled.total == cancelled.refunded
    with pytest.raises(Rejected, match="cancelled in Medusa"):
        await hub.connector.push_fulfilment(parcel(order, "X"), "key")


async def test_refunds_and_removed_units_still_add_up(hub: Hub, shop: MedusaShop) -> None:
    order = await hub.read(shop.place_order({"ROPE-10": 3}))
    shop.refund(order.external_id, 5)
    shop.reduce(order.external_id, order.lines[0].line_id, 2)

    after = await hub.read(order.external_id)

    assert (after.payment_status, after.refunded) == (PaymentStatus.PARTIALLY_REFUNDED, 5)
    assert after.lines[0].quantity == 2
    assert abs(after.expected_total() - after.total) <= after.rounding


async def test_nothing_is_lost_when_the_server_dies(hub: Hub, shop: MedusaShop, server: MedusaServer) -> None:
    order = await hub.read(shop.place_order({"ROPE-10": 2}))
    bookmark, _ = await pull(hub.connector, "")
    await hub.connector.push_fulfilment(parcel(order, "JJD-5", units=1), "key")

    server.kill()
    server.start()

    assert await hub.connector.find_fulfilment(parcel(order, "JJD-5", units=1))
    _, pulled = await pull(hub.connector, bookmark)
    assert pulled[order.external_id].lines[0].quantity_fulfilled == 1
