"""Parcels that leave and come back → the settlement between stores, in the same transaction."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from hub.domain.crossing_policy import CrossingPolicy
from hub.domain.policies import StorePolicy
from hub.domain.snapshot import Location
from hub.domain.territories import Territory
from hub.pipeline.resume import ship_by_hand
from hub.storage import crossing, settlement, stores, territories
from hub.storage.stock import Count
from mappings.canonical import Buyer, TrackingEvent, TrackingReport, TrackingStatus
from tests.hub.samples import address, line, sales

AGREED = CrossingPolicy(territory_percent=10, shipper_percent=50)


def set_up(uow, house):
    stores.add_store(uow, stores.Store(store_id="west", name="West", policy=StorePolicy()))
    stores.add_location(
        uow, Location(location_id="room", name="Room", address=address(), store_id="west"), house.now
    )
    house.books.stock.count(uow, [Count(sku="RED", location_id="room", on_hand=500)], house.now, actor="test")
    territories.save(uow, Territory(territory_id="t", store_id="west", country="CN"), house.now)
    crossing.set_brand_policy(uow, AGREED, "test", house.now)


@pytest.fixture
def agreed(house):
    """Store west owns the territory and has a room; shares are agreed."""
    house.run(lambda uow: set_up(uow, house))
    return house


def leave(house, order_id, number):
    house.run(
        lambda uow: ship_by_hand(house.books, uow, order_id, "swift", number, (), "cli:anna", house.now)
    )


def gone(house, *said):
    """Orders whose parcels left; returns their ids."""
    house.take(*said)
    ids = [order_id for (order_id,) in house.rows("SELECT id FROM orders ORDER BY id")]
    for order_id in ids:
        leave(house, order_id, f"T-{order_id}")
    return ids


def several(name, number):
    """Orders of as many buyers."""
    names = [f"{name}{n}" for n in range(number)]
    return [sales(external_id=each, buyer=Buyer(reference=each)) for each in names]


def accounts(house):
    return dict(
        house.rows("SELECT store_id, CAST(SUM(minor) AS integer) FROM settlement_entries GROUP BY store_id")
    )


def returned(house, number):
    event = TrackingEvent(status=TrackingStatus.RETURNED, occurred_at=house.now, description="back")
    house.report(TrackingReport(carrier="swift", tracking_number=number, events=(event,)))
    house.work()


def test_handing_over_posts_and_the_carriers_return_closes(agreed):
    (order_id,) = gone(agreed, sales(line(quantity=3)))
    assert accounts(agreed) == {"brand-store": -1800, "west": 1800}

    returned(agreed, f"T-{order_id}")

    assert accounts(agreed) == {"brand-store": 0, "west": 0}
    assert {kind for (kind,) in agreed.rows("SELECT kind FROM settlement_entries")} == {"shipped", "returned"}


def test_what_left_before_shares_were_agreed_stays_as_it_was(agreed):
    agreed.run(lambda uow: crossing.set_brand_policy(uow, CrossingPolicy(), "test", agreed.now))
    (order_id,) = gone(agreed, sales(line(quantity=3)))
    agreed.run(lambda uow: crossing.set_brand_policy(uow, AGREED, "test", agreed.now))

    returned(agreed, f"T-{order_id}")

    assert accounts(agreed) == {}


def test_refunded_units_lower_what_is_owed_once_however_often_they_are_told(agreed):
    gone(agreed, sales(line(quantity=3)))

    for minutes in (1, 2):
        refunded = sales(
            line(quantity=3, quantity_cancelled=1), updated_at=agreed.now + timedelta(minutes=minutes)
        )
        agreed.take(refunded)

    assert accounts(agreed) == {"brand-store": -1200, "west": 1200}


def test_the_same_posting_set_cannot_be_stored_twice(agreed):
    (order_id,) = gone(agreed, sales())
    entries = agreed.run(lambda uow: settlement.of_orders(uow, [order_id]))[order_id]

    with pytest.raises(IntegrityError):
        agreed.run(lambda uow: settlement.append(uow, entries, agreed.now))


def test_statement_has_what_was_owed_before_in_and_after_the_month(agreed):
    start = agreed.now
    (order_id,) = gone(agreed, sales(line(quantity=2, unit_price=Decimal("0.99"))))
    agreed.clock.advance(timedelta(days=30))
    middle = agreed.now
    returned(agreed, f"T-{order_id}")

    def balances(start, end):
        found = agreed.run(lambda uow: settlement.balances(uow, "west", start, end))
        return [(each.other_id, each.opening, each.claims, each.debts, each.closing) for each in found]

    assert balances(start, middle) == [("brand-store", 0, 119, 0, 119)]
    assert balances(middle, agreed.now + timedelta(days=1)) == [("brand-store", 119, 0, -119, 0)]
    assert balances(start - timedelta(days=9), start) == []


def test_pages_of_a_statement_have_every_entry_once(agreed):
    gone(agreed, *several("a", 3))
    end = agreed.now + timedelta(days=1)
    seen, last = [], None
    while page := agreed.run(
        lambda uow: settlement.of_store(uow, "west", agreed.now - timedelta(days=1), end, last, 4)  # noqa: B023
    ):
        seen += page
        last = page[-1]

    assert (
        len(seen)
        == len(set(seen))
        == agreed.value("SELECT COUNT(*) FROM settlement_entries WHERE store_id = 'west'")
    )


def test_statements_do_not_grow_with_the_number_of_parcels(agreed, count_statements):
    def cost(name, number):
        agreed.take(*several(name, number))
        for (reference,) in agreed.rows("SELECT id FROM consignments WHERE stage = 'released'"):
            event = TrackingEvent(
                status=TrackingStatus.IN_TRANSIT, occurred_at=agreed.now, description="moves"
            )
            agreed.report(
                TrackingReport(
                    carrier="swift", tracking_number=f"T{reference}", reference=reference, events=(event,)
                )
            )
        count_statements()
        agreed.work()
        return count_statements()

    cost("warm", 1)
    few, many = cost("a", 2), cost("b", 40)

    assert few == many
    assert accounts(agreed) == {"brand-store": -600 * 43, "west": 600 * 43}
