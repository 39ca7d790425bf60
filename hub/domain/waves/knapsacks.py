"""Cuts of the stock rows: what the linear program may mix, and whole units cannot do.

A pair with three units serves one line of two, the program serves one and a half. For each pair with a
divided arc: fix what is wholly taken, divide the quantities of the divided ones and the room that is left for
them by k, and round both down (Chvátal, Gomory); then lift the other arcs one after the other, exactly, by
dynamic programming over the units (Balas, Zemel): first those that are wholly taken, then the others.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from hub.domain.waves.problem import Problem, Whole
from hub.domain.waves.program import DIVIDED, Cut, Numbers

VIOLATED = 1e-4


def violated(problem: Problem, values: Numbers) -> Sequence[Cut]:
    """Cuts that these values of the arcs break."""
    arcs = problem.arcs
    order, starts = arcs.by_pair
    divided = (values > DIVIDED) & (values < 1 - DIVIDED)
    found: list[Cut] = []
    for pair in np.unique(arcs.pair[divided]).tolist():
        if arcs.is_contended[pair]:
            inside = order[starts[pair] : starts[pair + 1]]
            units = problem.quantity[arcs.line[inside]]
            found += _of_pair(inside, units, values[inside], int(arcs.capacity[pair]))
    return found


def _of_pair(arcs: Whole, units: Whole, values: Numbers, room: int) -> Iterator[Cut]:
    taken = np.flatnonzero(values >= 1 - DIVIDED)
    divided = np.flatnonzero((values > DIVIDED) & (values < 1 - DIVIDED))
    free = room - int(units[taken].sum())
    for divisor in np.unique(units[divided]).tolist():
        counted = units[divided] // divisor
        if divisor > 1 and counted @ values[divided] > free // divisor + VIOLATED:
            lifted = _Lifted(units, room, free, free // divisor)
            for position, coefficient in zip(divided.tolist(), counted.tolist(), strict=True):
                lifted.add(position, coefficient)
            yield lifted.cut(arcs, values)


class _Lifted:
    """An inequality that grows arc by arc: `most[u]` is the largest left side that fits into u units."""

    def __init__(self, units: Whole, room: int, free: int, limit: int) -> None:
        self.units, self.room, self.free, self.limit = units, room, free, limit
        self.coefficients = np.zeros(len(units), np.int64)
        self.most = np.zeros(room + 1, np.int64)

    def add(self, position: int, coefficient: int) -> None:
        if coefficient > 0:
            units = int(self.units[position])
            self.coefficients[position] = coefficient
            with_it = self.most[: self.room + 1 - units] + coefficient
            np.maximum(self.most[units:], with_it, out=self.most[units:])

    def cut(self, arcs: Whole, values: Numbers) -> Cut:
        """Lift all others, the largest first."""
        largest = np.argsort(-self.units, kind="stable")
        for position in largest[values[largest] >= 1 - DIVIDED].tolist():
            self.free += int(self.units[position])
            coefficient = int(self.most[self.free]) - self.limit
            self.limit += coefficient
            self.add(position, coefficient)
        for position in largest[values[largest] <= DIVIDED].tolist():
            self.add(position, self.limit - int(self.most[self.room - int(self.units[position])]))
        used = np.flatnonzero(self.coefficients)
        return Cut(columns=arcs[used], coefficients=self.coefficients[used], limit=self.limit, of_pair=True)
