"""Waves: the best plan where all can be searched, else one whose gap is proved; the same twice."""

from dataclasses import replace

import numpy as np
import pytest

from hub.domain.waves import Problem, cost, rivals, rounds, solver
from hub.domain.waves.knapsacks import violated
from hub.domain.waves.verify import complaints
from hub.domain.waves.wave import Effort, relax, solve
from tests.bench.batches import SCARCE, TIGHT, batch
from tests.hub.domain.waves.tiny import cheapest, drawn, problem

IN_PARTS = Effort(exact_orders=0)


def scarce(seed: int) -> Problem:
    """Large enough that the linear program divides orders."""
    return drawn(seed, orders=12, lines=36, locations=6, skus=4)


@pytest.mark.parametrize("seed", range(25))
def test_small_wave_is_as_good_as_the_oracle(seed):
    asked = drawn(seed)

    certificate = solve(asked)

    assert certificate.cost == certificate.lower_bound == cheapest(asked)
    assert certificate.is_proved_cheapest
    assert complaints(asked, certificate) == []


@pytest.mark.parametrize("seed", range(15))
def test_wave_in_parts_keeps_its_bound_below_the_oracle(seed):
    asked = drawn(seed)

    certificate = solve(asked, IN_PARTS)

    assert certificate.searched_bound is None
    assert certificate.priced_bound <= cheapest(asked) <= certificate.cost
    assert complaints(asked, certificate) == []


@pytest.mark.parametrize("stock", [TIGHT, SCARCE])
def test_wave_has_a_small_gap_and_beats_all_rivals(stock):
    asked = batch(150, 5, stock)

    certificate = solve(asked, IN_PARTS)

    assert certificate.gap < 0.02
    others = (rounds.allocate, rivals.plain_greedy, rivals.nearest_location_first, rivals.priority_list)
    assert certificate.cost <= min(cost(asked, other(asked)) for other in others)


def test_same_wave_gives_the_same_certificate():
    assert solve(batch(120, 3, SCARCE), IN_PARTS) == solve(batch(120, 3, SCARCE), IN_PARTS)


def test_solver_that_gives_back_a_dearer_plan_than_it_says_is_not_believed(monkeypatch):
    search = solver.search

    def boasting(*asked):
        found = search(*asked)
        return replace(found, cost=found.cost - 5, bound=found.bound - 5)

    monkeypatch.setattr(solver, "search", boasting)
    asked = scarce(8)
    certificate = solve(asked)

    assert certificate.searched_bound is None
    assert certificate.gap > 0
    assert complaints(asked, certificate) == []


def test_without_stock_every_line_is_left():
    certificate = solve(problem(stock=[[0, 0], [0, 0]]))

    assert certificate.plan == (-1, -1, -1)
    assert certificate.is_proved_cheapest


def test_empty_wave_costs_nothing():
    nothing = np.zeros(0, np.int64)
    asked = problem(order=nothing, sku=nothing, quantity=nothing, penalty=nothing)

    certificate = solve(asked)

    assert (certificate.cost, certificate.gap) == (0, 0)


def whole_plans(asked: Problem):
    """Columns of many plans that fit the stock."""
    for seed in range(30):
        random = np.random.default_rng(seed)
        left, plan = asked.stock.copy(), np.full(asked.lines, -1)
        for line in random.permutation(asked.lines):
            places = np.flatnonzero(asked.arcs.line == line)
            for arc in random.permutation(places):
                location, sku = asked.arcs.location[arc], asked.sku[line]
                if left[sku, location] >= asked.quantity[line]:
                    left[sku, location] -= asked.quantity[line]
                    plan[line] = location
                    break
        yield plan


@pytest.mark.parametrize("seed, of_pair", [(8, True), (17, False)])
def test_cuts_raise_the_bound_and_cut_off_no_plan(seed, of_pair):
    asked = scarce(seed)
    plain, tight = relax(asked, Effort(cut_rounds=0)), relax(asked, Effort(least_gain=0))

    assert any(cut.of_pair == of_pair for cut in tight.cuts)
    assert tight.solve() > plain.solve() + 1
    for plan in whole_plans(asked):
        columns = tight.program.values(plan)
        assert columns @ tight.program.costs == cost(asked, plan)
        assert all(columns[cut.columns] @ cut.coefficients <= cut.limit for cut in tight.cuts)


def test_whole_columns_break_no_cut():
    asked = scarce(8)
    values = relax(asked).program.values(rounds.allocate(asked))

    assert violated(asked, values[: len(asked.arcs.line)]) == []
