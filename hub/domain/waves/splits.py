"""The cheapest way to divide orders, each alone: exact, by dynamic programming over the subsets of lines."""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from hub.domain.waves.problem import UNSERVED, Problem, Whole

CHUNK = 256
"""Orders that are divided in one go: their costs at 200 locations fit into a core's cache."""

Costs = npt.NDArray[np.int32] | npt.NDArray[np.int64]


def chunks(problem: Problem, orders: Whole, most_lines: int) -> Iterator[tuple[Whole, Whole]]:
    """Those of the orders that have lines, but not more than this: some with equally many lines at a time,
    and their lines, one row for each order."""
    sizes = problem.starts[orders + 1] - problem.starts[orders]
    for size in range(1, most_lines + 1):
        alike = orders[sizes == size]
        for start in range(0, len(alike), CHUNK):
            some = alike[start : start + CHUNK]
            yield some, problem.starts[some][:, None] + np.arange(size)


def cheapest(fees: Costs, alone: Sequence[Costs], penalties: Whole) -> tuple[Whole, Whole]:
    """The least cost of each order, and the location of each of its lines (by order).

    `fees` and `alone` are by order and location: what a shipment costs, and what each line costs beside it;
    prohibitive where that cannot be. `penalties` are by order and line.
    """
    size = len(alone)
    totals, costs = [fees], [np.zeros(len(fees), np.int64)]
    where: list[Whole] = [np.full(len(fees), UNSERVED)]
    rows = np.arange(len(fees))
    for subset in range(1, 1 << size):
        lowest = (subset & -subset).bit_length() - 1
        total = totals[subset & (subset - 1)] + alone[lowest]
        best: Whole = total.argmin(axis=1)
        price: Whole = total[rows, best].astype(np.int64)
        if subset & (subset - 1) == 0:
            best = np.where(price < penalties[:, lowest], best, UNSERVED)
            price = np.minimum(price, penalties[:, lowest])
        totals.append(total)
        costs.append(price)
        where.append(best)
    return _partition(size, np.stack(costs), np.stack(where))


def _partition(size: int, costs: Whole, where: Whole) -> tuple[Whole, Whole]:
    """The best partition of all lines, given each subset's cost at its cheapest location (by order)."""
    orders = np.arange(costs.shape[1])
    best, first = costs.copy(), np.zeros(costs.shape, np.int64)
    for subset in range(1, 1 << size):
        parts = _parts(subset)
        sums = costs[parts] + best[subset ^ parts]
        chosen = sums.argmin(axis=0)
        best[subset] = sums[chosen, orders]
        first[subset] = parts[chosen]
    locations = np.empty((len(orders), size), np.int64)
    todo = np.full(len(orders), (1 << size) - 1)
    while todo.any():
        part = first[todo, orders]
        location = where[part, orders]
        for line in range(size):
            inside = (part >> line) & 1 == 1
            locations[inside, line] = location[inside]
        todo ^= part
    return best[-1], locations


@cache
def _parts(subset: int) -> Whole:
    """Subsets of the subset that hold its lowest line, the whole first: it wins where costs are equal."""
    lowest = subset & -subset
    found, part = [], subset
    while part:
        if part & lowest:
            found.append(part)
        part = (part - 1) & subset
    return np.array(found, np.int64)
