"""The batch as a mixed integer program, in the arrays that a solver takes.

Columns: one per arc (the line leaves from there), one per shipment (the location sends the order something)
where the order has two arcs or more at one location, one per line that is left. The fee of a shipment with a
single arc is the arc's. Rows: each line leaves once or is left; no arc without its shipment; no more units
from a pair than it has, where more could be asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hub.domain.waves.problem import UNSERVED, Problem, Whole

Numbers = npt.NDArray[np.float64]

DIVIDED = 1e-6
"""A column is divided if it is further than this from 0 and 1."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of coefficients by column, each with its bounds, as compressed sparse rows."""

    starts: Whole
    columns: Whole
    coefficients: Numbers
    lower: Numbers
    upper: Numbers

    @property
    def number(self) -> int:
        return len(self.upper)


@dataclass(frozen=True, eq=False)
class Program:
    """All columns are between 0 and 1. Rows begin with the lines and end with the contended pairs, in the
    order of `pairs`; columns begin with the arcs and end with the lines that are left."""

    problem: Problem
    costs: Numbers
    rows: Rows
    shipments: Whole
    pairs: Whole

    @property
    def columns(self) -> int:
        return len(self.costs)

    def values(self, plan: Whole) -> Numbers:
        """The columns of a plan that fits the stock."""
        arcs, lines = self.problem.arcs, np.flatnonzero(plan != UNSERVED)
        places = self.problem.locations
        values = np.zeros(self.columns)
        values[np.searchsorted(arcs.line * places + arcs.location, lines * places + plan[lines])] = 1
        sent = np.isin(self.shipments, self.problem.order[lines] * places + plan[lines])
        values[len(arcs.line) : len(arcs.line) + len(self.shipments)] = sent
        values[self.columns - self.problem.lines :] = plan == UNSERVED
        return values

    def plan(self, values: Numbers) -> Whole:
        """The plan of columns that are whole."""
        arcs = self.problem.arcs
        chosen = values[: len(arcs.line)] > 0.5
        plan = np.full(self.problem.lines, UNSERVED, np.int64)
        plan[arcs.line[chosen]] = arcs.location[chosen]
        return plan


def program(problem: Problem) -> Program:
    arcs = problem.arcs
    keys = problem.order[arcs.line] * problem.locations + arcs.location
    every, at, count = np.unique(keys, return_inverse=True, return_counts=True)
    shared = count > 1
    number = np.where(shared, np.cumsum(shared) - 1, -1)
    shipments, shipment = every[shared], number[at]
    fees = problem.fee.reshape(-1)
    picking = problem.picking[arcs.location] + np.where(shipment < 0, fees[keys], 0)
    pairs = np.flatnonzero(arcs.is_contended)
    return Program(
        problem=problem,
        costs=np.concatenate((picking, fees[shipments], problem.penalty)).astype(float),
        rows=_rows(problem, shipment, len(shipments), pairs),
        shipments=shipments,
        pairs=pairs,
    )


def _rows(problem: Problem, shipment: Whole, shipments: int, pairs: Whole) -> Rows:
    arcs = problem.arcs
    number, lines = np.arange(len(arcs.line)), np.arange(problem.lines)
    linked = np.flatnonzero(shipment >= 0)
    links = problem.lines + np.arange(len(linked))
    contended = np.flatnonzero(arcs.is_contended[arcs.pair])
    stock = problem.lines + len(linked) + np.searchsorted(pairs, arcs.pair[contended])
    entries = [
        (arcs.line, number, np.ones(len(number))),
        (lines, len(number) + shipments + lines, np.ones(len(lines))),
        (links, linked, np.ones(len(linked))),
        (links, len(number) + shipment[linked], -np.ones(len(linked))),
        (stock, contended, problem.quantity[arcs.line[contended]]),
    ]
    row, column, coefficient = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    free = np.full(len(linked) + len(pairs), -np.inf)
    upper = (np.ones(problem.lines), np.zeros(len(linked)), arcs.capacity[pairs].astype(float))
    return _compressed(
        row, column, coefficient, np.concatenate((np.ones(problem.lines), free)), np.concatenate(upper)
    )


def _compressed(row: Whole, column: Whole, coefficient: Numbers, lower: Numbers, upper: Numbers) -> Rows:
    order = np.lexsort((column, row))
    return Rows(
        starts=np.searchsorted(row[order], np.arange(len(upper) + 1)),
        columns=column[order],
        coefficients=coefficient[order].astype(float),
        lower=lower,
        upper=upper,
    )


@dataclass(frozen=True, eq=False)
class Cut:
    """`sum(coefficients x columns) <= limit` for every plan. `of_pair`: all columns are arcs of one pair."""

    columns: Whole
    coefficients: Whole
    limit: int
    of_pair: bool = False


def cut_rows(cuts: Sequence[Cut]) -> Rows:
    return Rows(
        starts=np.cumsum([0, *(len(cut.columns) for cut in cuts)]),
        columns=np.concatenate([cut.columns for cut in cuts]),
        coefficients=np.concatenate([cut.coefficients for cut in cuts]).astype(float),
        lower=np.full(len(cuts), -np.inf),
        upper=np.array([cut.limit for cut in cuts], float),
    )
