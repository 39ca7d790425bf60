"""Orders come in: by time of change, second by second, whatever moves meanwhile."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from connectors.kit import Misconfigured, UnexpectedPayload
from mappings.canonical import PaymentStatus
from mappings.stores.woocommerce import read_order

MINUTE = timedelta(minutes=1)


async def test_bookmark_is_the_latest_change_and_repeats_only_the_overlap(desk):
    old = desk.place()
    desk.clock.advance(6 * MINUTE)
    new = desk.place()
    ids, bookmark = await desk.pull()
    assert (ids, bookmark) == ([old, new], "2026-03-02T08:06:00Z")
    assert (await desk.pull(bookmark))[0] == [new]


async def test_requests_ask_in_gmt_and_for_every_status(desk):
    desk.place()
    _, bookmark = await desk.pull()
    await desk.pull(bookmark)
    params = dict(desk.sent("GET", "/orders")[-1].url.params)
    assert params["modified_after"] == "2026-03-02T07:55:00"
    assert (params["dates_are_gmt"], params["status"], params["orderby"]) == ("true", "any", "modified")


def test_pages_of_one_order_are_no_setting_since_the_last_row_comes_again(new_desk):
    with pytest.raises(ValueError, match="page_size"):
        new_desk(page_size=1)


async def test_second_with_more_orders_than_a_page_arrives_in_full(new_desk):
    desk = new_desk(page_size=2)
    placed = [desk.place() for _ in range(7)]
    desk.clock.advance(MINUTE)
    placed.append(desk.place())
    ids, _ = await desk.pull()
    assert set(ids) == set(placed)


@pytest.mark.parametrize("moved", [(0,), (1,), (0, 1), (3,), (0, 4)])
@pytest.mark.parametrize("request_number", [2, 3, 4])
async def test_order_that_leaves_the_second_hides_no_other(new_desk, moved, request_number):
    desk = new_desk(page_size=2)
    placed = [desk.place() for _ in range(7)]
    desk.clock.advance(10 * MINUTE)

    def move(number):
        if number == request_number:
            for position in moved:
                desk.twin.shop.touch(desk.known(placed[position]))

    desk.rig.wire.before = move
    ids, _ = await desk.pull()
    assert set(ids) == set(placed)


async def test_old_woocommerce_that_ignores_the_bound_is_noticed(desk):
    desk.place()
    desk.clock.advance(60 * MINUTE)
    desk.place()
    _, bookmark = await desk.pull()
    desk.twin.shop.changed = lambda name, after, before: desk.twin.shop.lists[name]
    with pytest.raises(Misconfigured, match="update its WooCommerce"):
        await desk.pull(bookmark)


async def test_host_that_strips_the_totals_costs_no_order(new_desk):
    desk = new_desk(page_size=2)
    placed = [desk.place() for _ in range(5)]

    def strip(number, answer):
        kept = {name: value for name, value in answer.headers.items() if not name.startswith("x-wp")}
        return httpx.Response(answer.status_code, headers=kept, content=answer.content)

    desk.rig.wire.spoil = strip
    ids, _ = await desk.pull()
    assert set(ids) == set(placed)
    assert len(await desk.connector.fetch_orders(placed)) == 5


async def test_reads_are_never_answered_by_a_cache(desk):
    desk.place()
    await desk.pull()
    desk.clock.advance(MINUTE)
    await desk.pull()
    assert len({request.url.params["_"] for request in desk.sent("GET", "/orders")}) == 2


async def test_binned_order_comes_as_cancelled_and_moves_no_bookmark(desk):
    order_id = desk.place()
    _, bookmark = await desk.pull()
    desk.clock.advance(10 * MINUTE)
    desk.twin.shop.trash(desk.known(order_id))
    pages = [page async for page in desk.connector.pull_orders(bookmark)]
    assert [page.bookmark for page in pages] == [None]
    assert read_order(pages[0].deliveries[0].document).cancelled_at is not None
    assert (await desk.order(order_id)).cancel_reason == "moved to the bin"


async def test_restored_order_is_whole_again(desk):
    order_id = desk.place()
    desk.twin.shop.trash(desk.known(order_id))
    desk.clock.advance(MINUTE)
    desk.twin.shop.restore(desk.known(order_id))
    assert (await desk.order(order_id)).cancelled_at is None


async def test_refunded_order_is_completed_by_the_refunds_lines(desk):
    order_id = desk.place(("SKU-0", 3), ("SKU-1", 1))
    plain = desk.place()
    desk.clock.advance(10 * MINUTE)
    desk.twin.refund_line(order_id, 0, 2)
    await desk.pull()
    assert [it.url.path.split("/")[-2] for it in desk.sent("GET", "/refunds")] == [order_id]
    order = await desk.order(order_id)
    assert [line.quantity_cancelled for line in order.lines] == [2, 0]
    assert order.payment_status is PaymentStatus.PARTIALLY_REFUNDED
    assert (await desk.order(plain)).refunded == 0


async def test_order_with_more_refunds_than_a_page_is_completed_by_all(new_desk):
    desk = new_desk(page_size=2)
    order_id = desk.place(("SKU-0", 5))
    for _ in range(5):
        desk.twin.refund_line(order_id, 0, 1)
    assert (await desk.order(order_id)).lines[0].quantity_cancelled == 5


async def test_document_is_what_came_byte_for_byte(desk):
    order_id = desk.place()
    (delivery,) = await desk.connector.fetch_orders([order_id])
    assert delivery.document == desk.known(order_id).rendered
    assert delivery.version == desk.known(order_id).modified


async def test_ids_of_another_platform_are_unknown_and_not_asked(desk):
    assert await desk.connector.fetch_orders(["gid://shopify/Order/1", "", "1,2", "٣"]) == []
    assert not desk.rig.wire.sent


async def test_foreign_bookmark_is_refused(desk):
    with pytest.raises(UnexpectedPayload, match="clear it"):
        await desk.pull("opaque")


async def test_php_notices_before_the_answer_are_read_over(desk):
    order_id = desk.place()
    desk.rig.wire.spoil = lambda number, answer: httpx.Response(
        200, headers={"x-wp-total": "1"}, content=b"<b>Notice</b>: Undefined [x]\n" + answer.content
    )
    (delivery,) = await desk.connector.fetch_orders([order_id])
    assert msgspec.json.decode(delivery.document)["id"] == int(order_id)


async def test_listings_are_products_and_variations_but_no_containers(desk):
    pages = [page async for page in desk.connector.pull_listings()]
    ids = [one.external_id for page in pages for one in page.deliveries]
    assert len(ids) == 6
    assert sum(":" in one for one in ids) == 2
    orders = {request.url.params["order"] for request in desk.sent("GET", "/products")}
    assert orders == {"asc"}, "a product that is new must not move the others to the next page"
