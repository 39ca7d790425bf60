"""Carriers take parcels along, manifests list them: each once, none that was cancelled or not verified."""

import pytest

from hub.domain.departments import Department, Offer
from hub.pipeline.delivered import Delivered, record
from hub.pipeline.hand_over import hand_over
from hub.pipeline.resume import hold_orders, merge_orders
from hub.storage import hand_over as dock
from hub.storage import products, shipping
from hub.storage.outbox import Verdict
from hub.storage.products import Product
from mappings.canonical import Booking
from tests.hub.samples import line, sales


def book(house):
    """Every parcel that waits for its carrier is booked."""

    def work(uow):
        claimed = house.books.outbox.claim(uow, "carrier", 50, house.now, house.database.lease_now(uow))
        promised = [
            Delivered(
                verdict=Verdict(message=each, state="done", outcome="done"),
                booking=Booking(reference=each.subject, carrier="swift", tracking_number=f"T-{each.subject}"),
            )
            for each in claimed
        ]
        record(house.books, uow, promised, house.now)

    house.run(work)


def take_three(house):
    house.take(*(sales(line(quantity=n), external_id=str(n), order_number=f"N-{n}") for n in (1, 2, 3)))
    book(house)


@pytest.fixture
def booked(house):
    """Three parcels wait for their carrier."""
    take_three(house)
    return house


@pytest.fixture
def verifying(house):
    """The same, of a department that hands over only what was looked into."""
    desk = Department(department_id="east", name="East", offers=(Offer(carrier="carrier"),), verify=True)
    house.run(lambda uow: shipping.save(uow, [desk], "li", house.now))
    take_three(house)
    return house


def over(house, most=10, connection="carrier", location="wh", **more):
    return house.run(
        lambda uow: hand_over(house.books, uow, location, connection, most, "li", house.now, **more)
    )


def listed(house, number=1):
    return house.run(lambda uow: dock.of_manifest(uow, number))


def verify(house, *parcels):
    for each in house.run(lambda uow: dock.parcels(uow, parcels)):
        house.run(lambda uow, p=each: dock.mark_verified(uow, p.consignment_id, p.units, "li", house.now))


def ids(house):
    return [row[0] for row in house.rows("SELECT id FROM consignments ORDER BY id")]


def test_parcels_leave_the_books_and_stores_are_told(booked):
    done = over(booked)

    assert (done.number, len(done.parcels)) == (1, 3)
    assert booked.stock("RED") == (4, 0)
    assert set(booked.stages().values()) == {"dispatched"}
    assert booked.value("SELECT COUNT(*) FROM outbox WHERE verb = 'push_fulfilment'") == 3
    assert booked.rows("SELECT DISTINCT actor FROM decisions WHERE step = 'hand_over'") == [("li",)]


def test_nothing_is_handed_over_twice(booked):
    over(booked)

    assert over(booked).number is None
    assert booked.value("SELECT COUNT(*) FROM manifests") == 1


def test_only_so_many_go_and_the_others_with_the_next_manifest(booked):
    assert (len(over(booked, most=2).parcels), len(over(booked, most=2).parcels)) == (2, 1)
    items = booked.run(lambda uow: dock.manifests(uow, 5))
    assert [(each.number, each.parcels, each.connection) for each in items] == [
        (2, 1, "carrier"),
        (1, 2, "carrier"),
    ]


def test_other_carriers_and_locations_take_nothing(booked):
    assert over(booked, connection="store").number is None
    assert over(booked, location="elsewhere").number is None


def test_stopped_order_is_not_on_the_manifest(booked):
    stopped = booked.value("SELECT id FROM orders WHERE number = 'N-2'")
    booked.run(lambda uow: hold_orders(booked.books, uow, [stopped], "stop", "li", booked.now))

    over(booked)

    assert [each.order_number for each in listed(booked)] == ["N-1", "N-3"]


def test_manifest_knows_units_and_weights_as_far_as_they_are_known(booked):
    over(booked)
    assert [(each.pieces, each.grams) for each in listed(booked)] == [(1, None), (2, None), (3, None)]

    booked.run(lambda uow: products.save(uow, [Product(sku="RED", weight_grams=100)]))
    assert [each.grams for each in listed(booked)] == [100, 200, 300]


def test_department_that_verifies_hands_over_only_what_was_looked_into(verifying):
    first, *others = ids(verifying)
    verify(verifying, first)

    done = over(verifying)

    assert (list(done.parcels), list(done.unverified)) == ([first], others)


def test_whoever_wants_only_verified_parcels_gets_no_others(booked):
    assert over(booked, only_verified=True).number is None
    verify(booked, *ids(booked))
    assert len(over(booked, only_verified=True).parcels) == 3


def test_parcel_that_was_changed_afterwards_counts_as_not_verified(verifying):
    first, *_ = ids(verifying)
    verify(verifying, first)
    verifying.run(
        lambda uow: uow.change("UPDATE reservations SET quantity = 9 WHERE consignment_id = :c", c=first)
    )

    assert over(verifying).number is None


@pytest.fixture
def shared(house):
    """Two orders of one buyer travel in one parcel, which is booked."""
    house.take(*(sales(line(quantity=n), external_id=str(n), order_number=f"N-{n}") for n in (1, 2)))
    orders = [row[0] for row in house.rows("SELECT id FROM orders ORDER BY number")]
    house.run(lambda uow: merge_orders(house.books, uow, orders, "li", house.now))
    book(house)
    return house


def test_what_shares_a_parcel_is_handed_over_together_and_counts_once(shared):
    done = over(shared, most=1)

    assert list(done.parcels) == ids(shared)[:1]
    assert [each.order_number for each in listed(shared)] == ["N-1", "N-2"]
    (item,) = shared.run(lambda uow: dock.manifests(uow, 5))
    assert (item.parcels, set(shared.stages().values())) == (1, {"dispatched"})


def test_shared_parcel_stays_while_a_part_of_it_was_not_looked_into(shared):
    verify(shared, ids(shared)[0])

    assert over(shared, only_verified=True).number is None
