"""What is special about eBay: windows, numbers that stay, parcels of part of a line, one SKU per call."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.kit import RateLimited, Transient, Unsupported
from mappings.canonical import LineQuantity, StockLevel

HOUR = timedelta(hours=1)


async def test_filter_is_a_closed_window_that_ends_before_ebay_s_present(desk):
    desk.clock.advance(HOUR)
    pages = [page async for page in desk.connector.pull_orders("2026-03-02T08:30:00+00:00")]
    (request,) = desk.sent("/order")
    assert request.url.params["filter"] == (
        "lastmodifieddate:[2026-03-02T08:20:00.000Z..2026-03-02T08:59:30.000Z]"
    )
    assert pages[-1].bookmark == "2026-03-02T08:59:30+00:00"


@pytest.mark.parametrize("refuses", [True, False])
async def test_unknown_id_does_not_hide_the_others_whatever_ebay_does_with_it(desk, refuses):
    ids = [desk.place() for _ in range(60)]
    desk.twin.interface.refuses_unknown_ids = refuses
    found = await desk.connector.fetch_orders([*ids[:30], "99-00000-00000", *ids[30:]])
    assert sorted(one.external_id for one in found) == sorted(ids)


async def test_parcels_come_with_an_order_of_which_a_part_left(desk):
    order_id = desk.place(("SKU-0", 4))
    shipment = await desk.shipment(order_id)
    part = (LineQuantity(line_id=shipment.lines[0].line_id, quantity=3),)
    await desk.connector.push_fulfilment(await desk.shipment(order_id, lines=part), "key")
    assert (await desk.order(order_id)).lines[0].quantity_open == 1


async def test_number_is_told_and_found_without_its_spaces(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id, tracking_number="00 34-04")
    await desk.connector.push_fulfilment(shipment, "key")
    assert desk.account.orders[order_id].parcels[0].number == "003404"
    assert await desk.connector.find_fulfilment(shipment)


async def test_number_that_was_told_cannot_be_replaced(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    await desk.connector.push_fulfilment(shipment, "key")
    corrected = await desk.shipment(
        order_id, lines=shipment.lines, tracking_number="T2", former_numbers=("T 1",)
    )
    with pytest.raises(Unsupported):
        await desk.connector.push_fulfilment(corrected, "key")


async def test_number_that_ebay_cannot_take_is_unsupported_and_nothing_is_sent(desk):
    shipment = await desk.shipment(desk.place(), tracking_number="——")
    with pytest.raises(Unsupported):
        await desk.connector.push_fulfilment(shipment, "key")
    assert [it for it in desk.sent("/shipping_fulfillment") if it.method == "POST"] == []


async def test_conflict_is_tried_again_after_reading(desk):
    shipment = await desk.shipment(desk.place())
    conflict = httpx.Response(409, content=b'{"errors":[{"errorId":32110,"message":"Conflict"}]}')
    desk.rig.wire.instead = lambda number: conflict if desk.rig.wire.sent[-1].method == "POST" else None
    with pytest.raises(Transient):
        await desk.connector.push_fulfilment(shipment, "key")


async def test_daily_limit_is_a_limit(desk):
    await desk.connector.check()
    over = httpx.Response(429, content=b'{"errors":[{"errorId":2001,"message":"limit"}]}')
    desk.rig.wire.instead = lambda number: over
    with pytest.raises(RateLimited):
        await desk.connector.check()


async def test_each_call_changes_the_stock_of_one_sku(desk):
    levels = [
        StockLevel(listing_id=f"SKU-{it}", sku="", available=it, as_of=desk.clock()) for it in (0, 1, 7)
    ]
    (refusal,) = await desk.connector.push_stock(levels, "key")
    assert (refusal.listing_id, "could not be found" in refusal.reason) == ("SKU-7", True)
    assert desk.twin.stock_shown() == {"SKU-0": 0, "SKU-1": 1, "SKU-2": 100}
    assert len(desk.sent("/bulk_update_price_quantity")) == 3


async def test_pages_of_the_inventory_are_counted_not_its_rows(desk):
    for number in range(7):
        desk.account.offer(f"X-{number}", "Tea", desk.account.items["SKU-0"].price, 1)
    connector: Any = desk.connect(page_size=3)
    found = [one.external_id async for page in connector.pull_listings() for one in page.deliveries]
    assert found == list(desk.account.items)
