"""HiGHS, run so that it gives the same answer twice: one thread, one seed, limits in nodes, never in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from highspy._core import _Highs  # the public Highs around it writes a banner to the standard output

from hub.domain.waves.problem import Marks
from hub.domain.waves.program import DIVIDED, Cut, Numbers, Program, Rows, cut_rows

SEED = 20261124


class NotSolved(RuntimeError):
    """HiGHS ended a linear program without an optimum; its own words. The rounds' plan needs no solver."""


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found: columns of the best plan, what it says this costs, and the bound it proved."""

    values: Numbers
    cost: float
    bound: float


@dataclass(frozen=True, kw_only=True)
class Search:
    """When a search ends: nodes, and the distance between plan and bound in minor units. `is_for_proof`: the
    plan is good already, so no effort goes into heuristics that search parts."""

    nodes: int
    tolerance: float
    is_for_proof: bool = False


def version() -> str:
    return f"HiGHS {_Highs().version()}"


class Relaxation:
    """The linear program of a batch, which grows by cuts and is solved again from where it stood."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.cuts: list[Cut] = []
        self._highs = _loaded(program)

    def solve(self) -> float:
        """Its optimum."""
        self._highs.run()
        status = self._highs.getModelStatus()
        if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty):
            raise NotSolved(self._highs.modelStatusToString(status))
        return float(self._highs.getInfo().objective_function_value)

    def add(self, cuts: Sequence[Cut]) -> None:
        self.cuts += cuts
        _add_rows(self._highs, cut_rows(cuts))

    @property
    def values(self) -> Numbers:
        return np.array(self._highs.getSolution().col_value)

    @property
    def divided(self) -> Marks:
        """Arcs that are neither taken nor left."""
        values = self.values[: len(self.program.problem.arcs.line)]
        return (values > DIVIDED) & (values < 1 - DIVIDED)

    @property
    def duals(self) -> Numbers:
        """Of the rows; those of the cuts come last."""
        return np.array(self._highs.getSolution().row_dual)


def search(program: Program, cuts: Sequence[Cut], start: Numbers, limits: Search) -> Found:
    """Branch and cut over the whole program from a plan that is known, so there always is one at the end.

    Presolve is off: with it and a start, HiGHS 1.16 loses the plan that it proves, or proves one that does
    not exist.
    """
    highs = _loaded(program)
    if cuts:
        _add_rows(highs, cut_rows(cuts))
    every = np.arange(program.columns, dtype=np.int32)
    highs.changeColsIntegrality(len(every), every, np.full(len(every), 1, np.uint8))
    highs.setSolution(len(every), every, start)
    options: Mapping[str, bool | float | str] = {
        "presolve": "off",
        "mip_max_nodes": limits.nodes,
        "mip_abs_gap": limits.tolerance,
        "mip_rel_gap": 0.0,
        "mip_heuristic_run_rens": not limits.is_for_proof,
        "mip_heuristic_run_rins": not limits.is_for_proof,
        "mip_heuristic_run_root_reduced_cost": not limits.is_for_proof,
        "mip_heuristic_run_feasibility_jump": False,
    }
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.run()
    info = highs.getInfo()
    return Found(
        values=np.array(highs.getSolution().col_value),
        cost=float(info.objective_function_value),
        bound=float(info.mip_dual_bound),
    )


def _loaded(program: Program) -> _Highs:
    highs = _Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", SEED)
    linear = highspy.HighsLp()
    linear.num_col_, linear.num_row_ = program.columns, program.rows.number
    linear.col_cost_ = program.costs
    linear.col_lower_, linear.col_upper_ = np.zeros(program.columns), np.ones(program.columns)
    linear.row_lower_, linear.row_upper_ = program.rows.lower, program.rows.upper
    linear.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    linear.a_matrix_.start_ = program.rows.starts.astype(np.int32)
    linear.a_matrix_.index_ = program.rows.columns.astype(np.int32)
    linear.a_matrix_.value_ = program.rows.coefficients
    highs.passModel(linear)
    return highs


def _add_rows(highs: _Highs, rows: Rows) -> None:
    highs.addRows(
        rows.number,
        rows.lower,
        rows.upper,
        len(rows.columns),
        rows.starts[:-1].astype(np.int32),
        rows.columns.astype(np.int32),
        rows.coefficients,
    )
