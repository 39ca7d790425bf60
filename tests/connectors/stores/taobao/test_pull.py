"""Windows, pages from the last to the first, and one full document per trade."""

from datetime import datetime, timedelta
from itertools import pairwise

import httpx
import pytest

from connectors.kit import RateLimited
from connectors.kit.twin import Fault
from connectors.stores.taobao.gateway import TIME
from mappings.stores.taobao import read_listing, read_order
from mappings.stores.taobao.trade import BEIJING

INCREMENT = "taobao.trades.sold.increment.get"


def beijing(text):
    return datetime.strptime(text, TIME).replace(tzinfo=BEIJING)


def ids(pages):
    return [delivery.external_id for page in pages for delivery in page.deliveries]


async def test_windows_are_half_an_hour_with_two_minutes_of_overlap(rig, buy, pull, sent):
    buy()
    rig.clock.advance(timedelta(hours=2))
    bookmark = (rig.clock() - timedelta(minutes=70)).isoformat()
    await pull(bookmark)
    asked = [(beijing(call["start_modified"]), beijing(call["end_modified"])) for call in sent(INCREMENT)]
    assert [end - start for start, end in asked[:2]] == [timedelta(minutes=30)] * 2
    assert asked[0][0].strftime(TIME) == "2026-03-02 16:48:20"
    assert asked[-1][1].strftime(TIME) == "2026-03-02 18:00:10"
    assert all(end == start for (_, end), (start, _) in pairwise(asked))


async def test_pages_are_read_from_the_last_to_the_first(rig, buy, sent):
    for _ in range(120):
        buy(("KETTLE", 1))
    listed = await rig.connector.list_order_ids(rig.clock() - timedelta(hours=1), rig.clock())
    assert len(listed) == 120
    assert [call["page_no"] for call in sent("taobao.trades.sold.get")] == ["1", "3", "2", "1"]


async def test_the_bookmark_moves_only_with_a_completed_window(rig, buy, pull):
    for _ in range(120):
        buy(("KETTLE", 1))
    rig.clock.advance(timedelta(minutes=1))
    pages = [page for page in await pull() if page.deliveries]
    assert any(page.bookmark is None for page in pages)
    assert pages[-1].bookmark is not None


async def test_a_trade_that_appears_late_makes_the_window_be_read_again(rig, buy, pull, sent):
    """It pushes another one from the page that is still to be read to the page that was read already."""
    for _ in range(60):
        buy(("KETTLE", 1))
    rig.clock.advance(timedelta(minutes=1))
    bookmark = (rig.clock() - timedelta(minutes=25)).isoformat()

    def late(number):
        if len(sent(INCREMENT)) == 3 and len(rig.twin.orders()) == 60:
            rig.skew = -timedelta(minutes=15)
            buy(("TEA-S", 1))
            rig.skew = timedelta(0)

    rig.wire.before = late
    assert set(ids(await pull(bookmark))) == {order.order_id for order in rig.twin.orders()}
    assert [call["page_no"] for call in sent(INCREMENT)] == ["1", "2", "1", "2", "1"]


async def test_kinds_that_the_platform_leaves_out_by_default_come_too(rig, buy, pull):
    rig.twin.kind_of_next = "tmall_i18n"
    order_id = buy()
    rig.clock.advance(timedelta(minutes=1))
    assert ids(await pull()) == [order_id]


async def test_a_memo_with_raw_line_breaks_arrives_as_it_came(rig, buy, pull):
    order_id = buy(note="first\nsecond")
    rig.twin.write_memo(order_id, "a\nb")
    rig.clock.advance(timedelta(minutes=1))
    (delivery,) = await rig.connector.fetch_orders([order_id])
    assert b"first\nsecond" in delivery.document
    order = read_order(delivery.document)
    assert (order.note, order.seller_note) == ("first\nsecond", "a\nb")


async def test_a_document_is_the_bare_trade_with_its_own_version(rig, buy):
    order_id = buy()
    (first,) = await rig.connector.fetch_orders([order_id])
    (again,) = await rig.connector.fetch_orders([order_id])
    assert first == again
    assert first.version == rig.twin.book.trades[order_id].modified


async def test_receivers_arrive_masked_with_their_token(rig, buy):
    (delivery,) = await rig.connector.fetch_orders([buy()])
    address = read_order(delivery.document).ship_to
    assert address.masked and address.receiver_token
    assert (address.province, address.city, address.district) == ("广东省", "深圳市", "南山区")


@pytest.mark.parametrize("nonsense", ["", "x", "12a", "١٢"])
async def test_ids_that_cannot_be_are_not_asked_for(rig, nonsense):
    assert await rig.connector.fetch_orders([nonsense]) == []
    assert not rig.wire.sent


async def test_requests_are_signed_anew_in_each_attempt(rig, buy, sent):
    buy()
    rig.twin.faults.forced.append(Fault.TIMEOUT_BEFORE)
    await rig.connector.check()
    first, second = sent(INCREMENT)
    assert first["timestamp"] != second["timestamp"] and first["sign"] != second["sign"]


async def test_a_ban_pauses_for_as_long_as_it_says(rig):
    ban = b'{"error_response":{"code":7,"msg":"","sub_msg":"This ban will last for 31062 more seconds"}}'
    rig.wire.instead = lambda number: httpx.Response(200, content=ban)
    with pytest.raises(RateLimited) as caught:
        await rig.connector.check()
    assert caught.value.retry_after == timedelta(seconds=31062)
    assert len(rig.wire.sent) == 1


async def test_ids_are_listed_by_creation(rig, buy):
    start = rig.clock()
    for _ in range(60):
        buy(("KETTLE", 1))
    listed = await rig.connector.list_order_ids(start, rig.clock())
    assert sorted(listed) == sorted(order.order_id for order in rig.twin.orders())
    assert await rig.connector.list_order_ids(start, start) == []


async def test_sold_out_items_are_listed_too(rig):
    rig.twin.shelves.by_sku["KETTLE"].quantity = 0
    found = [delivery async for page in rig.connector.pull_listings() for delivery in page.deliveries]
    listings = [read_listing(delivery.document) for delivery in found]
    assert {listing.sku for listing in listings} == {"TEA-S", "TEA-L", "KETTLE"}
    assert [delivery.external_id for delivery in found] == [listing.listing_id for listing in listings]
