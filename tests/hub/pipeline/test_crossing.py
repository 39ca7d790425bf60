"""Policies and answers of people about orders in another store's territory, through the database."""

from hub.domain.crossing_policy import CrossingPolicy, Ships
from hub.domain.policies import StorePolicy
from hub.domain.territories import Territory
from hub.pipeline.resume import answer_crossing
from hub.storage import crossing, stores, territories
from tests.hub.samples import sales


def set_up(uow, house, *, brand, exception=None):
    stores.add_store(uow, stores.Store(store_id="west", name="West", policy=StorePolicy()))
    policy = StorePolicy(crossing=exception)
    stores.add_store(uow, stores.Store(store_id="brand-store", name="Store", policy=policy))
    territories.save(uow, Territory(territory_id="t", store_id="west", country="CN"), house.now)
    assert crossing.set_brand_policy(uow, brand, "test", house.now)


def test_exception_of_the_selling_store_goes_before_the_brand(house):
    ask, seller = CrossingPolicy(ships=Ships.ASK), CrossingPolicy(ships=Ships.SELLER)
    house.run(lambda uow: set_up(uow, house, brand=ask, exception=seller))

    assert [each.crossing for each in house.run(stores.stores)] == [seller, ask]
    house.take(sales())
    assert house.stages() == {"4711": "released"}


def test_answer_is_kept_with_the_order(house):
    house.run(lambda uow: set_up(uow, house, brand=CrossingPolicy(ships=Ships.ASK)))
    house.take(sales())
    assert house.stages() == {"4711": "on_hold"}
    (order_id,) = house.rows("SELECT id FROM orders")[0]

    house.run(
        lambda uow: answer_crossing(house.books, uow, [order_id], Ships.SELLER, "", "cli:anna", house.now)
    )

    assert house.stages() == {"4711": "released"}
    assert (
        house.run(lambda uow: house.books.orders.by_ids(uow, [order_id]))[order_id].order.crossing == "seller"
    )
    assert ("who_ships", "cli:anna") in house.rows("SELECT step, actor FROM decisions")


def test_only_stores_that_follow_the_brand_get_another_policy_version(house):
    house.run(
        lambda uow: set_up(uow, house, brand=CrossingPolicy(ships=Ships.ASK), exception=CrossingPolicy())
    )
    before = {each.store_id: each.policy_version for each in house.run(stores.stores)}

    house.run(lambda uow: crossing.set_brand_policy(uow, CrossingPolicy(), "test", house.now))

    after = {each.store_id: each.policy_version - before[each.store_id] for each in house.run(stores.stores)}
    assert after == {"brand-store": 0, "west": 1}
