"""Parcels and stock go out: once, in the shop's own half-way."""

import httpx
import pytest

from connectors.kit import Misconfigured, OutcomeUnknown, Rejected, Transient, UnexpectedPayload, Unsupported
from mappings.canonical import StockLevel

RECORDS = {"fulfillments": "fulfilment", "shipment-tracking": "tracking", "notes": "note"}


@pytest.mark.parametrize("records", sorted(RECORDS))
async def test_last_parcel_completes_the_order(new_desk, records):
    desk = new_desk(parcel_records=records)
    order_id = desk.place(("SKU-0", 2), ("SKU-1", 1))
    whole = await desk.shipment(order_id)
    first = await desk.shipment(order_id, "SF1", lines=whole.lines[:1], completes_order=False)
    await desk.connector.push_fulfilment(first, "key-1")
    assert (desk.known(order_id).status, await desk.connector.find_fulfilment(first)) == ("processing", True)
    last = await desk.shipment(order_id, "SF2", lines=whole.lines[1:])
    await desk.connector.push_fulfilment(last, "key-2")
    assert (desk.known(order_id).status, await desk.connector.find_fulfilment(last)) == ("completed", True)
    assert len(desk.effects(RECORDS[records])) == 2


@pytest.mark.parametrize("records", sorted(RECORDS))
async def test_repetition_after_a_lost_completion_only_completes(new_desk, records):
    desk = new_desk(parcel_records=records)
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    await desk.connector.push_fulfilment(shipment, "key")
    desk.twin.shop.set_status(desk.known(order_id), "processing")
    assert not await desk.connector.find_fulfilment(shipment)
    await desk.connector.push_fulfilment(shipment, "key")
    assert len(desk.effects(RECORDS[records])) == 1
    assert await desk.connector.find_fulfilment(shipment)


async def test_completed_order_is_not_completed_again(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    desk.twin.shop.set_status(desk.known(order_id), "completed")
    await desk.connector.push_fulfilment(shipment, "key")
    assert len(desk.effects("fulfilment")) == 1
    assert not desk.sent("PUT", f"/orders/{order_id}")


async def test_orders_stay_open_where_the_settings_say_so(new_desk):
    desk = new_desk(complete_orders=False)
    order_id = desk.place()
    await desk.connector.push_fulfilment(await desk.shipment(order_id), "key")
    assert desk.known(order_id).status == "processing"


@pytest.mark.parametrize("status", ["cancelled", "refunded"])
async def test_closed_order_gets_no_parcel_and_is_not_opened_again(desk, status):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    desk.twin.shop.set_status(desk.known(order_id), status)
    with pytest.raises(Rejected, match=status):
        await desk.connector.push_fulfilment(shipment, "key")
    assert (desk.known(order_id).status, desk.effects("fulfilment")) == (status, [])


async def test_correction_changes_the_fulfilment_in_place(desk):
    order_id = desk.place()
    await desk.connector.push_fulfilment(await desk.shipment(order_id, "OLD"), "key-1")
    units = (await desk.shipment(order_id)).lines
    meta = desk.known(order_id).fulfilments[0].meta
    lines = tuple(type(one)(line_id=one.line_id, quantity=2) for one in units)
    await desk.connector.push_fulfilment(
        await desk.shipment(order_id, "NEW", lines=lines, former_numbers=("OLD",)), "key-2"
    )
    (parcel,) = desk.known(order_id).fulfilments
    assert parcel.number == "NEW"
    assert [one["id"] for one in parcel.meta] == [one["id"] for one in meta]


async def test_correction_in_the_tracking_extension_survives_its_middle(new_desk):
    desk = new_desk(parcel_records="shipment-tracking")
    order_id = desk.place()
    await desk.connector.push_fulfilment(await desk.shipment(order_id, "OLD"), "key-1")
    corrected = await desk.shipment(order_id, "NEW", former_numbers=("OLD",))
    desk.rig.wire.clear()
    desk.rig.wire.instead = lambda number: httpx.ReadTimeout("silence") if number == 3 else None
    with pytest.raises(OutcomeUnknown):
        await desk.connector.push_fulfilment(corrected, "key-2")
    assert not await desk.connector.find_fulfilment(corrected)
    await desk.connector.push_fulfilment(corrected, "key-2")
    assert [one.number for one in desk.known(order_id).trackings] == ["NEW"]


async def test_note_is_not_corrected(new_desk):
    desk = new_desk(parcel_records="notes")
    order_id = desk.place()
    await desk.connector.push_fulfilment(await desk.shipment(order_id, "OLD"), "key-1")
    with pytest.raises(Unsupported, match="cannot be corrected"):
        await desk.connector.push_fulfilment(
            await desk.shipment(order_id, "NEW", former_numbers=("OLD",)), "key-2"
        )
    assert len(desk.known(order_id).notes) == 1


@pytest.mark.parametrize("wanted", [True, False])
async def test_buyer_is_told_as_the_settings_say(new_desk, wanted):
    desk = new_desk(parcel_records="notes", notify_customer=wanted)
    order_id = desk.place()
    await desk.connector.push_fulfilment(await desk.shipment(order_id), "key")
    assert desk.known(order_id).notes[0].to_customer is wanted
    desk = new_desk(notify_customer=wanted)
    order_id = desk.place()
    await desk.connector.push_fulfilment(await desk.shipment(order_id), "key")
    assert desk.sent("POST", "/fulfillments")[0].url.params["notify_customer"] == str(wanted).lower()


async def test_feature_that_was_switched_off_is_misconfigured(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    desk.twin.rest.features.clear()
    with pytest.raises(Misconfigured):
        await desk.connector.push_fulfilment(shipment, "key")


async def test_fulfilment_that_nobody_understands_is_no_reason_to_add_another(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    odd = b'[{"id":5,"meta_data":[{"id":6,"key":"_items","value":[{"sku":"A"}]}]}]'
    desk.rig.wire.spoil = lambda number, answer: (
        httpx.Response(200, content=odd) if b"meta" in answer.content or answer.content == b"[]" else answer
    )
    with pytest.raises(UnexpectedPayload, match="_items"):
        await desk.connector.push_fulfilment(shipment, "key")
    assert not desk.effects("fulfilment")


async def test_stock_is_written_in_one_batch_per_list(desk):
    levels = await desk.levels(1, 2, 3, 4, 5, 6)
    assert await desk.connector.push_stock(levels, "key") == []
    assert len(desk.sent("POST", "/products/batch")) == 1
    assert len(desk.sent("POST", "/variations/batch")) == 2
    assert desk.twin.stock_shown() == {level.sku: level.available for level in levels}


@pytest.mark.parametrize("answer", [httpx.ReadTimeout("silence"), httpx.Response(502)])
async def test_stock_without_an_answer_is_written_again_at_once(desk, answer):
    levels = await desk.levels(7)
    desk.rig.wire.clear()
    desk.rig.wire.instead = lambda number: answer if number == 0 else None
    assert await desk.connector.push_stock(levels, "key") == []
    assert desk.twin.stock_shown()[levels[0].sku] == 7


async def test_stock_of_a_shop_that_is_down_waits_for_the_long_schedule(desk):
    levels = await desk.levels(7)
    desk.rig.wire.instead = lambda number: httpx.ReadTimeout("silence")
    with pytest.raises(Transient):
        await desk.connector.push_stock(levels, "key")


async def test_listings_that_are_no_products_are_named_and_the_rest_is_set(desk):
    known, *_ = await desk.levels(7)
    strange = [
        StockLevel(listing_id=one, sku="X", available=1, as_of=desk.clock())
        for one in ("", "abc", "999999", "999999:1", f"{known.listing_id}:1")
    ]
    refused = await desk.connector.push_stock([*strange, known], "key")
    assert {one.listing_id for one in refused} == {one.listing_id for one in strange}
    assert desk.twin.stock_shown()[known.sku] == 7
