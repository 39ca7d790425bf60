"""What other systems ship, to compare with: plain greedy, nearest location first, priority list.

Each takes the orders as they come, one by one, and looks at no other order.
"""

from collections.abc import Iterator

import numpy as np

from hub.domain.waves.problem import NEVER, UNSERVED, Problem, Whole


def plain_greedy(problem: Problem) -> Whole:
    """The cheapest location that can send the whole order; if there is none, again and again the one that can
    send most of its lines, the cheaper among equals."""
    plan, left = _nothing(problem), problem.stock.copy()
    for fees, lines in _each(problem):
        while len(lines):
            can = (left[problem.sku[lines]] >= problem.quantity[lines, None]) & (fees < NEVER)
            covered = can.sum(axis=0)
            if not (most := covered.max()):
                break
            best = np.flatnonzero(covered == most)
            location = best[(fees[best] + most * problem.picking[best]).argmin()]
            lines = _send(problem, plan, left, lines, int(location))
    return plan


def nearest_location_first(problem: Problem) -> Whole:
    """Location by location from the lowest fee on, each sends what it has of what is left of the order."""
    plan, left = _nothing(problem), problem.stock.copy()
    for fees, lines in _each(problem):
        _down_the_list(problem, plan, left, lines, np.argsort(fees, kind="stable"), fees)
    return plan


def priority_list(problem: Problem) -> Whole:
    """The same along one list for all orders: the locations as they are numbered."""
    plan, left = _nothing(problem), problem.stock.copy()
    ranked = np.arange(problem.locations)
    for fees, lines in _each(problem):
        _down_the_list(problem, plan, left, lines, ranked, fees)
    return plan


def _nothing(problem: Problem) -> Whole:
    return np.full(problem.lines, UNSERVED, np.int64)


def _each(problem: Problem) -> Iterator[tuple[Whole, Whole]]:
    """Fees and lines of each order."""
    for order in range(problem.orders):
        yield problem.fee[order], np.arange(problem.starts[order], problem.starts[order + 1])


def _down_the_list(
    problem: Problem, plan: Whole, left: Whole, lines: Whole, ranked: Whole, fees: Whole
) -> None:
    for location in ranked[fees[ranked] < NEVER].tolist():
        if not len(lines):
            return
        if (left[problem.sku[lines], location] >= problem.quantity[lines]).any():
            lines = _send(problem, plan, left, lines, location)


def _send(problem: Problem, plan: Whole, left: Whole, lines: Whole, location: int) -> Whole:
    """Send what the location has; the lines that are left."""
    for line in lines.tolist():
        if left[problem.sku[line], location] >= problem.quantity[line]:
            left[problem.sku[line], location] -= problem.quantity[line]
            plan[line] = location
    unserved: Whole = lines[plan[lines] == UNSERVED]
    return unserved
