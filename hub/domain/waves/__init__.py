"""Batches of orders allocated together: at once by greedy rounds, or as a wave with a proved gap.

`rounds.allocate` serves immediate mode and needs NumPy alone. `wave.solve` needs the extra `planning` (HiGHS)
and gives a `Certificate`, which `verify.complaints` checks without a solver.
"""

from hub.domain.waves.certificate import Certificate
from hub.domain.waves.problem import NEVER, UNSERVED, Infeasible, Problem, cost, overdrawn

__all__ = ["NEVER", "UNSERVED", "Certificate", "Infeasible", "Problem", "cost", "overdrawn"]
