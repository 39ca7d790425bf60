"""Waves: every parcel that waits is in one of them, and in no second."""

from datetime import timedelta

import pytest

from hub.domain.order import Parcel
from hub.pipeline.resume import hold_orders
from hub.storage import picking
from hub.storage.picking import Bin
from tests.hub.samples import NOW, line, sales


@pytest.fixture
def waiting(house):
    """Three orders whose parcels wait at the warehouse; the last one is the most urgent."""
    house.take(
        *(
            sales(
                line(quantity=number),
                line("l2", "BLUE"),
                external_id=str(number),
                order_number=f"N-{number}",
                ship_by=NOW + timedelta(days=4 - number),
            )
            for number in (1, 2, 3)
        )
    )
    return house


def make(house, most=2, carrier="", location="wh"):
    return house.run(lambda uow: picking.make_wave(uow, location, carrier, most, "li", house.now))


def orders_of(house, number):
    return sorted(each.order_number for each in house.run(lambda uow: picking.parcels_of(uow, number)))


def test_the_most_urgent_parcels_are_picked_first_and_none_twice(waiting):
    assert (make(waiting), make(waiting), make(waiting)) == (1, 2, None)
    assert (orders_of(waiting, 1), orders_of(waiting, 2)) == (["N-2", "N-3"], ["N-1"])


def test_wave_takes_only_what_was_asked_for(waiting):
    assert make(waiting, carrier="other") is None
    assert make(waiting, location="elsewhere") is None
    assert make(waiting, carrier="carrier") == 1


def test_wave_knows_contents_bins_and_how_far_its_parcels_are(waiting):
    waiting.run(
        lambda uow: picking.save_bins(
            uow,
            [Bin(location_id="wh", sku="RED", bin="B-1"), Bin(location_id="wh", sku="GREEN", bin="C")],
        )
    )
    make(waiting, most=3)
    first = waiting.value("SELECT id FROM orders WHERE number = 'N-1'")
    waiting.run(lambda uow: hold_orders(waiting.books, uow, [first], "stop", "li", waiting.now))

    (item,) = waiting.run(lambda uow: picking.waves(uow, 5))
    parcels = waiting.run(lambda uow: picking.parcels_of(uow, 1))

    assert (item.parcels, item.waiting, item.booked, item.left, item.dropped) == (3, 2, 0, 0, 1)
    assert {each.order_number: each.stage for each in parcels}["N-1"] is Parcel.CANCELLED
    assert sorted(each.units["RED"] for each in parcels) == [1, 2, 3]
    assert waiting.run(lambda uow: picking.bins_of(uow, 1)) == {"RED": "B-1"}


def test_refused_booking_is_told_in_the_carriers_words_until_it_is_booked(waiting):
    make(waiting, most=3)
    first = waiting.value("SELECT MIN(subject) FROM outbox")
    refused = "UPDATE outbox SET state = 'parked', last_error = 'no such district' WHERE subject = :s"
    waiting.run(lambda uow: uow.change(refused, s=first))

    def troubles():
        parcels = waiting.run(lambda uow: picking.parcels_of(uow, 1))
        return {each.consignment_id: each.trouble for each in parcels if each.trouble}

    assert troubles() == {first: "no such district"}
    waiting.run(lambda uow: uow.change("UPDATE consignments SET stage = 'booked'"))
    assert troubles() == {}
