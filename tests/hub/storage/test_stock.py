"""Rows of stock: promised, given back, gone; counted; never oversold."""

import pytest
from sqlalchemy.exc import IntegrityError

from hub.domain.effects import Consume, Reserve, Unreserve
from hub.storage.stock import Count, Shortfall


def apply(house, *effects):
    house.run(lambda uow: house.books.stock.apply(uow, effects, house.now))


def count(house, *counts):
    given = [Count(sku=sku, location_id="wh", on_hand=units) for sku, units in counts]
    return house.run(lambda uow: house.books.stock.count(uow, given, house.now, actor="test"))


def news(house, kind):
    return [sku for sku, _ in house.run(lambda uow: house.books.stock.news(uow, kind, 10))]


def told(house):
    """Forget what there is to tell."""
    for kind in ("to_tell", "arrived"):
        house.run(
            lambda uow, kind=kind: house.books.stock.forget_news(
                uow, kind, house.books.stock.news(uow, kind, 10)
            )
        )


def reserve(units, sku="RED"):
    return Reserve(location_id="wh", sku=sku, quantity=units)


def unreserve(units, sku="RED"):
    return Unreserve(location_id="wh", sku=sku, quantity=units)


def consume(units, sku="RED"):
    return Consume(location_id="wh", sku=sku, quantity=units, consignment_id="c")


@pytest.mark.parametrize(
    "effects, left",
    [
        ([reserve(3)], (10, 3)),
        ([reserve(3), unreserve(1)], (10, 2)),
        ([reserve(3), consume(3)], (7, 0)),
        ([unreserve(2), reserve(2), reserve(10)], (10, 10)),
    ],
)
def test_effects_of_a_batch_add_up(house, effects, left):
    apply(house, *effects)

    assert house.stock("RED") == left
    assert house.stock("BLUE") == (10, 0)


@pytest.mark.parametrize("effects", [[reserve(11)], [unreserve(1)], [reserve(1), consume(2)], [consume(1)]])
def test_promise_that_is_not_there_rolls_the_whole_batch_back(house, effects):
    with pytest.raises(IntegrityError):
        house.run(
            lambda uow: (
                uow.change("UPDATE stores SET name = 'changed'"),
                house.books.stock.apply(uow, [reserve(1, "BLUE"), *effects], house.now),
            )
        )

    assert (house.stock("RED"), house.stock("BLUE")) == ((10, 0), (10, 0))
    assert house.value("SELECT name FROM stores") == "Store"


def test_departures_are_movements_and_promises_are_not(house):
    apply(house, reserve(3), consume(2), unreserve(1))

    assert house.rows("SELECT delta, kind, reference FROM stock_movements WHERE kind <> 'counted'") == [
        (-2, "shipped", "c")
    ]


def test_movements_add_up_to_what_is_on_hand(house):
    apply(house, reserve(3), consume(3))
    count(house, ("RED", 5), ("GREEN", 2))

    assert house.rows("SELECT sku, sum(delta) FROM stock_movements GROUP BY sku ORDER BY sku") == (
        house.rows("SELECT sku, on_hand FROM stock ORDER BY sku")
    )


class TestCount:
    def test_sets_what_is_there_and_adds_what_is_new(self, house):
        assert count(house, ("RED", 4), ("GREEN", 7)) == []
        assert (house.stock("RED"), house.stock("GREEN")) == ((4, 0), (7, 0))

    def test_below_what_is_promised_is_refused_and_told(self, house):
        apply(house, reserve(5))

        refused = count(house, ("RED", 4), ("BLUE", 4))

        assert refused == [Shortfall(sku="RED", location_id="wh", counted=4, reserved=5)]
        assert (house.stock("RED"), house.stock("BLUE")) == ((10, 5), (4, 0))

    def test_same_count_again_leaves_no_trace(self, house):
        told(house)

        count(house, ("RED", 10))

        assert news(house, "to_tell") == []
        assert house.value("SELECT count(*) FROM stock_movements WHERE sku = 'RED'") == 1

    @pytest.mark.parametrize("sku", ["RED", "GREEN"])
    def test_last_count_of_a_place_holds(self, house, sku):
        count(house, (sku, 7), (sku, 9))

        assert house.stock(sku) == (9, 0)
        assert house.value("SELECT sum(delta) FROM stock_movements WHERE sku = :sku", sku=sku) == 9


class TestNews:
    @pytest.mark.parametrize(
        "effects, arrived",
        [([reserve(1)], []), ([reserve(2), unreserve(1)], []), ([reserve(1), consume(1)], [])],
    )
    def test_changed_availability_is_to_be_told(self, house, effects, arrived):
        told(house)

        apply(house, *effects)

        assert (news(house, "to_tell"), news(house, "arrived")) == (["RED"], arrived)

    def test_units_given_back_or_counted_wake_back_orders(self, house):
        apply(house, reserve(5))
        told(house)
        apply(house, unreserve(1))
        count(house, ("BLUE", 11))

        assert sorted(news(house, "arrived")) == ["BLUE", "RED"]
        assert "resume" in house.woken

    def test_news_that_came_again_meanwhile_is_not_forgotten(self, house):
        apply(house, reserve(1))
        seen = house.run(lambda uow: house.books.stock.news(uow, "to_tell", 10))
        house.clock.advance(house.books.track_every)
        apply(house, reserve(1))

        house.run(lambda uow: house.books.stock.forget_news(uow, "to_tell", seen))

        assert news(house, "to_tell") == ["RED"]
