"""A replay of stored orders: both sides judge the same orders, nothing is written, memory does not grow."""

import gc
import tracemalloc
from datetime import timedelta

import msgspec
import pytest

from hub.clock import micros
from hub.domain.audit_facts import PriceFloor
from hub.domain.audit_parameters import PriceUnderFloor
from hub.domain.order import Stage
from hub.domain.policies import StorePolicy
from hub.domain.snapshot import Location
from hub.pipeline import whatif
from hub.pipeline.whatif import PAGE, Rules, compare_page, counted, endless, open_side, present_rules
from hub.storage import rule_facts, stores
from hub.storage.stock import Count
from mappings.canonical import Buyer
from tests.hub.samples import NOW, address, line, sales

MOST_STATEMENTS = 10
GROWTH = 1.2


def several(number, start=0):
    """The later they are received, the earlier they were placed."""
    return [
        sales(
            line(),
            external_id=str(each),
            placed_at=NOW - timedelta(days=1, minutes=each),
            buyer=Buyer(reference=str(each)),
        )
        for each in range(start, start + number)
    ]


def opened(house, change=lambda rules: rules, stock=endless):
    def make(uow):
        present = present_rules(uow)
        return tuple(
            open_side(house.books, uow, each, stock, house.now) for each in (present, change(present))
        )

    return house.run(make)


def pages(house, sides):
    after = (0, "")
    while after is not None:
        page, after = house.run(lambda uow: compare_page(house.books, uow, sides, after))  # noqa: B023
        yield page


def compared(house, *given, **more):
    return [each for page in pages(house, opened(house, *given, **more)) for each in page]


def dump(house):
    tables = ("orders", "decisions", "stock", "outbox", "reservations", "stock_changes")
    return [house.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables]


def close(name):
    def change(rules):
        kept = [msgspec.structs.replace(e, is_active=e.location_id != name) for e in rules.locations]
        return Rules(policies=rules.policies, locations=kept)

    return change


@pytest.fixture
def two_places(house):
    other = Location(location_id="away", name="Away", address=address(province="北京", city="北京市"))
    house.run(lambda uow: stores.add_location(uow, other, house.now))
    return house


def test_closed_location_sends_its_orders_elsewhere_and_nothing_is_written(two_places):
    two_places.take(*several(3))
    before = dump(two_places)

    found = compared(two_places, close("wh"))

    assert [(each.now.sources, each.then.sources) for each in found] == [((("wh", 1),), (("away", 1),))] * 3
    assert dump(two_places) == before


def test_orders_come_as_they_were_placed_on_all_pages(house, monkeypatch):
    monkeypatch.setattr(whatif, "PAGE", 2)
    house.take(*several(5))

    found = [each.order.sales.external_id for each in compared(house)]

    assert found == ["4", "3", "2", "1", "0"]


def test_each_side_uses_up_its_own_stock(house):
    house.take(*several(3))
    stock = counted([Count(sku="RED", location_id="wh", on_hand=2)])

    found = compared(house, stock=stock)

    assert [each.now.stage for each in found] == [Stage.RELEASED, Stage.RELEASED, Stage.BACKORDERED]
    assert [each.then for each in found] == [each.now for each in found]


def test_rule_that_is_off_today_finds_its_facts(house):
    house.take(*several(1))
    floor = PriceFloor(sku="RED", currency="CNY", amount=99)
    house.run(lambda uow: rule_facts.set_floor(uow, floor, "li", house.now))
    policies = {"brand-store": StorePolicy(rules=(PriceUnderFloor(),))}

    (found,) = compared(house, lambda rules: Rules(policies=policies, locations=rules.locations))

    assert (found.now.held_by, found.then.held_by) == ((), ("price_floor",))


def test_same_rules_make_no_difference(house):
    house.take(*several(4), sales(external_id="x", buyer=Buyer()))

    assert all(each.now == each.then for each in compared(house))


def test_page_costs_the_same_statements_whatever_is_on_it(house, count_statements):
    house.take(*several(40))
    sides = opened(house)

    def cost(after):
        count_statements()
        house.run(lambda uow: compare_page(house.books, uow, sides, after))
        return count_statements()

    few = cost((micros(NOW - timedelta(days=1, minutes=2)), ""))
    assert cost((0, "")) == few <= MOST_STATEMENTS


def test_memory_does_not_grow_with_the_number_of_orders(house, monkeypatch):
    if house.database.is_postgres:
        pytest.skip("the same Python on either database")
    monkeypatch.setattr(whatif, "PAGE", 50)
    assert PAGE >= 50
    for start in range(0, 600, 200):
        house.take(*several(200, start))
    sides, peaks = opened(house), []
    tracemalloc.start()
    for _ in pages(house, sides):
        gc.collect()
        peaks.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()

    assert len(peaks) >= 12
    assert peaks[-2] < peaks[2] * GROWTH
