"""What a Vendure connector does, whatever answers it: the twin or a real server.

Load this file by its path and subclass `VendureBehaviours` in a test module that has a fixture `vendure`
giving a `ShopUnderTest`. Each test places orders of its own and looks at nothing else, so that a real
server can keep its history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

import pytest

from connectors.kit import AuthenticationFailed, Misconfigured, Page, Rejected, capabilities_of
from connectors.stores.vendure.connector import VendureConnector
from mappings.canonical import LineQuantity, PaymentStatus, SalesOrder, Shipment, StockLevel, TrackingStatus
from mappings.stores import vendure as mapping


@dataclass(frozen=True)
class ParcelThere:
    """A fulfilment as the shop tells it without the connector."""

    tracking_code: str
    method: str
    state: str
    quantities: Mapping[str, int]


class ShopUnderTest(Protocol):
    """A shop with two products (`skus`), 1,000 units of each for sale, as its administrator sees it."""

    skus: tuple[str, str]

    def connect(self, **overrides: Any) -> VendureConnector:
        """A new connector with its own session; `overrides` replace settings."""

    async def place_order(self, items: Sequence[tuple[str, int]], *, paid: bool = True) -> str:
        """A buyer orders; unpaid: with an authorised payment. The order's id."""

    async def pay_order(self, order_id: str) -> None:
        """The authorised payment is settled."""

    async def cancel(self, order_id: str, quantities: Mapping[str, int] | None = None) -> None:
        """`cancelOrder`, for these units (line id → units) or for all, shipping included then."""

    async def refund(self, order_id: str, minor: int) -> None:
        """So much of the order's payment is given back, and the refund is settled."""

    async def parcels(self, order_id: str) -> Sequence[ParcelThere]:
        """The order's fulfilments, oldest first."""

    async def add_parcel(self, shipment: Shipment) -> None:
        """A fulfilment is added and stays `Pending`, as after a crash between both mutations."""

    async def saleable(self, sku: str) -> int:
        """On hand less allocated less threshold."""


async def read(shop: ShopUnderTest, order_id: str) -> SalesOrder:
    """The order as a new connector fetches it."""
    (delivery,) = await shop.connect().fetch_orders([order_id])
    order = mapping.read_order(delivery.document)
    assert order.expected_total() == order.total
    return order


async def pulled(connector: VendureConnector, bookmark: str) -> tuple[set[str], str, list[Page]]:
    """(ids, the bookmark stored last, all pages)."""
    pages = [page async for page in connector.pull_orders(bookmark)]
    for page in pages:
        bookmark = page.bookmark or bookmark
    return {delivery.external_id for page in pages for delivery in page.deliveries}, bookmark, pages


def parcel(order: SalesOrder, number: str, units: Sequence[int] = (), **changes: Any) -> Shipment:
    """`units` of the lines by position (none: all that is open) leave in a parcel."""
    quantities = units or [line.quantity_open for line in order.lines]
    parts = [
        LineQuantity(line_id=line.line_id, quantity=quantity)
        for line, quantity in zip(order.lines, quantities, strict=False)
        if quantity
    ]
    usual: dict[str, Any] = {
        "shipment_id": f"S-{number}",
        "order_external_id": order.external_id,
        "carrier": "sf",
        "carrier_name": "SF Express",
        "tracking_number": f"{number}-{order.external_id}",
        "shipped_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "lines": tuple(parts),
    }
    return Shipment(**{**usual, **changes})


class VendureBehaviours:
    """One promise per test."""

    async def test_connection_can_be_tried(self, vendure: ShopUnderTest):
        await vendure.connect().check()

    async def test_bad_password_asks_the_administrator(self, vendure: ShopUnderTest):
        with pytest.raises(AuthenticationFailed) as caught:
            await vendure.connect(password="wrong").check()
        assert caught.value.code == "INVALID_CREDENTIALS_ERROR"

    async def test_unknown_stock_location_names_its_setting(self, vendure: ShopUnderTest):
        with pytest.raises(Misconfigured) as caught:
            await vendure.connect(stock_location_id="987654").check()
        assert caught.value.setting == "stock_location_id"

    async def test_placed_orders_are_pulled_once_more_than_a_page_holds(self, vendure: ShopUnderTest):
        placed = {await vendure.place_order([(vendure.skus[0], 1)]) for _ in range(5)}
        ids, _, pages = await pulled(vendure.connect(page_size=2), "")
        assert placed <= ids
        assert len(pages) >= 3
        assert all(delivery.version is None for page in pages for delivery in page.deliveries)

    async def test_pull_goes_on_after_a_crash_between_pages(self, vendure: ShopUnderTest):
        placed = {await vendure.place_order([(vendure.skus[0], 1)]) for _ in range(5)}
        first = await anext(aiter(vendure.connect(page_size=2).pull_orders("")))
        ids, _, pages = await pulled(vendure.connect(page_size=2), first.bookmark or "")
        before = {delivery.external_id for delivery in first.deliveries}
        assert placed <= before | ids
        assert not before & {delivery.external_id for delivery in pages[0].deliveries}

    async def test_cancellation_is_pulled_again(self, vendure: ShopUnderTest):
        order_id = await vendure.place_order([(vendure.skus[0], 1)])
        _, bookmark, _ = await pulled(vendure.connect(), "")
        await vendure.cancel(order_id)
        ids, _, _ = await pulled(vendure.connect(), bookmark)
        assert order_id in ids
        assert (await read(vendure, order_id)).cancelled_at is not None

    async def test_payment_is_seen_by_revisiting(self, vendure: ShopUnderTest):
        order_id = await vendure.place_order([(vendure.skus[0], 1)], paid=False)
        before = await read(vendure, order_id)
        await vendure.pay_order(order_id)
        after = await read(vendure, order_id)
        assert before.payment_status is PaymentStatus.AUTHORIZED
        assert after.payment_status is PaymentStatus.PAID
        assert after.updated_at == before.updated_at, "if it moves now, a version can be delivered"

    async def test_list_limit_shrinks_the_page(self, vendure: ShopUnderTest):
        order_id = await vendure.place_order([(vendure.skus[0], 1)])
        connector = vendure.connect(page_size=1000)
        assert [it.external_id for it in await connector.fetch_orders([order_id])] == [order_id]
        ids, _, _ = await pulled(connector, "")
        assert order_id in ids

    async def test_ids_are_listed_in_a_half_open_interval(self, vendure: ShopUnderTest):
        order_id = await vendure.place_order([(vendure.skus[0], 1)])
        placed = (await read(vendure, order_id)).placed_at
        tick, connector = timedelta(milliseconds=1), vendure.connect()
        assert order_id in await connector.list_order_ids(placed, placed + tick)
        assert order_id not in await connector.list_order_ids(placed - tick, placed)
        assert order_id not in await connector.list_order_ids(placed + tick, placed + 2 * tick)

    async def test_listings_name_what_order_lines_carry(self, vendure: ShopUnderTest):
        order = await read(vendure, await vendure.place_order([(sku, 1) for sku in vendure.skus]))
        pages = [page async for page in vendure.connect(page_size=1).pull_listings()]
        listings = [mapping.read_listing(it.document) for page in pages for it in page.deliveries]
        by_id = {listing.listing_id: listing.sku for listing in listings}
        assert [by_id[line.listing_id] for line in order.lines] == list(vendure.skus)
        assert all(page.bookmark is None for page in pages)

    async def test_partial_cancellation_lowers_total_and_open_units(self, vendure: ShopUnderTest):
        order_id = await vendure.place_order([(vendure.skus[0], 3)])
        before = await read(vendure, order_id)
        await vendure.cancel(order_id, {before.lines[0].line_id: 2})
        after = await read(vendure, order_id)
        (line,) = after.lines
        assert (line.quantity, line.quantity_cancelled, line.quantity_open) == (3, 2, 1)
        assert after.total == before.total - (before.lines[0].total - line.total)

    async def test_refund_is_told(self, vendure: ShopUnderTest):
        order_id = await vendure.place_order([(vendure.skus[0], 2)])
        await vendure.refund(order_id, 100)
        order = await read(vendure, order_id)
        assert order.payment_status is PaymentStatus.PARTIALLY_REFUNDED
        assert order.refunded == Decimal("1.00")

    async def test_parcels_ship_part_and_rest(self, vendure: ShopUnderTest):
        order = await read(vendure, await vendure.place_order([(vendure.skus[0], 2), (vendure.skus[1], 1)]))
        connector = vendure.connect()
        await connector.push_fulfilment(parcel(order, "A", [1, 0]), "k-1")
        part = await read(vendure, order.external_id)
        await connector.push_fulfilment(parcel(part, "B"), "k-2")
        done = await read(vendure, order.external_id)
        assert part.extra["state"] == "PartiallyShipped"
        assert [line.quantity_open for line in part.lines] == [1, 1]
        assert done.extra["state"] == "Shipped"
        assert [line.quantity_open for line in done.lines] == [0, 0]

    async def test_parcel_pushed_twice_is_there_once(self, vendure: ShopUnderTest):
        order = await read(vendure, await vendure.place_order([(vendure.skus[0], 2)]))
        shipment = parcel(order, "A")
        assert not await vendure.connect().find_fulfilment(shipment)
        await vendure.connect().push_fulfilment(shipment, "k-1")
        await vendure.connect().push_fulfilment(shipment, "k-1")
        (there,) = await vendure.parcels(order.external_id)
        assert (there.tracking_code, there.method, there.state) == (
            shipment.tracking_number,
            "SF Express",
            "Shipped",
        )
        assert await vendure.connect().find_fulfilment(shipment)

    async def test_fulfilment_left_pending_is_finished_not_doubled(self, vendure: ShopUnderTest):
        order = await read(vendure, await vendure.place_order([(vendure.skus[0], 2)]))
        shipment = parcel(order, "A")
        await vendure.add_parcel(shipment)
        assert not await vendure.connect().find_fulfilment(shipment), "else nobody would ever move it on"
        await vendure.connect().push_fulfilment(shipment, "k-1")
        assert [it.state for it in await vendure.parcels(order.external_id)] == ["Shipped"]

    async def test_other_parcel_for_the_same_units_is_refused(self, vendure: ShopUnderTest):
        order = await read(vendure, await vendure.place_order([(vendure.skus[0], 1)]))
        await vendure.connect().push_fulfilment(parcel(order, "A"), "k-1")
        with pytest.raises(Rejected) as caught:
            await vendure.connect().push_fulfilment(parcel(order, "B"), "k-2")
        assert caught.value.code == "ITEMS_ALREADY_FULFILLED_ERROR"

    async def test_parcel_without_units_is_refused(self, vendure: ShopUnderTest):
        order = await read(vendure, await vendure.place_order([(vendure.skus[0], 1)]))
        with pytest.raises(Rejected) as caught:
            await vendure.connect().push_fulfilment(parcel(order, "A", lines=()), "k-1")
        assert caught.value.code == "EMPTY_ORDER_LINE_SELECTION_ERROR"

    async def test_delivery_is_told_and_repeating_it_is_harmless(self, vendure: ShopUnderTest):
        order = await read(vendure, await vendure.place_order([(vendure.skus[0], 1)]))
        await vendure.connect().push_fulfilment(parcel(order, "A"), "k-1")
        for status in (TrackingStatus.IN_TRANSIT, TrackingStatus.DELIVERED, TrackingStatus.DELIVERED):
            await vendure.connect().push_status(parcel(order, "A", status=status), "k-2")
        assert [it.state for it in await vendure.parcels(order.external_id)] == ["Delivered"]
        assert (await read(vendure, order.external_id)).extra["state"] == "Delivered"

    async def test_delivery_of_an_unknown_parcel_is_refused(self, vendure: ShopUnderTest):
        order = await read(vendure, await vendure.place_order([(vendure.skus[0], 1)]))
        with pytest.raises(Rejected):
            await vendure.connect().push_status(parcel(order, "A", status=TrackingStatus.DELIVERED), "k-1")

    async def test_unknown_order_is_refused(self, vendure: ShopUnderTest):
        order = await read(vendure, await vendure.place_order([(vendure.skus[0], 1)]))
        with pytest.raises(Rejected):
            await vendure.connect().push_fulfilment(parcel(order, "A", order_external_id="987654"), "k-1")

    async def test_shop_sells_exactly_what_the_hub_says(self, vendure: ShopUnderTest):
        sku = vendure.skus[0]
        order = await read(vendure, await vendure.place_order([(sku, 2)]))
        for available in (700, 900):
            level = StockLevel(
                listing_id=order.lines[0].listing_id, sku=sku, available=available, as_of=order.placed_at
            )
            assert not await vendure.connect().push_stock([level], "k-1")
            assert await vendure.saleable(sku) == available
        await vendure.connect().push_fulfilment(parcel(order, "A"), "k-2")
        assert await vendure.saleable(sku) == 900, "a fulfilment lowers on hand and allocated alike"

    async def test_stock_of_an_unknown_listing_is_named(self, vendure: ShopUnderTest):
        order = await read(vendure, await vendure.place_order([(vendure.skus[0], 1)]))
        levels = [
            StockLevel(listing_id=listing_id, sku="x", available=800, as_of=order.placed_at)
            for listing_id in ("987654", order.lines[0].listing_id)
        ]
        refusals = await vendure.connect().push_stock(levels, "k-1")
        assert [refusal.listing_id for refusal in refusals] == ["987654"]
        assert await vendure.saleable(vendure.skus[0]) == 800

    async def test_session_that_ended_is_renewed(self, vendure: ShopUnderTest):
        connector = vendure.connect()
        await connector.outside.credentials.renew({}, _nonsense)
        await connector.check()
        assert (await connector.outside.credentials.current())["token"] != "nonsense"

    def test_no_webhooks_are_promised(self):
        names = {capability.__name__ for capability in capabilities_of(VendureConnector)}
        assert "ReceivesWebhooks" not in names and "RevisitsOpenOrders" in names


async def _nonsense(stored: Mapping[str, str]) -> Mapping[str, str]:
    return {"token": "nonsense"}
