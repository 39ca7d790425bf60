"""Cuts of single orders: three half shipments are no way to send three lines.

Where three locations have two of three lines each, the linear program sends each line in halves and pays
three half fees; two whole ones are the least. For any odd number p of an order's lines, and any two of them
at each location: what the locations send of their two lines, less their shipments, is `(p - 1) / 2` at the
most, since only so many locations can send two lines for one fee (odd holes of the uncapacitated facility
location problem; Cornuéjols and Thizy 1982).
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from hub.domain.waves.problem import Marks, Whole
from hub.domain.waves.program import Cut, Numbers, Program

VIOLATED = 1e-4

MOST_LINES = 12
"""Of an order, the first so many of its divided lines: there are 220 threes and 792 fives of them."""


def violated(program: Program, values: Numbers, divided: Marks) -> Sequence[Cut]:
    """Cuts that the values of all columns break, `divided` being arcs that are neither taken nor left."""
    problem = program.problem
    lines = np.unique(problem.arcs.line[divided])
    orders, counts = np.unique(problem.order[lines], return_counts=True)
    found: list[Cut] = []
    for order in orders[counts > 2].tolist():
        theirs = lines[problem.order[lines] == order][:MOST_LINES]
        found += _of_order(program, values, order, theirs)
    return found


def _of_order(program: Program, values: Numbers, order: int, lines: Whole) -> Iterator[Cut]:
    shipments, columns = _columns(program, order, lines)
    sent = np.where(columns < 0, 0, values[columns])
    for size in (3, 5):
        for chosen in combinations(range(len(lines)), size):
            two = np.argsort(-sent[list(chosen)], axis=0, kind="stable")[:2]
            pairs = np.array(chosen)[two]
            excess = np.take_along_axis(sent, pairs, axis=0).sum(axis=0) - values[shipments]
            if np.maximum(0, excess).sum() > size // 2 + VIOLATED:
                yield _cut(shipments, np.take_along_axis(columns, pairs, axis=0), excess >= 0, size // 2)


def _columns(program: Program, order: int, lines: Whole) -> tuple[Whole, Whole]:
    """Columns of the order's shipments, and those of the lines' arcs there (line by shipment; -1: no arc)."""
    arcs, places = program.problem.arcs, program.problem.locations
    first, last = np.searchsorted(program.shipments, [order * places, (order + 1) * places])
    locations = program.shipments[first:last] - order * places
    keys = arcs.line * places + arcs.location
    wanted = lines[:, None] * places + locations
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return len(keys) + np.arange(first, last), np.where(keys[at] == wanted, at, -1)


def _cut(shipments: Whole, pairs: Whole, counted: Marks, limit: int) -> Cut:
    """Where one of the two lines has no arc, the location could not send two: it stays out."""
    counted = counted & (pairs >= 0).all(axis=0)
    sent = pairs[:, counted].reshape(-1)
    paid = shipments[counted]
    return Cut(
        columns=np.concatenate((sent, paid)),
        coefficients=np.concatenate((np.ones(len(sent), np.int64), -np.ones(len(paid), np.int64))),
        limit=limit,
    )
