"""The connector does the same at a real Vendure, over its file database, and at the twin.

Over PostgreSQL the promises of `test_vendure_behaviours.py` are kept.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest

from connectors.kit import AuthenticationFailed, OutcomeUnknown, Rejected, Topic
from connectors.stores.vendure import PLUGIN
from connectors.stores.vendure.connector import VendureConnector
from mappings.canonical import (
    LineQuantity,
    Listing,
    PaymentStatus,
    SalesOrder,
    Shipment,
    StockLevel,
    TrackingStatus,
)
from tests.interop.vendure_worlds import SHIP_TO, RealWorld, SeenParcel, TwinWorld, World

mapping = PLUGIN.mapping


@pytest.fixture(params=["twin", "real"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    world = TwinWorld() if request.param == "twin" else RealWorld(request.getfixturevalue("sqljs"))
    yield world
    await world.close()


async def test_the_right_password_is_accepted(world: World) -> None:
    await world.connector.check()


async def test_a_wrong_password_is_named_as_such(world: World) -> None:
    with pytest.raises(AuthenticationFailed) as refusal:
        await world.connect(password="wrong").check()

    assert refusal.value.code == "INVALID_CREDENTIALS_ERROR"


async def test_an_order_arrives_as_the_buyer_placed_it(world: World) -> None:
    order_id = world.place_order([("HARBOUR-M", 1), ("ROPE-10", 3)])

    order = await read(world, order_id)

    assert {line.sku: line.quantity_open for line in order.lines} == {"HARBOUR-M": 1, "ROPE-10": 3}
    assert order.ship_to == SHIP_TO
    assert order.payment_status is PaymentStatus.PAID
    assert order.expected_total() == order.total > 0
    assert abs(order.placed_at - world.now()) < timedelta(minutes=1)


async def test_a_document_holds_no_field_that_the_mapping_does_not_know(world: World) -> None:
    order_id = world.place_order([("ROPE-10", 1)])

    (delivery,) = await world.connector.fetch_orders([order_id])

    assert mapping.unknown_order_fields(delivery.document) == set()


async def test_an_authorised_order_is_seen_as_such(world: World) -> None:
    order_id = world.place_order([("ROPE-10", 1)], settled=False)

    assert (await read(world, order_id)).payment_status is PaymentStatus.AUTHORIZED


async def test_a_pull_brings_what_was_placed_since(world: World) -> None:
    world.place_order([("ROPE-10", 1)])
    bookmark, _ = await pull(world.connector, "")
    placed = [world.place_order([("ROPE-10", 1)]) for _ in range(3)]

    after, pulled = await pull(world.connector, bookmark)

    assert set(placed) <= set(pulled)
    assert after >= bookmark


async def test_a_pull_of_small_pages_brings_the_same(world: World) -> None:
    shortly_before = world.now() - timedelta(seconds=2)
    placed = [world.place_order([("ROPE-10", 1)]) for _ in range(5)]

    _, pulled = await pull(world.connect(page_size=2, start_from=shortly_before), "")

    assert set(placed) <= set(pulled)


async def test_a_page_larger_than_the_server_allows_shrinks(world: World) -> None:
    order_id = world.place_order([("ROPE-10", 1)])

    _, pulled = await pull(world.connect(page_size=1000), "")

    assert order_id in pulled


async def test_ids_of_a_period_are_complete(world: World) -> None:
    start = world.now()
    placed = {world.place_order([("ROPE-10", 1)]) for _ in range(2)}
    end = world.now() + timedelta(seconds=1)

    assert set(await world.connector.list_order_ids(start, end)) == placed
    assert not placed & set(await world.connector.list_order_ids(start - timedelta(hours=1), start))


async def test_an_unknown_order_is_left_out(world: World) -> None:
    order_id = world.place_order([("ROPE-10", 1)])

    deliveries = await world.connector.fetch_orders(["987654", order_id])

    assert [delivery.external_id for delivery in deliveries] == [order_id]


async def test_a_part_of_an_order_ships_with_its_tracking_number(world: World) -> None:
    order = await read(world, world.place_order([("HARBOUR-M", 2), ("ROPE-10", 3)]))
    shipment = parcel_of(order, {"HARBOUR-M": 1, "ROPE-10": 3}, "JJD-1", world)

    await world.connector.push_fulfilment(shipment, "key")

    units = {part.line_id: part.quantity for part in shipment.lines}
    assert world.parcels(order.external_id) == [
        SeenParcel(tracking_number="JJD-1", state="Shipped", units=units)
    ]
    assert await world.connector.find_fulfilment(shipment)
    after = await read(world, order.external_id)
    assert {line.sku: line.quantity_open for line in after.lines} == {"HARBOUR-M": 1, "ROPE-10": 0}


async def test_two_parcels_complete_an_order(world: World) -> None:
    order = await read(world, world.place_order([("ROPE-10", 3)]))

    for code, quantity in (("JJD-2", 1), ("JJD-3", 2)):
        await world.connector.push_fulfilment(parcel_of(order, {"ROPE-10": quantity}, code, world), code)

    after = await read(world, order.external_id)
    assert [parcel.tracking_number for parcel in world.parcels(order.external_id)] == ["JJD-2", "JJD-3"]
    assert (after.lines[0].quantity_open, after.extra["state"]) == (0, "Shipped")


async def test_an_authorised_order_can_ship_and_stays_authorised(world: World) -> None:
    order = await read(world, world.place_order([("ROPE-10", 1)], settled=False))

    await world.connector.push_fulfilment(parcel_of(order, {"ROPE-10": 1}, "JJD-4", world), "key")

    after = await read(world, order.external_id)
    assert (after.payment_status, after.lines[0].quantity_open) == (PaymentStatus.AUTHORIZED, 0)


@pytest.mark.parametrize("arrives", [True, False], ids=["done", "not-done"])
@pytest.mark.parametrize("operation", ["AddFulfilment", "MoveFulfilment"])
async def test_a_parcel_is_told_once_although_an_answer_was_lost(
    world: World, operation: str, arrives: bool
) -> None:
    order = await read(world, world.place_order([("ROPE-10", 2)]))
    shipment = parcel_of(order, {"ROPE-10": 1}, "JJD-5", world)
    world.transport.lose(operation, arrives=arrives)

    with pytest.raises(OutcomeUnknown):
        await world.connector.push_fulfilment(shipment, "key")
    if not await world.connector.find_fulfilment(shipment):
        await world.connector.push_fulfilment(shipment, "key")

    told = [(parcel.tracking_number, parcel.state) for parcel in world.parcels(order.external_id)]
    assert told == [("JJD-5", "Shipped")]


async def test_telling_a_parcel_again_changes_nothing(world: World) -> None:
    order = await read(world, world.place_order([("ROPE-10", 2)]))
    shipment = parcel_of(order, {"ROPE-10": 1}, "JJD-6", world)

    for _ in range(2):
        await world.connector.push_fulfilment(shipment, "key")

    assert len(world.parcels(order.external_id)) == 1


async def test_delivered_is_told_and_may_be_told_again(world: World) -> None:
    order = await read(world, world.place_order([("ROPE-10", 1)]))
    shipment = parcel_of(order, {"ROPE-10": 1}, "JJD-7", world)
    await world.connector.push_fulfilment(shipment, "key")

    for _ in range(2):
        await world.connector.push_status(delivered(shipment), "key")

    assert [parcel.state for parcel in world.parcels(order.external_id)] == ["Delivered"]
    assert (await read(world, order.external_id)).extra["state"] == "Delivered"


async def test_delivered_of_an_untold_parcel_is_refused(world: World) -> None:
    order = await read(world, world.place_order([("ROPE-10", 1)]))

    with pytest.raises(Rejected):
        await world.connector.push_status(delivered(parcel_of(order, {"ROPE-10": 1}, "X", world)), "key")


async def test_more_units_than_ordered_are_refused(world: World) -> None:
    order = await read(world, world.place_order([("ROPE-10", 1)]))

    with pytest.raises(Rejected) as refusal:
        await world.connector.push_fulfilment(parcel_of(order, {"ROPE-10": 2}, "X", world), "key")

    assert (refusal.value.code, world.parcels(order.external_id)) == ("ITEMS_ALREADY_FULFILLED_ERROR", [])


async def test_a_cancelled_order_is_seen_and_takes_no_parcel(world: World) -> None:
    order = await read(world, world.place_order([("ROPE-10", 3)]))
    bookmark, _ = await pull(world.connector, "")
    world.cancel_order(order.external_id)

    _, pulled = await pull(world.connector, bookmark)

    cancelled = pulled[order.external_id]
    assert cancelled.cancelled_at is not None
    assert [(line.quantity, line.quantity_open) for line in cancelled.lines] == [(3, 0)]
    assert cancelled.expected_total() == cancelled.total
    with pytest.raises(Rejected):
        await world.connector.push_fulfilment(parcel_of(order, {"ROPE-10": 1}, "X", world), "key")


async def test_cancelled_units_are_seen_and_the_total_still_adds_up(world: World) -> None:
    order_id = world.place_order([("ROPE-10", 3), ("HARBOUR-M", 1)])

    world.cancel_units(order_id, "ROPE-10", 2)

    order = await read(world, order_id)
    assert {line.sku: line.quantity_open for line in order.lines} == {"ROPE-10": 1, "HARBOUR-M": 1}
    assert order.expected_total() == order.total


async def test_a_discounted_order_adds_up(real: RealWorld) -> None:
    real.shop.create_coupon("TENTH", 10)
    placed = real.shop.place_order([("HARBOUR-M", 1), ("ROPE-10", 3)], coupon="TENTH", shipping="courier")

    order = await read(real, placed.id)

    assert order.expected_total() == order.total
    assert all(line.discount > 0 for line in order.lines)
    assert (order.extra["coupon_codes"], order.shipping_method) == ("TENTH", "courier")


async def test_units_cancelled_after_they_left_leave_nothing_open(real: RealWorld) -> None:
    order = await read(real, real.place_order([("ROPE-10", 3)]))
    await real.connector.push_fulfilment(parcel_of(order, {"ROPE-10": 2}, "JJD-8", real), "key")

    real.cancel_units(order.external_id, "ROPE-10", 2)

    (line,) = (await read(real, order.external_id)).lines
    assert (line.quantity, line.quantity_cancelled, line.quantity_fulfilled) == (3, 2, 2)
    assert line.quantity_open == 0


async def test_listings_name_the_skus(world: World) -> None:
    titles = {sku: listing.title for sku, listing in (await listings(world)).items()}

    assert titles.keys() >= {"HARBOUR-M", "TIDE-CLOCK", "TEA-250", "ROPE-10"}
    assert titles["TIDE-CLOCK"] == "Tide Clock"


async def test_stock_is_what_a_buyer_may_still_order(world: World) -> None:
    listing = (await listings(world))["TIDE-CLOCK"]
    world.place_order([("TIDE-CLOCK", 2)])

    refused = await world.connector.push_stock([level(listing, 7, world)], "key")

    assert (list(refused), world.on_sale("TIDE-CLOCK")) == ([], 7)
    world.place_order([("TIDE-CLOCK", 3)])
    assert world.on_sale("TIDE-CLOCK") == 4


async def test_stock_of_an_unknown_listing_is_refused_and_the_rest_written(world: World) -> None:
    known = (await listings(world))["TEA-250"]
    unknown = Listing(listing_id="987654", sku="NO-SUCH")

    refused = await world.connector.push_stock([level(unknown, 5, world), level(known, 6, world)], "key")

    assert [refusal.listing_id for refusal in refused] == ["987654"]
    assert world.on_sale("TEA-250") == 6


async def test_a_parcel_beyond_the_stock_on_hand_is_refused(world: World) -> None:
    listing = (await listings(world))["TEA-250"]
    await world.connector.push_stock([level(listing, 5, world)], "key")
    order = await read(world, world.place_order([("TEA-250", 5)]))
    await world.connector.push_stock([level(listing, -5, world)], "key")

    with pytest.raises(Rejected) as refusal:
        await world.connector.push_fulfilment(parcel_of(order, {"TEA-250": 5}, "X", world), "key")

    assert refusal.value.code == "INSUFFICIENT_STOCK_ON_HAND_ERROR"


async def read(world: World, order_id: str) -> SalesOrder:
    (delivery,) = await world.connector.fetch_orders([order_id])
    assert (delivery.topic, delivery.external_id) == (Topic.ORDER, order_id)
    return mapping.read_order(delivery.document)


async def pull(connector: VendureConnector, bookmark: str) -> tuple[str, dict[str, SalesOrder]]:
    """Everything due, and the last bookmark."""
    orders: dict[str, SalesOrder] = {}
    async for page in connector.pull_orders(bookmark):
        bookmark = page.bookmark or bookmark
        orders |= {one.external_id: mapping.read_order(one.document) for one in page.deliveries}
    return bookmark, orders


async def listings(world: World) -> dict[str, Listing]:
    pages = world.connector.pull_listings()
    found = [mapping.read_listing(one.document) async for page in pages for one in page.deliveries]
    return {listing.sku: listing for listing in found}


def parcel_of(order: SalesOrder, units: dict[str, int], tracking_number: str, world: World) -> Shipment:
    lines = {line.sku: line.line_id for line in order.lines}
    return Shipment(
        shipment_id=f"{order.external_id}-{tracking_number}",
        order_external_id=order.external_id,
        carrier="dhl",
        carrier_name="DHL Paket",
        tracking_number=tracking_number,
        shipped_at=world.now(),
        lines=tuple(LineQuantity(line_id=lines[sku], quantity=quantity) for sku, quantity in units.items()),
    )


def delivered(shipment: Shipment) -> Shipment:
    return msgspec.structs.replace(shipment, status=TrackingStatus.DELIVERED, status_at=shipment.shipped_at)


def level(listing: Listing, available: int, world: World) -> StockLevel:
    return StockLevel(
        listing_id=listing.listing_id,
        inventory_id=listing.inventory_id,
        sku=listing.sku,
        available=available,
        as_of=world.now(),
    )
