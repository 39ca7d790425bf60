"""What is strange about Vendure, where only a twin can make it happen."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import Misconfigured, OutcomeUnknown, Rejected, UnexpectedPayload
from connectors.kit.conformance.rig import Rig
from connectors.kit.twin import Fault, Product, Purchase
from connectors.stores.vendure import PLUGIN
from connectors.stores.vendure.bookmark import Bookmark
from mappings.canonical import LineQuantity, PostalAddress, Shipment, StockLevel, TrackingStatus

ADDRESS = PostalAddress(name="Test Buyer", country="GB", city="Testtown", street=("12 Sample Street",))
MINUTE = timedelta(minutes=1)


class Store:
    def __init__(self, **overrides: Any) -> None:
        self.rig = Rig(PLUGIN, overrides=overrides)
        self.twin: Any = self.rig.twin
        self.connector: Any = self.rig.connector
        self.twin.offer([Product(sku="A", title="A", price=Decimal(5), stock=1000)])

    def buy(self, count: int = 1) -> list[str]:
        purchase = Purchase(buyer_reference="1", ship_to=ADDRESS, items=[("A", 2)])
        return [self.twin.place_order(purchase) for _ in range(count)]

    def parcel(self, order_id: str, **changes: Any) -> Shipment:
        (line,) = self.twin.shop.orders[order_id].lines
        usual = {
            "shipment_id": "S-1",
            "order_external_id": order_id,
            "carrier": "sf",
            "tracking_number": "T-1",
            "shipped_at": self.rig.clock(),
            "lines": (LineQuantity(line_id=line.id, quantity=2),),
        }
        return Shipment(**{**usual, **changes})

    async def pull(self, bookmark: str = "") -> tuple[list[str], str]:
        ids = []
        async for page in self.connector.pull_orders(bookmark):
            ids += [delivery.external_id for delivery in page.deliveries]
            bookmark = page.bookmark or bookmark
        return ids, bookmark

    @property
    def parcels(self) -> list[tuple[str, str]]:
        orders = self.twin.shop.orders.values()
        return [(it.tracking_code, it.state) for order in orders for it in order.fulfilments]


async def test_amounts_that_are_not_hundredths_are_refused():
    store = Store()
    store.twin.operations.money_precision = 3
    with pytest.raises(Misconfigured):
        await store.connector.check()


async def test_unknown_channel_names_its_setting():
    with pytest.raises(Misconfigured) as caught:
        await Store(channel_token="no-such-channel").connector.check()
    assert caught.value.setting == "channel_token"


async def test_order_modified_before_it_was_placed_is_pulled():
    store = Store()
    store.buy()
    _, bookmark = await store.pull()
    store.rig.clock.advance(10 * MINUTE)
    (order_id,) = store.buy()
    store.twin.shop.orders[order_id].updated -= timedelta(days=2)
    assert order_id in (await store.pull(bookmark))[0]


async def test_bookmark_follows_the_shop_and_not_our_clock():
    store = Store()
    store.buy()
    placed = store.rig.clock()
    store.rig.clock.advance(30 * MINUTE)
    _, bookmark = await store.pull()
    assert Bookmark.parse(bookmark).since == placed
    store.rig.clock.advance(timedelta(days=1))
    _, bookmark = await store.pull(bookmark)
    assert Bookmark.parse(bookmark).since == store.rig.clock() - timedelta(hours=1)


async def test_answers_without_date_leave_the_bookmark_at_the_newest_order():
    store = Store()
    store.buy()
    placed = store.rig.clock()
    store.rig.clock.advance(timedelta(days=1))
    store.rig.wire.spoil = lambda number, answer: _without_date(answer)
    assert Bookmark.parse((await store.pull())[1]).since == placed


def _without_date(answer: httpx.Response) -> httpx.Response:
    del answer.headers["date"]
    return answer


async def test_order_that_changes_while_pages_are_read_comes_next_time():
    store = Store(page_size=2)
    ids = store.buy(6)
    store.rig.clock.advance(10 * MINUTE)
    pages = store.connector.pull_orders("")
    first = await anext(pages)
    store.rig.clock.advance(MINUTE)
    store.twin.shop.touch(store.twin.shop.orders[ids[0]])
    rest = [page async for page in pages]
    seen = [it.external_id for page in (first, *rest) for it in page.deliveries]
    assert seen == ids
    assert ids[0] in (await store.pull(rest[-1].bookmark))[0]


async def test_list_that_gets_shorter_skips_nothing():
    store = Store(page_size=2)
    store.twin.offer([Product(sku=sku, title=sku, price=Decimal(5)) for sku in "BCDEFG"])
    pages = store.connector.pull_listings()
    first = await anext(pages)
    for variant_id in ("1", "2"):
        del store.twin.shop.variants[variant_id]
    rest = [page async for page in pages]
    seen = {it.external_id for page in (first, *rest) for it in page.deliveries}
    assert seen == {str(number) for number in range(1, 8)}


async def test_crash_between_adding_and_moving_is_finished():
    store = Store()
    (order_id,) = store.buy()
    await store.connector.check()
    store.rig.wire.clear()
    store.rig.wire.before = lambda number: (
        number == 2 and store.twin.faults.forced.append(Fault.TIMEOUT_BEFORE)
    )
    with pytest.raises(OutcomeUnknown):
        await store.connector.push_fulfilment(store.parcel(order_id), "k-1")
    assert store.parcels == [("T-1", "Pending")]
    assert not await store.connector.find_fulfilment(store.parcel(order_id))
    await store.connector.push_fulfilment(store.parcel(order_id), "k-1")
    assert store.parcels == [("T-1", "Shipped")]


async def test_parcel_added_by_another_worker_meanwhile_is_taken():
    store = Store()
    (order_id,) = store.buy()
    await store.connector.check()
    store.rig.wire.clear()
    shipment = store.parcel(order_id)
    units = {part.line_id: part.quantity for part in shipment.lines}
    store.rig.wire.before = lambda number: number == 1 and store.twin.shop.add_fulfilment(units, "sf", "T-1")
    await store.connector.push_fulfilment(shipment, "k-1")
    assert store.parcels == [("T-1", "Shipped")]


@pytest.mark.parametrize("state", ["Shipped", "Delivered"])
async def test_parcel_moved_by_somebody_else_meanwhile_counts_as_moved(state: str):
    store = Store()
    (order_id,) = store.buy()
    await store.connector.check()
    store.rig.wire.clear()
    store.rig.wire.before = lambda number: number == 2 and store.twin.shop.move_fulfilment("1", state)
    await store.connector.push_fulfilment(store.parcel(order_id), "k-1")
    assert store.parcels == [("T-1", state)]


async def test_fulfilment_cancelled_by_the_shop_is_made_anew():
    store = Store()
    (order_id,) = store.buy()
    await store.connector.push_fulfilment(store.parcel(order_id), "k-1")
    store.twin.shop.move_fulfilment("1", "Cancelled")
    await store.connector.push_fulfilment(store.parcel(order_id), "k-2")
    assert store.parcels == [("T-1", "Cancelled"), ("T-1", "Shipped")]


async def test_two_parcels_of_one_line_are_two_fulfilments():
    store = Store()
    (order_id,) = store.buy()
    one = (LineQuantity(line_id="1", quantity=1),)
    for number in ("T-1", "T-2"):
        shipment = store.parcel(order_id, lines=one, tracking_number=number)
        await store.connector.push_fulfilment(shipment, number)
    assert store.parcels == [("T-1", "Shipped"), ("T-2", "Shipped")]


async def test_too_few_units_on_hand_tells_what_to_do():
    store = Store()
    (order_id,) = store.buy()
    store.twin.shop.by_sku["A"].on_hand = 1
    with pytest.raises(Rejected, match="only 1 units on hand") as caught:
        await store.connector.push_fulfilment(store.parcel(order_id), "k-1")
    assert caught.value.code == "INSUFFICIENT_STOCK_ON_HAND_ERROR"


async def test_parcel_that_was_cancelled_cannot_be_delivered():
    store = Store()
    (order_id,) = store.buy()
    await store.connector.push_fulfilment(store.parcel(order_id), "k-1")
    store.rig.wire.clear()
    store.rig.wire.before = lambda number: number == 1 and store.twin.shop.move_fulfilment("1", "Cancelled")
    with pytest.raises(Rejected) as caught:
        await store.connector.push_status(store.parcel(order_id, status=TrackingStatus.DELIVERED), "k-2")
    assert caught.value.code == "FULFILLMENT_STATE_TRANSITION_ERROR"


@pytest.mark.parametrize(("own", "everybodys"), [(None, 7), (4, 7), (None, 0)])
async def test_thresholds_are_added_to_what_is_written(own: int | None, everybodys: int):
    store = Store()
    store.buy()
    store.twin.shop.threshold = everybodys
    store.twin.shop.by_sku["A"].threshold = own
    level = StockLevel(listing_id="1", sku="A", available=50, as_of=store.rig.clock())
    await store.connector.push_stock([level], "k-1")
    assert store.twin.stock_shown() == {"A": 50}


async def test_stock_is_written_once_per_batch():
    store = Store()
    levels = [StockLevel(listing_id="1", sku="A", available=5, as_of=store.rig.clock())]
    await store.connector.push_stock(levels, "k-1")
    assert [effect.kind for effect in store.twin.effects] == ["stock"]


async def test_stock_and_fulfilment_at_once_leave_the_right_stock(monkeypatch: pytest.MonkeyPatch):
    store = Store()
    (order_id,) = store.buy()
    levels = [StockLevel(listing_id="1", sku="A", available=50, as_of=store.rig.clock())]
    arrive = store.rig.wire.handle_async_request

    async def late_where_stock_is_written(request: httpx.Request) -> httpx.Response:
        for _ in range(500 if b"mutation WriteStock" in request.content else 0):
            await asyncio.sleep(0)
        return await arrive(request)

    monkeypatch.setattr(store.rig.wire, "handle_async_request", late_where_stock_is_written)
    await asyncio.gather(
        store.connector.push_stock(levels, "k-1"),
        store.connector.push_fulfilment(store.parcel(order_id), "k-2"),
    )
    assert store.twin.stock_shown() == {"A": 50}


def test_foreign_bookmark_is_refused():
    with pytest.raises(UnexpectedPayload):
        Bookmark.parse("page=3")


instants = st.integers(0, 10**12).map(
    lambda milliseconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
)


@given(st.none() | instants, instants, st.integers(1, 10**8))
def test_bookmark_texts_grow_and_can_be_read(since: datetime | None, horizon: datetime, skip: int):
    mark = Bookmark(since=since).towards(horizon)
    texts = [text for text in (mark.text_at(skip), mark.text_at(skip + 1), mark.text_at(None)) if text]
    assert texts == sorted(texts)
    assert Bookmark.parse(texts[-1]) == Bookmark(since=mark.until)
    if len(texts) == 3:
        assert Bookmark.parse(texts[0]) == Bookmark(since=since, until=mark.until, skip=skip)
