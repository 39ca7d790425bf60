"""A lower bound from tolls: whatever the tolls are, no plan costs less. Whole numbers, no solver.

The stock of a pair (SKU at location) is let for tolls, one for each arc:

1. each order finds its cheapest way, tolls included, as if it were alone (exact for short orders);
2. the tolls that a pair can take are those of the dearest lines that fit into its units (a knapsack).

What the orders pay, less what the pairs can take, is a Lagrangian bound: that an arc is used by the order and
taken from the stock at once is what was relaxed. With tolls from the linear program it is at least as high as
the program with its cuts, as 1. knows that shipments are whole and 2. that units are.

A longer order pays at least what prices of its lines prove: each line is paid its price (or its penalty, if
that is less), and a location sends what earns (price less picking and toll, if positive), if that pays the
fee. Prices, less what is earned, are a bound of the order, whatever the prices are.
"""

from dataclasses import dataclass

import numpy as np

from hub.domain.waves.problem import DEAREST, NEVER, Problem, Whole
from hub.domain.waves.splits import cheapest, chunks

SCALE = 1000
"""Prices and tolls are thousandths of a minor unit."""

LARGEST = DEAREST * SCALE
"""No price or toll is further from zero: sums of them stay within 64 bits."""

LARGEST_ROOM = 20_000
"""Units of a pair up to which the knapsack is exact; above, it is rounded up by less than one line."""

EXACT_LINES = 8
"""Lines of a short order."""


@dataclass(frozen=True, eq=False)
class Prices:
    """Per line (read for long orders only), and per arc of `Problem.arcs`; a toll below zero means zero."""

    lines: Whole
    tolls: Whole


def lower_bound(problem: Problem, prices: Prices) -> int:
    """Minor units, rounded up: what every plan costs is whole."""
    tolls = np.maximum(0, prices.tolls)
    paid = _paid_by_short(problem, tolls) + _paid_by_long(problem, prices.lines, tolls)
    return -((_taken(problem, tolls) - paid) // SCALE)


def _paid_by_short(problem: Problem, tolls: Whole) -> int:
    arcs = problem.arcs
    alone = np.full((problem.lines, problem.locations), NEVER * SCALE)
    alone[arcs.line, arcs.location] = problem.picking[arcs.location] * SCALE + tolls
    total = 0
    for orders, lines in chunks(problem, np.arange(problem.orders), EXACT_LINES):
        fees = problem.fee[orders].astype(np.int64) * SCALE
        costs = [alone[lines[:, each]] for each in range(lines.shape[1])]
        total += int(cheapest(fees, costs, problem.penalty[lines] * SCALE)[0].sum())
    return total


def _paid_by_long(problem: Problem, lines: Whole, tolls: Whole) -> int:
    arcs = problem.arcs
    long = (np.diff(problem.starts) > EXACT_LINES)[problem.order]
    margins = lines[arcs.line] - problem.picking[arcs.location] * SCALE - tolls
    earning = np.flatnonzero((margins > 0) & long[arcs.line])
    keys = problem.order[arcs.line[earning]] * problem.locations + arcs.location[earning]
    shipments, at = np.unique(keys, return_inverse=True)
    sums = np.zeros(len(shipments), np.int64)
    np.add.at(sums, at, margins[earning])
    earned = np.maximum(0, sums - problem.fee.reshape(-1)[shipments].astype(np.int64) * SCALE)
    return int(np.minimum(lines, problem.penalty * SCALE)[long].sum() - earned.sum())


def _taken(problem: Problem, tolls: Whole) -> int:
    """What the pairs can take in tolls at the most."""
    arcs = problem.arcs
    order, starts = arcs.by_pair
    tolled = tolls[order] > 0
    counts = np.add.reduceat(tolled, starts[:-1]) if len(order) else np.zeros(0, int)
    total = 0
    for pair in np.flatnonzero(counts).tolist():
        inside = order[starts[pair] : starts[pair + 1]]
        inside = inside[tolls[inside] > 0]
        total += _dearest(tolls[inside], problem.quantity[arcs.line[inside]], int(arcs.capacity[pair]))
    return total


def _dearest(tolls: Whole, units: Whole, room: int) -> int:
    """The largest sum of tolls whose units fit into the room."""
    if units.sum() <= room:
        return int(tolls.sum())
    if room > LARGEST_ROOM:
        return _dearest_divided(tolls, units, room)
    best = np.zeros(room + 1, np.int64)
    for toll, taken in zip(tolls.tolist(), units.tolist(), strict=True):
        if taken <= room:
            np.maximum(best[taken:], best[: room + 1 - taken] + toll, out=best[taken:])
    return int(best[room])


def _dearest_divided(tolls: Whole, units: Whole, room: int) -> int:
    """The same if the last line could be sent in part, and its toll counted whole."""
    by_value = np.argsort(-(tolls / units), kind="stable")
    before = np.cumsum(units[by_value]) - units[by_value]
    return int(tolls[by_value][before < room].sum())
