"""What locations agreed to, what they keep back, and what they promised to send on which day."""

from datetime import date, time
from decimal import Decimal

import pytest

from hub.domain.freight import FreightTemplate, FreightZone
from hub.domain.order import Stage
from hub.domain.reach import Reach
from hub.domain.sourcing.hours import Hours
from hub.pipeline.resume import hold_orders
from hub.storage import stores
from hub.storage.safety import Safety, set_safety
from tests.hub.samples import line, location, replace, sales

ZONE = FreightZone(areas=(Reach(country="CN"),), first_grams=1000, first_price=Decimal("8.50"))
TERMS = {
    "serves": (Reach(country="CN"), Reach(country="US", postal_prefix="902")),
    "hours": Hours(
        time_zone="Asia/Shanghai", weekdays=(1, 2), cut_off=time(16), holidays=(date(2026, 5, 1),)
    ),
    "most_orders": 3,
    "most_parcels": 5,
    "freight": FreightTemplate(name="sf", currency="CNY", zones=(ZONE,)),
}


@pytest.fixture
def limited(house):
    """Three orders a day."""
    change(house, most_orders=3)
    return house


def change(house, **terms):
    at = location("wh", **terms)
    house.run(lambda uow: stores.add_location(uow, at, house.now))


def loads(house):
    return house.rows("SELECT location_id, day, orders, parcels FROM location_loads ORDER BY day")


def bought(number, quantity=1, **more):
    said = sales(line(quantity=quantity), external_id=f"n{number}", **more)
    return replace(said, buyer=replace(said.buyer, reference=f"b{number}"))


def test_terms_are_kept_as_they_were_given(house):
    change(house, **TERMS)
    (found,) = house.run(stores.locations)
    assert {name: getattr(found, name) for name in TERMS} == TERMS


def test_orders_fill_days_one_after_the_other(limited):
    limited.take(*(bought(number) for number in range(4)))
    limited.take(bought(4))

    assert set(limited.stages().values()) == {"released"}
    assert loads(limited) == [("wh", "2026-03-02", 3, 3), ("wh", "2026-03-03", 2, 2)]


def test_what_is_taken_back_frees_its_day(limited):
    limited.take(bought(1), bought(2))
    ids = [each for (each,) in limited.rows("SELECT id FROM orders ORDER BY id LIMIT 1")]

    limited.run(lambda uow: hold_orders(limited.books, uow, ids, "wait", "me", limited.now))

    assert loads(limited) == [("wh", "2026-03-02", 1, 1)]


def test_orders_without_limits_leave_no_trace(house):
    house.take(bought(1))
    assert loads(house) == []


def keep(house, units, sku=""):
    house.run(lambda uow: set_safety(uow, Safety(location_id="wh", sku=sku, units=units), house.now))


def test_units_that_are_kept_back_are_not_promised(house):
    keep(house, 2)
    keep(house, 9, "RED")

    house.take(bought(1, quantity=1), bought(2, quantity=1))
    house.take(sales(line(sku="BLUE", quantity=8), external_id="blue"))

    assert house.stages() == {"blue": "released", "n1": "released", "n2": "backordered"}
    keep(house, 8, "RED")
    assert house.woken[-2:] == ["tell_stock", "resume"]


def test_stores_are_told_only_what_may_be_promised(house):
    listing = "INSERT INTO listings (connection_id, listing_id, sku) VALUES ('store', 'l', 'RED')"
    house.run(lambda uow: uow.change(listing))

    def told():
        return [each.available for each in house.run(lambda uow: stores.levels_to_tell(uow, ["RED"]))]

    assert told() == [10]
    keep(house, 4)
    assert told() == [6]
    keep(house, 99, "RED")
    assert told() == [0]
    keep(house, 0, "RED")
    assert told() == [10]


def test_batch_of_many_costs_as_many_statements_as_a_small_one(limited, count_statements):
    limited.receive(*(bought(number) for number in range(2)))
    count_statements()
    limited.work()
    few = count_statements()
    limited.receive(*(bought(number) for number in range(10, 40)))
    count_statements()
    limited.work()
    assert count_statements() <= few
    assert Stage.BACKORDERED in limited.stages().values()
