"""What locations agreed to, what they keep back, and what they promised to send on which day."""

from datetime import date, time
from decimal import Decimal

import pytest

from hub.domain.freight import FreightTemplate, FreightZone
from hub.domain.order import Stage
from hub.domain.policies import RankBy, StorePolicy
from hub.domain.reach import Reach
from hub.domain.sourcing.distance import division_key
from hub.domain.sourcing.hours import Hours
from hub.domain.territories import Wgs84
from hub.pipeline.resume import hold_orders
from hub.storage import levels, points, stores
from hub.storage.loads import count
from hub.storage.safety import Safety, set_safety
from hub.storage.stock import Count
from tests.hub.samples import address, consignment, line, location, order, replace, sales, shipped

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


def test_parcel_that_is_another_orders_takes_no_room_of_its_own(limited):
    day = date(2026, 3, 2)
    own = consignment(1, dispatch_on=day)
    passenger = consignment(2, dispatch_on=day, shared_as="o9-1")
    changes = [
        (None, shipped(order(), Stage.RELEASED, own)),
        (None, shipped(order(), Stage.RELEASED, passenger)),
    ]

    limited.run(lambda uow: count(uow, changes))

    assert loads(limited) == [("wh", "2026-03-02", 2, 1)]


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
        return [each.available for each in house.run(lambda uow: levels.levels_to_tell(uow, ["RED"]))]

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


def test_nearer_place_sends_it_where_the_store_ranks_by_distance(house):
    far = location("a-far", address=address(province="广东", city="广州市"))
    near = location("near", address=address(province="江苏", city="苏州市"))
    middles = {"上海市": Wgs84(121.47, 31.23), "苏州市": Wgs84(120.58, 31.30), "广州市": Wgs84(113.26, 23.13)}
    provinces = {"上海市": "上海", "苏州市": "江苏", "广州市": "广东"}

    def set_up(uow):
        for each in (far, near):
            stores.add_location(uow, each, house.now)
            count = Count(sku="GREEN", location_id=each.location_id, on_hand=1)
            house.books.stock.count(uow, [count], house.now, actor="test")
        known = {division_key("CN", provinces[city], city): point for city, point in middles.items()}
        points.save(uow, known)
        policy = StorePolicy(rank_by=(RankBy.DISTANCE,))
        stores.add_store(uow, stores.Store(store_id="brand-store", name="Store", policy=policy))

    house.run(set_up)
    house.take(sales(line(sku="GREEN"), external_id="green"))

    assert house.value("SELECT location_id FROM consignments") == "near"
