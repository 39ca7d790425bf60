"""The walk along the route: `advance`, `ROUTE`, `MOVES`."""

import pytest

from hub.domain.effects import Reserve, Send, Verb
from hub.domain.order import FINAL, MOVES, Parcel, Stage
from hub.domain.outcome import Outcome
from hub.domain.route import ROUTE, advance
from tests.hub.samples import line, order, replace, snapshot


def reachable_from(start: Stage) -> set[Stage]:
    found, todo = {start}, [start]
    while todo:
        for stage in MOVES[todo.pop()] - found:
            found.add(stage)
            todo.append(stage)
    return found


def test_every_stage_can_be_reached_from_received():
    assert reachable_from(Stage.RECEIVED) == set(Stage)


def test_every_stage_that_is_not_final_can_be_left_towards_a_final_one():
    dead_ends = {stage for stage in set(Stage) - FINAL if not reachable_from(stage) & FINAL}

    assert set(MOVES) == set(Stage)
    assert dead_ends == set()
    assert all(not MOVES[stage] for stage in FINAL)


def test_stages_with_a_step_are_waited_in_only_where_the_step_says_so():
    waiting = {Stage.ON_HOLD, Stage.BACKORDERED, Stage.RELEASED, Stage.DISPATCHED}

    assert set(ROUTE) | waiting | FINAL == set(Stage)
    assert not set(ROUTE) & (waiting | FINAL)
    assert [stage for stage in ROUTE if stage in MOVES[stage]] == [Stage.APPROVED]


def test_good_order_is_released_with_units_promised_and_a_booking_on_its_way():
    after, outcomes = advance(order(line(quantity=2)), snapshot())

    assert after.stage is Stage.RELEASED
    assert [outcome.step for outcome in outcomes] == ["audit", "allocate", "release"]
    assert [each.stage for each in after.consignments] == [Parcel.RELEASED]
    effects = [effect for outcome in outcomes for effect in outcome.effects]
    assert effects == [
        Reserve(location_id="wh", sku="RED", quantity=2),
        Send(
            verb=Verb.BOOK,
            connection_id="carrier",
            gate_connection_id="store",
            order_id="o1",
            consignment_id="o1-1",
        ),
    ]


def test_order_without_stock_waits_as_a_back_order_and_promises_nothing():
    after, outcomes = advance(order(line(quantity=11)), snapshot())

    assert after.stage is Stage.BACKORDERED
    assert after.consignments == ()
    assert [effect for outcome in outcomes for effect in outcome.effects] == []


def test_waiting_and_final_orders_stay_where_they_are():
    for stage in set(Stage) - set(ROUTE):
        after, outcomes = advance(order(stage=stage), snapshot())
        assert (after.stage, outcomes) == (stage, ())


def test_step_that_leaves_the_allowed_moves_is_an_error(monkeypatch):
    def jump(given, shown):
        return Outcome(step="jump", order=replace(given, stage=Stage.DISPATCHED))

    monkeypatch.setattr("hub.domain.route.ROUTE", {Stage.RECEIVED: jump})

    with pytest.raises(AssertionError, match="jump moved an order from received to dispatched"):
        advance(order(), snapshot())


def test_same_order_and_same_snapshot_give_the_same_outcome():
    assert advance(order(line(quantity=3)), snapshot()) == advance(order(line(quantity=3)), snapshot())


def test_without_carrier_the_consignment_waits_to_be_shipped_by_hand():
    after, outcomes = advance(order(), snapshot(carriers=()))

    assert after.stage is Stage.RELEASED
    assert after.consignments[0].carrier_connection_id == ""
    assert [reason.code for reason in outcomes[-1].reasons] == ["ship_by_hand"]
