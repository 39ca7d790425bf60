"""A wave: one joint plan for many orders, as good as is worth the effort, with a proof of how good it is.

1. The linear program, tightened by cuts, gives prices, and these a lower bound (`bound.py`).
2. Orders that the program serves whole are fixed; greedy rounds fill in the others.
3. A search replaces that by the best plan of the others, on the stock that the fixed ones leave.
4. Up to `Effort.exact_orders`, a second search goes over all orders, until no plan can be cheaper.
"""

import math
from dataclasses import dataclass

import numpy as np

from hub.domain.waves import knapsacks, rounds, solver, triangles
from hub.domain.waves.bound import LARGEST, SCALE, Prices, lower_bound
from hub.domain.waves.certificate import Certificate
from hub.domain.waves.problem import UNSERVED, Marks, Problem, Whole, cost
from hub.domain.waves.program import program
from hub.domain.waves.solver import Relaxation, Search


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How far a wave goes. Limits are counted, never timed, so that the same wave gives the same plan.

    `tolerance`: the search of a part ends this near to its bound, as a share of the cost of the whole.
    `cut_rounds` and `least_gain`: cuts are added so often at the most, and while the bound rises by this
    share (a tenth of it where every plan is searched: there a cut saves more than it costs).
    """

    exact_orders: int = 1000
    exact_nodes: int = 10_000
    nodes: int = 5
    tolerance: float = 0.003
    cut_rounds: int = 20
    least_gain: float = 0.0001


USUAL = Effort()


def solve(problem: Problem, effort: Effort = USUAL) -> Certificate:
    """The plan and its proof. Raises `solver.NotSolved`."""
    relaxed = relax(problem, effort)
    prices = prices_of(relaxed)
    priced = lower_bound(problem, prices)
    divided = _divided(relaxed)
    plan = _followed(relaxed, divided)
    if divided.any():
        mine = divided[problem.order]
        rest = relax(problem.rest(plan, divided), effort)
        limits = Search(nodes=effort.nodes, tolerance=effort.tolerance * priced)
        plan[mine], _ = _search(rest, plan[mine], limits)
    searched = None
    if problem.orders <= effort.exact_orders and cost(problem, plan) > priced:
        limits = Search(nodes=effort.exact_nodes, tolerance=0.99, is_for_proof=True)
        plan, searched = _search(relaxed, plan, limits)
    plan = min(plan, rounds.allocate(problem), key=lambda each: cost(problem, each))
    return _certified(problem, plan, prices, priced, searched)


def relax(problem: Problem, effort: Effort = USUAL) -> Relaxation:
    """The linear program, with cuts until they gain little more."""
    relaxed = Relaxation(program(problem))
    reached = relaxed.solve()
    least = effort.least_gain / (10 if problem.orders <= effort.exact_orders else 1)
    for _ in range(effort.cut_rounds):
        values, divided = relaxed.values, relaxed.divided
        found = [
            *knapsacks.violated(problem, values[: len(divided)]),
            *triangles.violated(relaxed.program, values, divided),
        ]
        if not found:
            break
        relaxed.add(found)
        before, reached = reached, relaxed.solve()
        if reached - before < least * reached:
            break
    return relaxed


def prices_of(relaxed: Relaxation) -> Prices:
    """The duals: lines are paid what serving one more costs, tolls are what a pair's rows cost an arc."""
    problem, duals = relaxed.program.problem, relaxed.duals
    arcs, pairs = problem.arcs, relaxed.program.pairs
    first_cut = relaxed.program.rows.number
    rents = np.zeros(len(arcs.capacity))
    rents[pairs] = -duals[first_cut - len(pairs) : first_cut]
    tolls = rents[arcs.pair] * problem.quantity[arcs.line]
    for cut, dual in zip(relaxed.cuts, duals[first_cut:].tolist(), strict=True):
        if cut.of_pair:
            tolls[cut.columns] -= dual * cut.coefficients
    return Prices(
        lines=np.rint(duals[: problem.lines] * SCALE).clip(-LARGEST, LARGEST).astype(np.int64),
        tolls=np.rint(tolls * SCALE).clip(0, LARGEST).astype(np.int64),
    )


def _divided(relaxed: Relaxation) -> Marks:
    """Orders that the program does not serve whole."""
    problem = relaxed.program.problem
    marks = np.zeros(problem.orders, bool)
    marks[problem.order[problem.arcs.line[relaxed.divided]]] = True
    return marks


def _followed(relaxed: Relaxation, divided: Marks) -> Whole:
    """The program's plan of the orders that it serves whole, and rounds for the others."""
    problem = relaxed.program.problem
    plan, mine = relaxed.program.plan(relaxed.values), divided[problem.order]
    plan[mine] = UNSERVED
    plan[mine] = rounds.allocate(problem.rest(plan, divided))
    return plan


def _search(relaxed: Relaxation, plan: Whole, limits: Search) -> tuple[Whole, int | None]:
    """The best plan that a search from this one finds, and the bound that it proves. A solver that gives back
    a dearer plan than it says has lost its way: neither its plan nor its bound is taken then."""
    whole = relaxed.program
    found = solver.search(whole, relaxed.cuts, whole.values(plan), limits)
    better = whole.plan(found.values)
    if cost(whole.problem, better) > found.cost + 0.5 or math.isinf(found.bound):
        return plan, None
    return better, math.ceil(found.bound - 1e-3)


def _certified(
    problem: Problem, plan: Whole, prices: Prices, priced: int, searched: int | None
) -> Certificate:
    tolled = np.flatnonzero(prices.tolls)
    return Certificate(
        problem=problem.digest,
        plan=tuple(plan.tolist()),
        cost=cost(problem, plan),
        line_prices=tuple(prices.lines.tolist()),
        toll_arcs=tuple(tolled.tolist()),
        tolls=tuple(prices.tolls[tolled].tolist()),
        priced_bound=priced,
        searched_bound=searched,
        solver=solver.version(),
    )
