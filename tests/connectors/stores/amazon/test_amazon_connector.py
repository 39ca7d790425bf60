"""What is special about Amazon: usage plans, page tokens, held back minutes, its own warehouses."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.kit import AuthenticationFailed, Misconfigured, RateLimited, Rejected, UnexpectedPayload
from connectors.stores.amazon import twin_routes
from mappings.canonical import StockLevel

HOUR = timedelta(hours=1)


async def pulled(connector: Any, bookmark: str = "", most: int = 99) -> tuple[list[str], str]:
    ids: list[str] = []
    async for page in connector.pull_orders(bookmark):
        ids += [one.external_id for one in page.deliveries]
        bookmark, most = page.bookmark, most - 1
        if not most:
            break
    return ids, bookmark


async def test_bookmark_is_what_amazon_says_it_is_complete_up_to(desk):
    desk.rig.skew = timedelta(minutes=30)
    desk.place()
    desk.clock.advance(HOUR)
    ids, bookmark = await pulled(desk.connector)
    assert (len(ids), bookmark) == (1, "2026-03-02T09:28:00+00:00")


async def test_interrupted_pass_goes_on_at_its_page(desk):
    ids = [desk.place() for _ in range(7)]
    desk.clock.advance(HOUR)
    first, bookmark = await pulled(desk.connect(page_size=3), most=1)
    rest, last = await pulled(desk.connect(), bookmark)
    assert (first, rest) == (ids[:3], ids[3:])
    assert last == "2026-03-02T08:58:00+00:00"


async def test_page_that_ended_meanwhile_begins_the_pass_again(desk):
    ids = [desk.place() for _ in range(7)]
    desk.clock.advance(HOUR)
    _, bookmark = await pulled(desk.connect(page_size=3), most=1)
    desk.clock.advance(timedelta(hours=25))
    assert (await pulled(desk.connect(), bookmark))[0] == ids


async def test_steady_searching_is_never_refused_and_uses_what_is_allowed(desk):
    for _ in range(60):
        desk.place()
    desk.clock.advance(HOUR)
    connector, started = desk.connect(page_size=2), desk.clock()
    assert len((await pulled(connector))[0]) == 60
    searches = len(desk.rig.wire.sent) - 1
    assert searches == 30
    rate, burst = twin_routes.USAGE_PLANS["searchOrders"]
    allowed = burst + rate * (desk.clock() - started).total_seconds()
    assert searches >= 0.95 * allowed


async def test_search_that_waits_does_not_hold_up_a_read(desk):
    order_id = desk.place()
    desk.clock.advance(HOUR)
    for _ in range(20):
        await pulled(desk.connector)
    before = desk.clock()
    await desk.connector.fetch_orders([order_id])
    assert desk.clock() == before


async def test_refusal_over_quota_names_how_long_to_wait(desk):
    await desk.connector.check()
    headers = {"x-amzn-RateLimit-Limit": "0.02"}
    desk.rig.wire.instead = lambda number: httpx.Response(429, headers=headers, content=b"{}")
    with pytest.raises(RateLimited) as raised:
        await desk.connector.check()
    assert raised.value.retry_after == timedelta(seconds=50)


async def test_missing_role_is_no_expired_token(desk):
    await desk.connector.check()
    sent = len(desk.rig.wire.sent)
    refusal = b'{"errors":[{"code":"AccessDenied","message":"Access to requested resource is denied."}]}'
    desk.rig.wire.instead = lambda number: httpx.Response(403, content=refusal)
    with pytest.raises(AuthenticationFailed):
        await desk.connector.check()
    assert len(desk.rig.wire.sent) == sent + 1


async def test_marketplace_in_which_nobody_sells_is_a_setting_at_fault(desk):
    with pytest.raises(Misconfigured) as raised:
        await desk.connect(marketplace_id="A1PA6795UKMFR9").check()
    assert raised.value.setting == "marketplace_id"


async def test_orders_that_amazon_ships_come_only_if_wanted(desk):
    order_id = desk.place()
    desk.account.orders[order_id].fulfilled_by = "AMAZON"
    desk.clock.advance(HOUR)
    assert (await pulled(desk.connector))[0] == []
    assert (await pulled(desk.connect(include_fba=True)))[0] == [order_id]


async def test_parcel_of_a_cancelled_order_is_refused_before_it_is_told(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    desk.twin.cancel_order(order_id)
    with pytest.raises(Rejected):
        await desk.connector.push_fulfilment(shipment, "key")
    assert desk.account.orders[order_id].packages == {}


@pytest.mark.parametrize(("carrier", "told"), [("usps", ("USPS", None)), ("pigeons", ("Other", "Pigeons"))])
async def test_carrier_without_a_code_is_told_by_name(desk, carrier, told):
    order_id = desk.place()
    shipment = await desk.shipment(order_id, carrier=carrier, carrier_name=carrier.title())
    await desk.connector.push_fulfilment(shipment, "key")
    ((_, package),) = desk.account.orders[order_id].packages.items()
    detail = package.body["packageDetail"]
    assert (detail["carrierCode"], detail.get("carrierName")) == told


async def test_stock_of_amazon_s_own_warehouses_is_left_alone(desk):
    level = StockLevel(
        listing_id="SKU/0", inventory_id="AMAZON_NA", sku="SKU/0", available=5, as_of=desk.clock()
    )
    (refusal,) = await desk.connector.push_stock([level], "key")
    assert "AMAZON_NA" in refusal.reason
    assert desk.rig.wire.sent == []


async def test_invalid_stock_is_refused_under_a_status_of_200(desk):
    level = StockLevel(listing_id="SKU/0", sku="SKU/0", available=-1, as_of=desk.clock())
    (refusal,) = await desk.connector.push_stock([level], "key")
    assert "fulfillment_availability" in refusal.reason


async def listed(connector: Any) -> list[str]:
    return [one.external_id async for page in connector.pull_listings() for one in page.deliveries]


async def test_more_listings_than_one_search_pages_through_are_all_read(desk, monkeypatch):
    monkeypatch.setattr(twin_routes, "MOST_ITEMS", 40)
    monkeypatch.setattr("connectors.stores.amazon.connector.MOST_ITEMS", 40)
    for number in range(90):
        desk.clock.advance(timedelta(seconds=1))
        desk.account.offer(f"X-{number:02}", "Tea", desk.account.items["SKU/0"].price, 1)
    assert set(await listed(desk.connector)) == set(desk.account.items)


async def test_listings_of_one_instant_that_cannot_be_paged_through_are_not_hidden(desk, monkeypatch):
    monkeypatch.setattr(twin_routes, "MOST_ITEMS", 20)
    monkeypatch.setattr("connectors.stores.amazon.connector.MOST_ITEMS", 20)
    for number in range(30):
        desk.account.offer(f"X-{number:02}", "Tea", desk.account.items["SKU/0"].price, 1)
    with pytest.raises(UnexpectedPayload):
        await listed(desk.connector)


async def test_bookmark_stays_while_the_clock_of_amazon_is_behind(desk):
    desk.clock.advance(HOUR)
    _, bookmark = await pulled(desk.connector)
    desk.rig.skew = -timedelta(minutes=4)
    desk.clock.advance(timedelta(minutes=1))
    assert (await pulled(desk.connect(), bookmark))[1] == bookmark == "2026-03-02T08:58:00+00:00"


async def test_parcel_that_somebody_confirmed_by_hand_is_not_told_again(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    await desk.connector.push_fulfilment(shipment, "key")
    by_hand = await desk.shipment(order_id, shipment_id="S-9", lines=shipment.lines)
    await desk.connector.push_fulfilment(by_hand, "key")
    assert len(desk.account.orders[order_id].packages) == 1


async def test_token_that_ended_early_is_renewed(desk):
    order_id = desk.place()
    await desk.connector.check()
    desk.twin.expire_tokens()
    assert len(await desk.connector.fetch_orders([order_id])) == 1
