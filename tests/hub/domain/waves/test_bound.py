"""Whatever the prices, the bound holds."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.domain.waves import bound
from hub.domain.waves.bound import SCALE, Prices, lower_bound
from tests.hub.domain.waves.tiny import cheapest, drawn, problem


@pytest.mark.parametrize("exact_lines", [0, 2, 8])
@given(seed=st.integers(0, 10_000))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_plan_costs_less_than_any_prices_prove(monkeypatch, exact_lines, seed):
    monkeypatch.setattr(bound, "EXACT_LINES", exact_lines)
    batch = drawn(seed, lines=5)
    random = np.random.default_rng(seed)
    prices = Prices(
        lines=random.integers(-5 * SCALE, 70 * SCALE, batch.lines),
        tolls=random.integers(-5 * SCALE, 30 * SCALE, len(batch.arcs.line)),
    )

    assert lower_bound(batch, prices) <= cheapest(batch)


def test_without_tolls_orders_pay_what_they_cost_alone():
    batch = problem()
    free = Prices(lines=np.zeros(3, int), tolls=np.zeros(len(batch.arcs.line), int))

    assert lower_bound(batch, free) == (5 + 1 + 1) + (6 + 1)


def test_toll_for_the_last_piece_is_paid_twice_and_taken_once():
    batch = problem()
    last = (batch.arcs.location == 0) & (batch.sku[batch.arcs.line] == 0)
    prices = Prices(lines=np.zeros(3, int), tolls=np.where(last, 3 * SCALE, 0))

    assert lower_bound(batch, prices) == (7 + 3) + (7 + 3) - 3 == cheapest(batch)


def test_part_of_a_minor_unit_is_rounded_up():
    batch = problem()
    prices = Prices(lines=np.zeros(3, int), tolls=np.where(batch.arcs.line == 1, 1, 0))

    assert lower_bound(batch, prices) == 14


def test_long_order_pays_what_its_prices_prove(monkeypatch):
    monkeypatch.setattr(bound, "EXACT_LINES", 1)
    batch = problem()
    prices = Prices(lines=np.array([4, 3, 0]) * SCALE, tolls=np.zeros(len(batch.arcs.line), int))

    assert lower_bound(batch, prices) == (4 + 3) + (6 + 1)


@pytest.mark.parametrize("room, most", [(0, 0), (1, 5), (2, 8), (3, 13), (4, 13), (6, 17)])
def test_pair_takes_the_dearest_lines_that_fit(room, most):
    assert bound._dearest(np.array([8, 5, 4]), np.array([2, 1, 3]), room) == most


def test_large_room_is_rounded_up(monkeypatch):
    monkeypatch.setattr(bound, "LARGEST_ROOM", 2)

    assert bound._dearest(np.array([8, 5, 4]), np.array([2, 1, 3]), 4) == 17
