"""What is strange about Medusa: paging by id, fulfilments in two steps, stock that it reserves itself."""

import json
from base64 import b64decode
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import msgspec
import pytest

from connectors.kit import (
    AuthenticationFailed,
    Misconfigured,
    OutcomeUnknown,
    Rejected,
    Transient,
    UnexpectedPayload,
    Unsupported,
)
from connectors.kit.conformance.rig import START
from connectors.kit.passes import Bookmark
from connectors.stores.medusa.twin_state import LOCATIONS, Level
from mappings.canonical import PaymentStatus, StockLevel, TrackingStatus
from mappings.stores.medusa.queries import ORDER_FIELDS


def sent(store: Any, method: str = "GET") -> list[tuple[str, dict[str, list[str]], Any]]:
    """Path, query and body of everything that passed the wire."""
    return [
        (it.url.path, parse_qs(it.url.query.decode()), json.loads(it.content or b"null"))
        for it in store.rig.wire.sent
        if it.method == method
    ]


async def pull(connector: Any, bookmark: str = "") -> tuple[list[str], list[str]]:
    """Ids and bookmarks."""
    pages = [page async for page in connector.pull_orders(bookmark)]
    ids = [delivery.external_id for page in pages for delivery in page.deliveries]
    return ids, [page.bookmark for page in pages if page.bookmark]


async def test_key_is_the_user_name(store: Any):
    await store.connect().check()
    scheme, _, credentials = store.rig.wire.sent[0].headers["authorization"].partition(" ")
    assert scheme == "Basic"
    assert b64decode(credentials).decode() == store.twin.settings("")["api_key"] + ":"


async def test_pages_go_on_by_id(store: Any):
    ids = [store.buy() for _ in range(5)]
    found, bookmarks = await pull(store.connect(page_size=2))
    assert found == ids
    asked = [
        query for path, query, _ in sent(store) if "limit" in query and query["fields"] == [ORDER_FIELDS]
    ]
    assert [query.get("id[$gt]") for query in asked] == [None, [ids[1]], [ids[3]]]
    assert bookmarks == sorted(bookmarks)


async def test_second_pull_asks_five_minutes_back(store: Any):
    store.buy()
    _, bookmarks = await pull(store.connect())
    store.rig.wire.clear()
    await pull(store.connect(), bookmarks[-1])
    (query,) = [query for _, query, _ in sent(store) if query["fields"] == [ORDER_FIELDS]]
    assert query["updated_at[$gte]"] == ["2026-03-02T07:55:00.000Z"]


async def test_interrupted_pass_is_finished_before_the_next(store: Any):
    ids = [store.buy() for _ in range(5)]
    _, bookmarks = await pull(store.connect(page_size=2))
    found, after = await pull(store.connect(), bookmarks[0])
    assert found[:3] == ids[2:]
    assert after[-1] == bookmarks[-1]


async def test_bookmark_follows_the_shops_clock_while_nobody_orders(store: Any):
    store.buy()
    _, first = await pull(store.connect())
    store.rig.clock.advance(timedelta(hours=3))
    _, later = await pull(store.connect(), first[-1])
    assert (first[-1], later[-1]) == ("2026-03-02T08:00:00.000Z", "2026-03-02T10:00:00.000Z")


@pytest.mark.parametrize("text", ["nonsense", "2026-03-02T08:00:00Z/later/order_1"])
def test_foreign_bookmark_is_named(text: str):
    with pytest.raises(UnexpectedPayload):
        Bookmark.parse(text)


@pytest.mark.parametrize("text", ["", "2026-03-02T08:00:00.000Z"])
def test_bookmark_of_no_pass_has_nothing_behind_it(text: str):
    assert Bookmark.parse(text).after == ""
    assert Bookmark.parse(text).towards(START).text_at("") == "2026-03-02T08:00:00.000Z"


async def test_capture_moves_no_time_stamp_but_is_seen_by_id(store: Any):
    order_id = store.buy(paid=False)
    before = await store.read(order_id)
    store.rig.clock.advance(timedelta(minutes=5))
    store.twin.pay_order(order_id)
    after = await store.read(order_id)
    assert before.updated_at == after.updated_at
    assert (before.payment_status, after.payment_status) == (PaymentStatus.AUTHORIZED, PaymentStatus.PAID)


async def test_fulfilment_is_added_and_shipped(store: Any):
    order_id = store.buy()
    await store.connect().push_fulfilment(store.parcel(order_id, 1), "key")
    (_, _, added), (path, _, shipped) = sent(store, "POST")
    assert added["metadata"] == {"shipment_id": "S-1", "carrier": "DHL", "tracking_number": "T-1"}
    assert path.startswith(f"/admin/orders/{order_id}/fulfillments/ful_")
    assert shipped["labels"][0]["tracking_url"] == "https://track.example/T-1"
    assert (added["no_notification"], shipped["no_notification"]) == (True, False)
    assert (await store.read(order_id)).lines[0].quantity_fulfilled == 1
    told = [
        effect.details.get("tracking_number") for effect in store.twin.effects if effect.kind == "fulfilment"
    ]
    assert told == ["T-1"]


async def test_settings_choose_location_and_silence(store: Any):
    connector = store.connect(stock_location_id=LOCATIONS[1], notify_buyers=False)
    await connector.push_fulfilment(store.parcel(store.buy()), "key")
    (_, _, added), (_, _, shipped) = sent(store, "POST")
    assert (added["location_id"], shipped["no_notification"]) == (LOCATIONS[1], True)


async def test_fulfilment_that_was_only_added_is_shipped_under_its_corrected_number(store: Any):
    order_id = store.buy()
    store.rig.wire.instead = lambda number: httpx.ReadTimeout("lost") if number == 2 else None
    with pytest.raises(OutcomeUnknown):
        await store.connect().push_fulfilment(store.parcel(order_id, 1), "key")
    store.rig.wire.clear()
    corrected = store.parcel(order_id, 1, tracking_number="T-2", former_numbers=("T-1",))
    assert not await store.connect().find_fulfilment(corrected)
    await store.connect().push_fulfilment(corrected, "key")
    (parcel,) = store.shop.orders[order_id].fulfilments
    assert parcel.numbers == ["T-2"]


async def test_number_of_a_shipped_parcel_cannot_be_corrected(store: Any):
    order_id = store.buy()
    await store.connect().push_fulfilment(store.parcel(order_id), "key")
    corrected = store.parcel(order_id, tracking_number="T-2", former_numbers=("T-1",))
    with pytest.raises(Unsupported):
        await store.connect().push_fulfilment(corrected, "key")


async def test_delivered_is_told_once(store: Any):
    order_id = store.buy()
    await store.connect().push_fulfilment(store.parcel(order_id), "key")
    for status in (TrackingStatus.IN_TRANSIT, TrackingStatus.DELIVERED, TrackingStatus.DELIVERED):
        await store.connect().push_status(store.parcel(order_id, status=status), "key")
    assert [effect.kind for effect in store.twin.effects][-3:] == ["fulfilment", "shipped", "delivered"]


async def test_parcel_that_lost_units_to_a_refund_is_told_as_delivered(store: Any):
    order_id = store.buy()
    whole = store.parcel(order_id, status=TrackingStatus.DELIVERED)
    store.twin.refund_line(order_id, 1, 3)
    await store.connect().push_fulfilment(store.parcel(order_id), "key")
    await store.connect().push_status(whole, "key")
    assert store.shop.orders[order_id].fulfillment_status == "delivered"


async def test_delivered_of_an_untold_parcel_is_refused(store: Any):
    delivered = store.parcel(store.buy(), status=TrackingStatus.DELIVERED)
    with pytest.raises(Rejected):
        await store.connect().push_status(delivered, "key")


async def test_units_that_the_shop_fulfilled_itself_are_refused_with_a_remedy(store: Any):
    order_id = store.buy()
    order = store.shop.orders[order_id]
    store.shop.add_fulfilment(order, {order.lines[0].id: 2}, None, None)
    with pytest.raises(Rejected, match="already in another fulfilment"):
        await store.connect().push_fulfilment(store.parcel(order_id, 1), "key")


def level(store: Any, sku: str, available: int, **changes: Any) -> StockLevel:
    usual = StockLevel(
        listing_id=store.shop.by_sku[sku].id, sku=sku, available=available, as_of=store.rig.clock()
    )
    return msgspec.structs.replace(usual, **changes)


async def test_stock_keeps_what_is_reserved_and_what_lies_elsewhere(store: Any):
    store.buy(("TEA-100", 3))
    store.shop.by_sku["TEA-100"].levels[LOCATIONS[1]] = Level(4)
    assert not await store.connect().push_stock([level(store, "TEA-100", 7)], "key")
    assert store.twin.stock_shown()["TEA-100"] == 7
    assert store.shop.by_sku["TEA-100"].levels[LOCATIONS[0]].stocked == 6


async def test_stock_goes_to_the_chosen_location(store: Any):
    store.shop.by_sku["MUG-1"].levels = {}
    connector = store.connect(stock_location_id=LOCATIONS[1])
    assert not await connector.push_stock([level(store, "MUG-1", 7)], "key")
    assert store.shop.by_sku["MUG-1"].levels == {LOCATIONS[1]: Level(7)}


async def test_stock_of_what_has_none_is_refused_and_the_rest_written(store: Any):
    store.shop.by_sku["MUG-1"].manage_inventory = False
    unknown = level(store, "MUG-1", 1, listing_id="variant_0")
    levels = [unknown, level(store, "MUG-1", 1), level(store, "TEA-100", 8)]
    refused = await store.connect().push_stock(levels, "key")
    assert [it.listing_id for it in refused] == ["variant_0", store.shop.by_sku["MUG-1"].id]
    assert store.twin.stock_shown()["TEA-100"] == 8


async def test_nothing_is_written_where_all_is_refused(store: Any):
    refused = await store.connect().push_stock([level(store, "MUG-1", 1, listing_id="variant_0")], "key")
    assert len(refused) == 1
    assert not sent(store, "POST")


async def test_unknown_stock_location_is_named(store: Any):
    with pytest.raises(Misconfigured) as caught:
        await store.connect(stock_location_id="sloc_0").check()
    assert caught.value.setting == "stock_location_id"


async def test_listings_are_read_again_where_the_list_got_shorter(store: Any):
    ids = list(store.shop.variants)
    pages = store.connect(page_size=1).pull_listings()
    first = await anext(pages)
    gone = store.shop.variants.pop(ids[0])
    assert [it.external_id for it in first.deliveries] == [gone.id]
    rest = [delivery.external_id async for page in pages for delivery in page.deliveries]
    assert ids[1] in rest


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"message": "Unauthorized"}, AuthenticationFailed),
        (404, {"type": "not_found", "message": "Order id not found: order_0"}, Rejected),
        (404, "<!DOCTYPE html>", Misconfigured),
        (404, {"message": "no route"}, Misconfigured),
        (409, {"type": "conflict", "message": "…"}, Transient),
        (422, {"type": "duplicate_error", "message": "…"}, Rejected),
        (500, {"code": "unknown_error", "type": "unknown_error", "message": "…"}, OutcomeUnknown),
        (200, {"order": 1}, OutcomeUnknown),
    ],
)
async def test_refused_change_has_its_name(store: Any, status: int, body: Any, error: type[Exception]):
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    parcel = store.parcel(store.buy())
    store.rig.wire.instead = lambda number: httpx.Response(status, content=content) if number else None
    with pytest.raises(error):
        await store.connect().push_fulfilment(parcel, "key")
