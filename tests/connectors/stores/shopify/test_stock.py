"""Stock levels: absolute, idempotent, and refused one by one."""

import httpx
import msgspec
import pytest

from connectors.kit import Misconfigured, Rejected, Transient


async def test_levels_are_what_the_store_then_sells(desk):
    assert await desk.connector.push_stock(await desk.levels(7, 0), "k") == []
    assert [desk.twin.stock_shown()[sku] for sku in ("SKU-0", "SKU-1")] == [7, 0]


async def test_same_key_again_does_nothing_again(desk):
    wanted = await desk.levels(7)
    for connector in (desk.connector, desk.rig.connect()):
        await connector.push_stock(wanted, "k")
    assert len(desk.effects("stock")) == 1


async def test_same_key_with_other_levels_is_written(desk):
    await desk.connector.push_stock(await desk.levels(7), "k")
    await desk.connector.push_stock(await desk.levels(5), "k")
    assert desk.twin.stock_shown()["SKU-0"] == 5


async def test_refused_listing_does_not_keep_the_others_back(desk):
    good, bad, missing = await desk.levels(7, 8, 9)
    bad = msgspec.structs.replace(bad, inventory_id="gid://shopify/InventoryItem/1")
    missing = msgspec.structs.replace(missing, inventory_id="")
    refusals = await desk.connector.push_stock([bad, good, missing], "k")
    assert {one.listing_id for one in refusals} == {bad.listing_id, missing.listing_id}
    assert desk.twin.stock_shown()["SKU-0"] == 7


async def test_repetition_after_a_refusal_takes_a_new_key(desk):
    good, bad = await desk.levels(7, 8)
    bad = msgspec.structs.replace(bad, inventory_id="gid://shopify/InventoryItem/1")
    for _ in range(2):
        (refusal,) = await desk.connector.push_stock([good, bad], "k")
        assert refusal.listing_id == bad.listing_id
    assert desk.twin.stock_shown()["SKU-0"] == 7


async def test_stock_without_a_location_names_the_setting(new_desk):
    desk = new_desk(location_id="")
    with pytest.raises(Misconfigured) as caught:
        await desk.connector.push_stock(await desk.levels(1), "k")
    assert caught.value.setting == "location_id"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("IDEMPOTENCY_CONCURRENT_REQUEST", Transient),
        ("CHANGE_FROM_QUANTITY_STALE", Transient),
        ("IDEMPOTENCY_KEY_PARAMETER_MISMATCH", Rejected),
        ("INVALID_REASON", Rejected),
        ("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED", Transient),
    ],
)
async def test_refusals_of_the_whole_batch_are_named(desk, code, error):
    wanted = await desk.levels(1)
    outcome = {"userErrors": [{"code": code, "field": None, "message": "no"}]}
    desk.rig.wire.clear()
    desk.rig.wire.instead = lambda _: httpx.Response(200, json={"data": {"inventorySetQuantities": outcome}})
    with pytest.raises(error):
        await desk.connector.push_stock(wanted, "k")
