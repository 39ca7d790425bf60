"""Greedy rounds: split all waiting orders at once, accept what fits together, repeat with the rest.

1. For every order alone, on the stock that is left, find the cheapest way to divide its lines: the cheapest
   location of each subset of its lines, then the best partition by dynamic programming over subsets (exact).
2. In the order of the batch, accept each order whose units are still there after those before it.
3. Repeat with the others until none waits. The first of a round always fits, so it ends; mostly after seven.

Orders with more lines than `EXACT_LINES` are divided greedily, one by one, after the others.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hub.domain.waves.problem import NEVER, UNSERVED, Marks, Problem, Whole
from hub.domain.waves.splits import cheapest, chunks

EXACT_LINES = 6
"""Up to here an order is divided exactly; the sum of more costs that are `NEVER` would not fit in 32 bits."""

Costs = npt.NDArray[np.int32]


def allocate(problem: Problem) -> Whole:
    """A plan that fits the stock. Same problem, same plan."""
    plan = np.full(problem.lines, UNSERVED, np.int64)
    left = problem.stock.astype(np.int32)
    sizes = np.diff(problem.starts)
    waiting = np.flatnonzero((sizes > 0) & (sizes <= EXACT_LINES))
    while len(waiting):
        lines, wished = _wishes(problem, left, waiting)
        accepted = _accepted(problem, left, lines, wished)
        plan[lines[accepted]] = wished[accepted]
        gone = np.zeros(problem.orders, bool)
        gone[problem.order[lines[accepted]]] = True
        if not gone.any():
            break
        waiting = waiting[~gone[waiting]]
    long = np.flatnonzero(sizes > EXACT_LINES)
    for order in np.concatenate((waiting, long)):
        _alone(problem, left, plan, int(order))
    return plan


def _wishes(problem: Problem, left: Costs, waiting: Whole) -> tuple[Whole, Whole]:
    """Lines of the waiting orders in their sequence, and the location that each wishes."""
    lines, wished = [], []
    for orders, theirs in chunks(problem, waiting, EXACT_LINES):
        alone = [_prices(problem, left, theirs[:, each]) for each in range(theirs.shape[1])]
        _, locations = cheapest(problem.fee[orders], alone, problem.penalty[theirs])
        lines.append(theirs.reshape(-1))
        wished.append(locations.reshape(-1))
    every, where = np.concatenate(lines), np.concatenate(wished)
    sequence = np.argsort(every)
    return every[sequence], where[sequence]


def _prices(problem: Problem, left: Costs, lines: Whole) -> Costs:
    """Picking of one line of each order at each location, `NEVER` where it is not there."""
    enough = left[problem.sku[lines]] >= problem.quantity[lines, None].astype(np.int32)
    return np.where(enough, problem.picking.astype(np.int32), np.int32(NEVER))


def _accepted(problem: Problem, left: Costs, lines: Whole, wished: Whole) -> Marks:
    """Marks the lines of orders that fit together, and takes their units out of what is left."""
    accepted = np.zeros(len(lines), bool)
    served = wished != UNSERVED
    keys = np.where(served, problem.sku[lines] * problem.locations + wished, 0)
    units = np.where(served, problem.quantity[lines], 0)
    flat, candidates = left.reshape(-1), np.ones(len(lines), bool)
    while candidates.any():
        at = np.flatnonzero(candidates)
        fits = _fits(problem.order[lines[at]], keys[at], units[at], flat)
        fitting = at[fits]
        np.subtract.at(flat, keys[fitting], units[fitting].astype(np.int32))
        accepted[fitting] = True
        hopeless = _orders_with(problem.order[lines], (units > flat[keys]) & ~accepted)
        candidates &= ~accepted & ~hopeless
        if not len(fitting):
            break
    return accepted


def _fits(order: Whole, keys: Whole, units: Whole, flat: Costs) -> Marks:
    """Marks the lines of orders of which no line asks more than is left after all those before it."""
    by_key = np.argsort(keys, kind="stable")
    running = np.cumsum(units[by_key])
    begins = np.flatnonzero(np.diff(keys[by_key], prepend=-1))
    before = np.repeat(running[begins] - units[by_key][begins], np.diff(begins, append=len(keys)))
    short = np.zeros(len(keys), bool)
    short[by_key] = (running - before > flat[keys[by_key]]) & (units[by_key] > 0)
    return ~_orders_with(order, short)


def _orders_with(order: Whole, marked: Marks) -> Marks:
    """Marks all lines of orders that have a marked one."""
    return np.isin(order, order[marked]) if marked.any() else np.zeros(len(order), bool)


def _alone(problem: Problem, left: Costs, plan: Whole, order: int) -> None:
    """Divide one order greedily: again and again the location that lowers the cost most."""
    lines = np.arange(problem.starts[order], problem.starts[order + 1])
    fees = problem.fee[order].astype(np.int64)
    while len(lines):
        prices = _prices(problem, left, lines).astype(np.int64)
        gains = np.maximum(0, problem.penalty[lines, None] - prices)
        gain = gains.sum(axis=0) - fees
        location = int(gain.argmax())
        if gain[location] <= 0:
            return
        taken = _take(problem, left, lines[gains[:, location] > 0], location)
        plan[taken] = location
        lines = np.setdiff1d(lines, taken)


def _take(problem: Problem, left: Costs, lines: Whole, location: int) -> Sequence[int]:
    """Of these lines those that the location can really send: two lines of one SKU share its units."""
    taken = []
    for line in lines.tolist():
        sku, quantity = problem.sku[line], problem.quantity[line]
        if left[sku, location] >= quantity:
            left[sku, location] -= quantity
            taken.append(line)
    return taken
