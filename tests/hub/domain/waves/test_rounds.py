"""Greedy rounds: exact for one order, feasible for all, the same twice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.waves import Problem, cost
from hub.domain.waves.rounds import EXACT_LINES, allocate
from tests.hub.domain.waves.tiny import cheapest, drawn, problem


def alone(problem: Problem) -> Problem:
    """All lines in one order, and each with a SKU of its own."""
    lines = np.arange(problem.lines)
    return Problem(
        order=lines * 0,
        sku=lines,
        quantity=problem.quantity,
        penalty=problem.penalty,
        fee=problem.fee[:1],
        picking=problem.picking,
        stock=problem.stock[problem.sku],
    )


@pytest.mark.parametrize("seed", range(40))
def test_order_alone_is_divided_at_the_lowest_cost(seed):
    batch = alone(drawn(seed, lines=1 + seed % 6))

    assert cost(batch, allocate(batch)) == cheapest(batch)


def test_order_that_comes_later_takes_what_is_left():
    assert allocate(problem()).tolist() == [0, 0, 1]


def test_line_is_left_if_sending_it_costs_more():
    assert allocate(problem(penalty=[50, 50, 9])).tolist() == [0, 0, -1]


@given(seed=st.integers(0, 10_000), lines=st.integers(0, 40), skus=st.integers(1, 6))
@settings(deadline=None)
def test_plan_fits_the_stock_and_is_the_same_twice(seed, lines, skus):
    batch = drawn(seed, orders=8, lines=lines, locations=5, skus=skus)

    plan = allocate(batch)

    assert cost(batch, plan) <= batch.penalty.sum()
    assert plan.tolist() == allocate(batch).tolist()


def test_without_stock_every_line_is_left():
    batch = problem(stock=[[0, 0], [0, 0]])

    assert allocate(batch).tolist() == [-1, -1, -1]


def test_two_lines_of_one_sku_that_no_location_can_send_together():
    batch = problem(order=[0, 0, 1], sku=[0, 0, 1], stock=[[1, 1], [1, 0]])

    assert sorted(allocate(batch).tolist()) == [0, 0, 1]


def test_order_with_more_lines_than_are_divided_exactly():
    lines = EXACT_LINES + 3
    batch = problem(
        order=[0] * lines,
        sku=[0] * lines,
        quantity=[1] * lines,
        penalty=[50] * lines,
        fee=[[5, 9]],
        stock=[[4, 3]],
    )

    plan = allocate(batch).tolist()

    assert (plan.count(0), plan.count(1), plan.count(-1)) == (4, 3, 2)
