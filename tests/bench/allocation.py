"""Batches allocated: how fast at once, how near to the best as a wave, against what other systems ship.

Gaps are means over several seeds, with the worst beside them, and each certificate is checked without the
solver. The CPU of a wave is compared with that of its bare linear program, solved apart in the same run.
Smaller numbers (`--quick`) go by the same names. Real invoices are measured where the file is.
"""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from hub.domain.waves import Problem, cost, rivals, rounds
from hub.domain.waves.problem import Whole
from hub.domain.waves.program import program
from hub.domain.waves.solver import Relaxation
from hub.domain.waves.verify import complaints
from hub.domain.waves.wave import USUAL, solve
from tests.bench import invoices
from tests.bench.batches import SCARCE, TIGHT, batch
from tests.bench.figures import Figure, at_least, at_most, stated
from tests.bench.meter import measured

BATCH = 250
RIVALS = {
    "rounds": rounds.allocate,
    "greedy": rivals.plain_greedy,
    "nearest_location": rivals.nearest_location_first,
    "priority_list": rivals.priority_list,
}


@dataclass(frozen=True)
class Wave:
    """One that was solved. `times_program`: its CPU by that of the bare linear program; `rivals`: their costs
    by its own; `check`: CPU of the check by that of the wave."""

    gap: float
    times_program: float
    is_proved_cheapest: bool
    seconds: float
    check: float
    rivals: dict[str, float]


def measure(quick: bool) -> list[Figure]:
    many, middle, few = (2000, 1500, 2) if quick else (10_000, 3000, 5)
    exact = [_wave(batch(USUAL.exact_orders // (4 if quick else 1), seed, TIGHT)) for seed in range(few)]
    waves = {
        "gap_3000": (0.01, [_wave(batch(middle, seed, TIGHT)) for seed in range(few)]),
        "gap_10000": (0.02, [_wave(batch(many, seed, TIGHT)) for seed in range(1 if quick else 3)]),
        "gap_10000_scarce": (0.04, [_wave(batch(many, seed, SCARCE)) for seed in range(1 if quick else 3)]),
    }
    return [
        *_at_once(many, few),
        *(_real(many // 5) if invoices.is_there() else ()),
        at_least("allocation.exact_1000", statistics.mean(each.is_proved_cheapest for each in exact), 1),
        at_most("allocation.exact_1000.cpu_to_program", _median_cpu(exact), 10),
        stated("allocation.exact_1000.cpu_to_program.worst", max(e.times_program for e in exact), "ratio"),
        *_beside("allocation.exact_1000", exact),
        *(figure for name, (target, found) in waves.items() for figure in _gaps(name, target, found)),
    ]


def _at_once(orders: int, seeds: int) -> list[Figure]:
    batches = [batch(orders, seed, TIGHT) for seed in range(seeds)]
    rounds.allocate(batches[0])
    one_call = [_timed(rounds.allocate, each) for each in batches]
    greedy = [_timed(rivals.plain_greedy, each) for each in batches]
    parts = [_timed(_in_batches, each) for each in batches]
    costs = [mine / other for (mine, _), (other, _) in zip(one_call, greedy, strict=True)]
    return [
        at_least("allocation.greedy_orders_per_second", _speed(orders, parts), 9_000, "orders/s of CPU"),
        at_least(
            "allocation.greedy_orders_per_second.one_call",
            _speed(orders, one_call),
            20_000,
            "orders/s of CPU",
        ),
        stated("allocation.plain_greedy_orders_per_second", _speed(orders, greedy), "orders/s of CPU"),
        at_most("allocation.one_call_cost_to_plain_greedy", statistics.mean(costs), 0.97),
        stated("allocation.one_call_cost_to_plain_greedy.worst", max(costs), "ratio"),
    ]


def _real(orders: int) -> list[Figure]:
    """Orders of resellers, with thirteen times as many lines."""
    problem = invoices.batch(orders, 0, 2.0)
    mine, seconds = _timed(rounds.allocate, problem)
    greedy, _ = _timed(rivals.plain_greedy, problem)
    return [
        stated("allocation.real.lines_per_order", problem.lines / orders, "lines"),
        stated("allocation.real.orders_per_second", orders / seconds, "orders/s of CPU"),
        stated("allocation.real.one_call_cost_to_plain_greedy", mine / greedy, "ratio"),
    ]


def _in_batches(problem: Problem) -> Whole:
    """As the intake does it: every 250 orders on what those before them left."""
    plan = np.full(problem.lines, -1)
    for start in range(0, problem.orders, BATCH):
        free = np.zeros(problem.orders, bool)
        free[start : start + BATCH] = True
        plan[free[problem.order]] = rounds.allocate(problem.rest(plan, free))
    return plan


def _timed(allocate: Callable[[Problem], Whole], problem: Problem) -> tuple[int, float]:
    """Cost of the plan, and seconds of CPU."""
    with measured() as spent:
        plan = allocate(problem)
    return cost(problem, plan), spent.cpu


def _speed(orders: int, runs: Iterable[tuple[int, float]]) -> float:
    return orders / statistics.median(seconds for _, seconds in runs)


def _wave(problem: Problem) -> Wave:
    with measured() as alone:
        Relaxation(program(problem)).solve()
    with measured() as whole:
        certificate = solve(problem)
    with measured() as check:
        assert complaints(problem, certificate) == []
    return Wave(
        gap=certificate.gap,
        times_program=whole.cpu / alone.cpu,
        is_proved_cheapest=certificate.is_proved_cheapest,
        seconds=whole.cpu,
        check=check.cpu / whole.cpu,
        rivals={name: cost(problem, rival(problem)) / certificate.cost for name, rival in RIVALS.items()},
    )


def _median_cpu(waves: Sequence[Wave]) -> float:
    return statistics.median(each.times_program for each in waves)


def _gaps(name: str, target: float, waves: Sequence[Wave]) -> list[Figure]:
    gaps = [each.gap for each in waves]
    name = f"allocation.{name}"
    return [
        at_most(name, statistics.mean(gaps), target),
        stated(f"{name}.worst", max(gaps), "ratio"),
        at_most(f"{name}.cpu_to_program", _median_cpu(waves), 5),
        stated(f"{name}.cpu", statistics.median(each.seconds for each in waves), "s of CPU"),
        stated(f"{name}.check_to_wave", statistics.median(each.check for each in waves), "ratio"),
        *_beside(name, waves),
    ]


def _beside(name: str, waves: Sequence[Wave]) -> list[Figure]:
    """What the others cost, by the waves' cost."""
    return [
        stated(f"{name}.{rival}", statistics.mean(each.rivals[rival] for each in waves), "cost ratio")
        for rival in RIVALS
    ]
