"""The change feed: nothing lost, nothing too expensive, large orders whole."""

from datetime import timedelta

import msgspec
import pytest

from connectors.kit import Rejected
from connectors.kit.twin import Fault
from connectors.stores.shopify.twin_world import OTHER_LOCATION
from mappings.stores.shopify import read_listing, read_order


async def test_more_orders_of_one_instant_than_a_page_holds_all_arrive(desk):
    placed = [desk.place() for _ in range(23)]
    arrived, bookmark = await desk.pull()
    assert arrived == placed
    assert bookmark == "2026-03-02T08:00:00Z"


async def test_crash_after_any_page_loses_nothing(desk):
    placed = {desk.place() for _ in range(12)}
    async for page in desk.connector.pull_orders(""):
        first = {one.external_id for one in page.deliveries}
        break
    rest, _ = await desk.pull(page.bookmark)
    assert first | set(rest) == placed


async def test_pull_reaches_back_by_the_overlap_and_not_further(desk):
    early = desk.place()
    desk.clock.advance(timedelta(minutes=11))
    late = desk.place()
    _, bookmark = await desk.pull()
    desk.clock.advance(timedelta(hours=1))
    arrived, again = await desk.pull(bookmark)
    assert arrived == [late]
    assert again == bookmark
    assert early != late


async def test_bookmark_stays_when_the_platforms_clock_goes_back(desk):
    desk.place()
    _, bookmark = await desk.pull()
    desk.clock.advance(timedelta(minutes=-3))
    late = desk.place()
    arrived, after = await desk.pull(bookmark)
    assert late in arrived
    assert after == bookmark


async def test_bookmark_stays_when_only_older_orders_come(desk):
    placed = desk.place()
    assert await desk.pull("2026-03-02T08:05:00Z") == ([placed], "2026-03-02T08:05:00Z")


async def test_order_changed_between_pages_comes_again_with_its_new_content(desk):
    placed = [desk.place() for _ in range(8)]
    desk.clock.advance(timedelta(seconds=5))
    documents = {}
    async for page in desk.connector.pull_orders(""):
        documents |= {one.external_id: one.document for one in page.deliveries}
        desk.twin.faults.forced.append(Fault.DRIFT) if len(documents) < 8 else None
    assert set(documents) == set(placed)
    changed = {order.order_id for order in desk.twin.orders()}
    latest = [read_order(documents[one]) for one in changed]
    assert max(order.updated_at for order in latest) == desk.clock()


async def test_long_feed_is_walked_in_several_walks_without_going_back(desk, monkeypatch):
    monkeypatch.setattr("connectors.stores.shopify.connector.ORDERS_PER_WALK", 10)
    placed = []
    for _ in range(28):
        placed.append(desk.place())
        desk.clock.advance(timedelta(seconds=1))
    arrived, _ = await desk.pull()
    assert list(dict.fromkeys(arrived)) == placed
    assert len(arrived) == 28 + 2  # the order at each seam comes twice


async def test_instant_with_more_orders_than_a_walk_is_walked_on(desk, monkeypatch):
    monkeypatch.setattr("connectors.stores.shopify.connector.ORDERS_PER_WALK", 10)
    placed = [desk.place() for _ in range(28)]
    _, bookmark = await desk.pull()
    arrived, _ = await desk.pull(bookmark)
    assert list(dict.fromkeys(arrived)) == placed


async def test_empty_shop_gives_no_bookmark(desk):
    assert await desk.pull() == ([], "")


async def test_large_order_is_delivered_as_one_whole_document(desk):
    items = [(f"SKU-{n}", 1 + n % 3) for n in range(37)]
    order_id = desk.place(*items)
    pages = [page async for page in desk.connector.pull_orders("")]
    (delivery,) = pages[0].deliveries
    order = read_order(delivery.document)
    assert [(line.sku, line.quantity) for line in order.lines] == items
    assert order.expected_total() == order.total
    assert delivery.external_id == order_id


async def test_order_in_many_places_is_whole_and_equal_however_it_is_read(desk):
    order_id = desk.place(*((f"SKU-{n}", 2) for n in range(14)))
    for position in range(5):
        desk.twin.move(order_id, position, 1, OTHER_LOCATION)
    (fetched,) = await desk.connector.fetch_orders([order_id])
    pages = [page async for page in desk.connector.pull_orders("")]
    assert pages[0].deliveries[0].document == fetched.document
    node = msgspec.json.decode(fetched.document)
    assert len(node["fulfillmentOrders"]["nodes"]) == 6
    assert len(node["fulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"]) == 14


async def test_small_order_is_stored_byte_for_byte_as_it_came(desk):
    order_id = desk.place()
    pages = [page async for page in desk.connector.pull_orders("")]
    (fetched,) = await desk.connector.fetch_orders([order_id])
    assert pages[0].deliveries[0].document == fetched.document
    assert fetched.document.startswith(b'{"id":"gid://shopify/Order/')


async def test_too_expensive_pages_are_halved_until_they_fit(new_desk):
    desk = new_desk(page_size=40)
    placed = [desk.place() for _ in range(12)]
    arrived, _ = await desk.pull()
    assert arrived == placed
    assert desk.connector._page_size == 5


async def test_too_expensive_even_for_one_order_is_refused(desk):
    desk.place()
    desk.connector._page_size = 1
    desk.twin._run = lambda operation, variables: desk.twin._too_expensive(1001)
    with pytest.raises(Rejected) as caught:
        await desk.pull()
    assert caught.value.code == "MAX_COST_EXCEEDED"


async def test_fetch_leaves_out_what_shopify_does_not_know(desk):
    known = [desk.place() for _ in range(7)]
    asked = [*known, "gid://shopify/Order/999", "gid://shopify/Order/x", "17"]
    assert [one.external_id for one in await desk.connector.fetch_orders(asked)] == known
    assert await desk.connector.fetch_orders(["nonsense"]) == []


async def test_ids_are_listed_from_start_to_just_before_end(desk):
    placed = []
    for _ in range(3):
        placed.append(desk.place())
        desk.clock.advance(timedelta(hours=1))
    start = desk.clock() - timedelta(hours=3)
    assert await desk.connector.list_order_ids(start, start + timedelta(hours=2)) == placed[:2]


async def test_more_ids_than_a_page_are_all_listed(desk):
    placed = [desk.place() for _ in range(260)]
    start = desk.clock() - timedelta(days=1)
    assert await desk.connector.list_order_ids(start, start + timedelta(days=2)) == placed


async def test_all_variants_are_listed_with_their_inventory_items(desk):
    pages = [page async for page in desk.connector.pull_listings()]
    listings = [read_listing(one.document) for page in pages for one in page.deliveries]
    assert [one.sku for one in listings] == list(desk.twin.stock_shown())
    assert len({one.inventory_id for one in listings}) == 60
