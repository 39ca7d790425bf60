"""What stores are told about parcels."""

import pytest

from hub.domain.order import Parcel, Reserved
from hub.domain.outward import shipment_request, store_shipment, units_to_tell
from mappings.canonical import LineQuantity
from tests.hub.samples import NOW, consignment, line, location, order, replace, sales, shipped

THREE = consignment(
    1,
    Parcel.DISPATCHED,
    handed_over_at=NOW,
    lines=(
        Reserved(line_id="l1", sku="RED", quantity=2),
        Reserved(line_id="l2", sku="BLUE", quantity=1),
    ),
)


def parcel(*lines):
    return replace(shipped(order(sales=sales(*lines))), consignments=(THREE,))


def told(given):
    return {each.line_id: each.quantity for each in units_to_tell(given, THREE)}


@pytest.mark.parametrize(
    "reds, blues, units",
    [
        (0, 0, {"l1": 2, "l2": 1}),
        (1, 0, {"l1": 1, "l2": 1}),
        (2, 0, {"l2": 1}),
        (0, 1, {"l1": 2}),
        (2, 1, {}),
    ],
)
def test_units_that_were_refunded_after_booking_are_not_told(reds, blues, units):
    given = parcel(line(quantity=2, quantity_cancelled=reds), line("l2", "BLUE", quantity_cancelled=blues))

    assert told(given) == units


def test_line_that_the_platform_dropped_is_not_told():
    assert told(parcel(line(quantity=2))) == {"l1": 2}


def test_parcel_keeps_what_is_in_it():
    given = parcel(line(quantity=2, quantity_cancelled=2), line("l2", "BLUE"))

    shipment = store_shipment(given, THREE, "SF Express")

    assert shipment.carrier_name == "SF Express"
    assert shipment.lines == (
        LineQuantity(line_id="l1", quantity=2),
        LineQuantity(line_id="l2", quantity=1),
    )


@pytest.mark.parametrize(
    "other, cancelled, is_last",
    [
        ({"told": False}, 0, False),
        ({"told": True}, 0, True),
        ({"told": False}, 1, True),
        ({"stage": Parcel.CANCELLED}, 0, False),
        ({"stage": Parcel.CANCELLED}, 1, True),
    ],
)
def test_only_the_parcel_that_is_told_last_completes_the_order(other, cancelled, is_last):
    """Both have left; a platform that takes the first one for the last refuses the other."""
    first = replace(THREE, lines=THREE.lines[:1])
    second = replace(THREE, consignment_id="o1-2", lines=THREE.lines[1:], told=False)
    given = parcel(line(quantity=2), line("l2", "BLUE", quantity_cancelled=cancelled))
    given = replace(given, consignments=(first, replace(second, **other)))

    assert store_shipment(given, first).completes_order is is_last


@pytest.mark.parametrize(
    "grams, weight", [({"RED": 200, "BLUE": 50}, 450), ({"RED": 200}, None), ({}, None)], ids=str
)
def test_a_parcel_weighs_what_its_units_weigh_if_all_are_known(grams, weight):
    request = shipment_request(parcel(line(quantity=2), line("l2", "BLUE")), THREE, location(), grams)

    assert request.weight_grams == weight


def test_carrier_is_asked_for_the_service_that_was_chosen():
    chosen = replace(THREE, service="express")
    given = parcel(line(quantity=2), line("l2", "BLUE"))

    assert shipment_request(given, chosen, location(), {}).service == "express"
