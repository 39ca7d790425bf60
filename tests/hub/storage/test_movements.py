"""Nothing changes what is on hand without a movement, whatever happens in whichever order."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from hub.domain.effects import Consume, Reserve, Unreserve
from hub.domain.quotas import plan
from hub.storage import movements, quotas
from hub.storage.all_tables import metadata
from hub.storage.database import InlineDatabase
from hub.storage.stock import Count
from tests.hub.house import ManualClock, migrated_house
from tests.hub.samples import line, sales

SKUS = ("RED", "BLUE")
steps = st.lists(
    st.tuples(
        st.sampled_from(("reserve", "unreserve", "consume", "count", "escrow", "shared")),
        st.sampled_from(SKUS),
        st.integers(1, 12),
    ),
    max_size=12,
)


def test_departure_names_its_parcel_and_order(house):
    house.take(sales(line(quantity=2)))
    parcel = house.value("SELECT id FROM consignments")
    gone = Consume(location_id="wh", sku="RED", quantity=2, consignment_id=parcel)
    house.run(lambda uow: house.books.stock.apply(uow, [gone], house.now))

    newest, counted = house.run(lambda uow: movements.last(uow, "RED", 5))

    assert (newest.delta, newest.kind, newest.reference, newest.order) == (-2, "shipped", parcel, "N-4711")
    assert (counted.delta, counted.kind, counted.order, counted.actor) == (10, "counted", "", "test")


@given(steps)
@settings(max_examples=60, deadline=None)
def test_movements_add_up_after_any_sequence(steps):
    database = InlineDatabase("sqlite://", clock=(clock := ManualClock()))
    metadata.create_all(database.engine)
    house = migrated_house(database, clock)
    for kind, sku, units in steps:
        try:
            house.run(lambda uow: happen(house, uow, kind, sku, units))  # noqa: B023 - runs at once
        except IntegrityError:
            continue  # refused whole

    on_hand = house.rows("SELECT sku, location_id, on_hand FROM stock ORDER BY sku")
    moved = house.rows("SELECT sku, location_id, sum(delta) FROM stock_movements GROUP BY 1, 2 ORDER BY sku")
    held = house.rows("SELECT sku, sum(units) FROM quotas GROUP BY sku HAVING sum(units) > 0 ORDER BY sku")
    assert on_hand == moved
    assert held == house.rows("SELECT sku, escrowed FROM stock WHERE escrowed > 0 ORDER BY sku")
    database.close()


def happen(house, uow, kind, sku, units):
    stock, now = house.books.stock, house.now
    book = stock.book(uow, [sku]).of("brand-store")
    store = "brand-store" if book.is_quota(sku) else ""
    if kind == "reserve":
        stock.apply(uow, [Reserve(location_id="wh", sku=sku, quantity=units, store_id=store)], now)
    elif kind == "unreserve":
        stock.apply(uow, [Unreserve(location_id="wh", sku=sku, quantity=units, store_id=store)], now)
    elif kind == "consume":
        stock.apply(uow, [left(sku, units)], now)
    elif kind == "count":
        stock.count(uow, [Count(sku=sku, location_id="wh", on_hand=units)], now, actor="test")
    elif kind == "escrow":
        quotas.put_in_escrow(uow, [sku], "test", now)
        quotas.grant(uow, given_to_store(uow, sku, units))
    else:
        quotas.take_from_escrow(uow, [sku])


def given_to_store(uow, sku, units):
    free = quotas.free(uow, [sku])[sku]
    return plan(sku, {"wh": min(units, free["wh"])}, (), {"brand-store": 0}, {})


def left(sku, units):
    return Consume(location_id="wh", sku=sku, quantity=units, consignment_id="c")
