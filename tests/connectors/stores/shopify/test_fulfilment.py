"""Parcels told to Shopify: the right units, once, whatever breaks on the way."""

from datetime import timedelta

import msgspec
import pytest

from connectors.kit import OutcomeUnknown, Rejected, Unsupported
from connectors.kit.twin import Fault
from connectors.stores.shopify.twin_world import OTHER_LOCATION, SERVICE_LOCATION
from mappings.canonical import TrackingStatus


def told(desk):
    return [(parcel.tracking_number, parcel.quantities) for parcel in desk.twin.orders()[0].parcels]


async def test_parcel_is_recorded_with_its_units_and_company(desk):
    shipment = await desk.shipment(desk.place())
    await desk.connector.push_fulfilment(shipment, "k")
    (parcel,) = desk.twin.orders()[0].parcels
    assert (parcel.tracking_number, parcel.carrier) == ("SF123", "SF Express")
    assert parcel.quantities == {shipment.lines[0].line_id: 2}
    assert await desk.connector.find_fulfilment(shipment)


async def test_order_then_counts_its_units_as_fulfilled(desk):
    order_id = desk.place()
    await desk.connector.push_fulfilment(await desk.shipment(order_id, "SF1", 1), "k")
    (line,) = (await desk.order(order_id)).lines
    assert (line.quantity_fulfilled, line.quantity_open) == (1, 1)


async def test_pushing_again_changes_nothing(desk):
    shipment = await desk.shipment(desk.place())
    for connector in (desk.connector, desk.connector, desk.rig.connect()):
        await connector.push_fulfilment(shipment, "k")
    assert len(desk.effects("fulfilment")) == 1


async def test_two_locations_become_two_fulfilments_with_one_number(desk):
    order_id = desk.place(("SKU-1", 3))
    desk.twin.move(order_id, 0, 1, OTHER_LOCATION)
    shipment = await desk.shipment(order_id)
    await desk.connector.push_fulfilment(shipment, "k")
    line = shipment.lines[0].line_id
    assert told(desk) == [("SF123", {line: 2}), ("SF123", {line: 1})]


async def test_repetition_after_half_was_done_sends_the_other_half(desk):
    order_id = desk.place(("SKU-1", 3))
    desk.twin.move(order_id, 0, 1, OTHER_LOCATION)
    shipment = await desk.shipment(order_id)
    half = msgspec.structs.replace(shipment, lines=(msgspec.structs.replace(shipment.lines[0], quantity=2),))
    await desk.connector.push_fulfilment(half, "k")
    assert not await desk.connector.find_fulfilment(shipment)
    await desk.connector.push_fulfilment(shipment, "k")
    assert [sum(units.values()) for _, units in told(desk)] == [2, 1]


async def test_unanswered_write_is_unknown_and_then_found(desk):
    shipment = await desk.shipment(desk.place())
    reads = 2
    before = desk.sent()
    desk.twin.faults.strikes = lambda fault: (
        fault == Fault.TIMEOUT_AFTER and desk.sent() == before + reads + 1
    )
    with pytest.raises(OutcomeUnknown):
        await desk.connector.push_fulfilment(shipment, "k")
    desk.twin.faults.strikes = lambda fault: False
    assert await desk.connector.find_fulfilment(shipment)
    await desk.connector.push_fulfilment(shipment, "k")
    assert len(desk.effects("fulfilment")) == 1


async def test_held_order_is_refused_with_the_line_named(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    desk.twin.hold(order_id)
    with pytest.raises(Rejected, match=shipment.lines[0].line_id):
        await desk.connector.push_fulfilment(shipment, "k")
    desk.twin.release(order_id)
    await desk.connector.push_fulfilment(shipment, "k")


async def test_hold_is_visible_on_the_order(desk):
    order_id = desk.place()
    desk.twin.hold(order_id, "HIGH_RISK_OF_FRAUD")
    assert (await desk.order(order_id)).platform_hold == "ON_HOLD: HIGH_RISK_OF_FRAUD"


async def test_more_units_than_are_left_are_refused_before_anything_is_done(desk):
    order_id = desk.place()
    shipment = await desk.shipment(order_id)
    desk.twin.refund_line(order_id, 0, 1)
    with pytest.raises(Rejected, match="can take 1 of"):
        await desk.connector.push_fulfilment(shipment, "k")
    assert not desk.effects("fulfilment")


async def test_units_of_a_fulfilment_service_are_not_ours_to_record(desk):
    order_id = desk.place()
    desk.twin.move(order_id, 0, 2, SERVICE_LOCATION)
    with pytest.raises(Rejected):
        await desk.connector.push_fulfilment(await desk.shipment(order_id), "k")


async def test_parcel_with_many_lines_reads_all_of_them(desk):
    order_id = desk.place(*((f"SKU-{n}", 1) for n in range(41)))
    shipment = await desk.shipment(order_id)
    await desk.connector.push_fulfilment(shipment, "k")
    assert sum(told(desk)[0][1].values()) == 41
    assert await desk.connector.find_fulfilment(shipment)


async def test_unknown_order_is_refused(desk):
    shipment = await desk.shipment(desk.place())
    stranger = msgspec.structs.replace(shipment, order_external_id="gid://shopify/Order/404")
    with pytest.raises(Rejected, match="knows no gid://shopify/Order/404"):
        await desk.connector.push_fulfilment(stranger, "k")


async def test_status_is_recorded_once_per_event(desk):
    shipment = await desk.shipment(desk.place())
    await desk.connector.push_fulfilment(shipment, "k")
    delivered = msgspec.structs.replace(
        shipment, status=TrackingStatus.DELIVERED, status_at=desk.clock() + timedelta(days=2)
    )
    for one in (shipment, delivered, delivered, shipment):
        await desk.connector.push_status(one, "k")
    assert [effect.details["status"] for effect in desk.effects("status")] == [
        "CARRIER_PICKED_UP",
        "DELIVERED",
    ]
    assert desk.twin.orders()[0].delivered


async def test_status_of_an_unrecorded_parcel_is_refused(desk):
    with pytest.raises(Rejected, match="record it first"):
        await desk.connector.push_status(await desk.shipment(desk.place()), "k")


async def test_status_without_a_word_is_unsupported(desk):
    shipment = await desk.shipment(desk.place())
    await desk.connector.push_fulfilment(shipment, "k")
    with pytest.raises(Unsupported, match="unknown"):
        await desk.connector.push_status(
            msgspec.structs.replace(shipment, status=TrackingStatus.UNKNOWN), "k"
        )


async def test_corrected_number_reaches_the_fulfilments_of_both_locations(desk):
    order_id = desk.place(("SKU-1", 3))
    desk.twin.move(order_id, 0, 1, OTHER_LOCATION)
    shipment = await desk.shipment(order_id)
    await desk.connector.push_fulfilment(shipment, "k")
    corrected = msgspec.structs.replace(shipment, tracking_number="SF124", former_numbers=("SF123",))
    for _ in range(2):
        await desk.connector.push_fulfilment(corrected, "k2")
    line = shipment.lines[0].line_id
    assert told(desk) == [("SF124", {line: 2}), ("SF124", {line: 1})]
    assert (len(desk.effects("fulfilment")), len(desk.effects("correction"))) == (2, 2)
