"""Orders by id, lists of ids, listings: everything that is asked beside the pull."""

from datetime import timedelta
from decimal import Decimal
from typing import cast

from connectors.kit.capabilities import FetchesOrders, ListsOrderIds, PullsListings
from connectors.kit.conformance.checks import Bench, Checks, require
from connectors.kit.conformance.world import (
    PRODUCTS,
    known_ids,
    listings,
    mapping_of,
    open_store,
    place,
    purchase,
)
from connectors.kit.messages import Topic
from connectors.kit.twin import Product

CHECKS = Checks("reads")


@CHECKS.add(FetchesOrders)
async def known_orders_are_fetched(bench: Bench) -> None:
    """Every order asked for comes, once, also if there are more than one call takes; none for none."""
    rig, twin = open_store(bench)
    ids = place(bench, twin, bench.crowd)
    connector = cast(FetchesOrders, rig.connect())
    found = [delivery.external_id for delivery in await connector.fetch_orders(ids)]
    require(sorted(found) == sorted(ids), f"{len(ids)} orders were asked for, {len(found)} came")
    require(not await connector.fetch_orders([]), "asking for no order brought some")


@CHECKS.add(FetchesOrders)
async def unknown_order_is_left_out(bench: Bench) -> None:
    """An id that the platform does not know is no error, and does not hide the others."""
    rig, twin = open_store(bench)
    (order_id,) = place(bench, twin)
    unknown = order_id[:-1] + ("1" if order_id[-1] != "1" else "2") + "7"
    found = await cast(FetchesOrders, rig.connect()).fetch_orders([unknown, order_id])
    require([it.external_id for it in found] == [order_id], "unknown ids must be left out, known ones come")


@CHECKS.add(FetchesOrders)
async def fetch_shows_an_edit(bench: Bench) -> None:
    """Fetching an order that changed gives its present content."""
    rig, twin = open_store(bench)
    (order_id,) = place(bench, twin)
    connector = cast(FetchesOrders, rig.connect())
    before = await connector.fetch_orders([order_id])
    rig.clock.advance(timedelta(minutes=10))
    require(
        twin.refund_line(order_id, 0, 1) or twin.cancel_order(order_id), "the twin lets nothing be changed"
    )
    after = await connector.fetch_orders([order_id])
    read = mapping_of(bench).read_order
    same = read(before[0].document) == read(after[0].document)
    require(not same, "a fetch gave an order as it was before the change")


@CHECKS.add(ListsOrderIds)
async def ids_are_complete(bench: Bench) -> None:
    """The list of ids is exactly what was placed in `[start, end)`."""
    rig, twin = open_store(bench)
    start = rig.clock()
    for _ in range(3):
        place(bench, twin, bench.crowd // 3 + 1)
        rig.clock.advance(timedelta(minutes=30))
    connector = cast(ListsOrderIds, rig.connect())
    every = await connector.list_order_ids(start, rig.clock())
    require(sorted(every) == sorted(known_ids(twin)), f"{len(every)} ids of {len(known_ids(twin))} orders")
    end = start + timedelta(minutes=60)
    wanted = {it.order_id for it in twin.orders() if start <= it.placed_at < end}
    some = set(await connector.list_order_ids(start, end))
    require(some == wanted, "the interval is half open: its start belongs to it, its end does not")


@CHECKS.add(PullsListings)
async def listings_are_complete(bench: Bench) -> None:
    """Everything on sale comes, readable, without bookmarks, under the ids that order lines carry."""
    rig, twin = open_store(bench)
    found = await listings(rig)
    require({it.topic for it in found} == {Topic.LISTING}, "listings must have the topic `listing`")
    read = [mapping_of(bench).read_listing(it.document) for it in found]
    missing = {product.sku for product in PRODUCTS} - {listing.sku for listing in read}
    require(not missing, f"products {sorted(missing)} are on sale and not listed")
    if bench.declares(FetchesOrders):
        order_id = twin.place_order(purchase(bench))
        (order,) = await cast(FetchesOrders, rig.connect()).fetch_orders([order_id])
        on_lines = {line.listing_id for line in mapping_of(bench).read_order(order.document).lines}
        require(on_lines <= {it.listing_id for it in read}, "order lines name listings that are not listed")


@CHECKS.add(PullsListings)
async def many_listings_are_complete(bench: Bench) -> None:
    """Everything on sale comes, also if there is more than a page holds."""
    rig, twin = open_store(bench)
    goods = [
        Product(sku=f"M{number}", title=f"Cup {number}", price=Decimal(5), stock=7)
        for number in range(bench.crowd)
    ]
    twin.offer(goods)
    found = {mapping_of(bench).read_listing(it.document).sku for it in await listings(rig)}
    missing = {product.sku for product in goods} - found
    require(not missing, f"{len(missing)} of {len(goods)} products on sale are not listed")
