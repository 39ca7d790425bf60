"""`make proof`: many seeds, every sabotage, on SQLite; writes `docs/proofs.md` with commit, seeds and counts.

python -m hub.simulation.proof [--seeds 300] [--orders 100] [--sabotages N] [--out …]
"""

import argparse
import logging
import multiprocessing
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.simulation.run import Report, simulate
from hub.simulation.sabotage import SABOTAGES, Caught, attempt

DAYS = 2.0
TRIES = 4
"""Seeds that a sabotage may need until it is caught."""


@dataclass(frozen=True)
class Life:
    """What a run of one seed came to, small enough to travel between processes."""

    seed: int
    digest: str
    orders: int
    deaths: int
    faults: tuple[str, ...]
    violation: str
    reproduce: str


def _live(task: tuple[int, int]) -> Life:
    logging.disable(logging.CRITICAL)
    seed, orders = task
    report: Report = simulate(seed, orders, DAYS)
    return Life(
        seed=seed,
        digest=report.digest,
        orders=sum(row.placed for row in report.stores),
        deaths=sum(report.deaths.values()),
        faults=tuple(sorted(report.faults.chances)),
        violation=report.violation,
        reproduce=report.reproduce,
    )


def _sabotaged(position: int) -> tuple[int, int, str]:
    logging.disable(logging.CRITICAL)
    caught: Caught = attempt(SABOTAGES[position], range(1, 1 + TRIES))
    return position, caught.seed, caught.violation


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 only if every seed holds and every sabotage is caught."""
    options = _options(arguments)
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(options.workers, maxtasksperchild=20) as pool:
        lives = []
        tasks = [(seed, options.orders) for seed in range(options.first, options.first + options.seeds)]
        for life in pool.imap_unordered(_live, tasks):
            lives.append(life)
            _tell(f"seed {life.seed}: {life.violation or life.digest}")
            if life.violation:
                _tell(f"  reproduce: {life.reproduce}")
        caught = []
        for position, seed, violation in pool.imap_unordered(_sabotaged, range(options.sabotages)):
            caught.append((position, seed, violation))
            _tell(f"sabotage «{SABOTAGES[position].name}»: {violation[:100] or 'NOT CAUGHT'}")
    lives.sort(key=lambda life: life.seed)
    caught.sort()
    seconds = time.monotonic() - began
    Path(options.out).write_text(_page(lives, caught, options.orders, seconds), encoding="utf-8")
    return int(any(life.violation for life in lives) or any(not each[2] for each in caught))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m hub.simulation.proof")
    parser.add_argument("--seeds", type=int, default=300)
    parser.add_argument("--orders", type=int, default=100)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--sabotages", type=int, default=len(SABOTAGES), help="only the first so many")
    parser.add_argument("--workers", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--out", default="docs/proofs.md")
    return parser.parse_args(arguments)


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _page(lives: Sequence[Life], caught: Sequence[tuple[int, int, str]], orders: int, seconds: float) -> str:
    held = [life for life in lives if not life.violation]
    faults = Counter(fault for life in lives for fault in life.faults)
    lines = [
        "# Proofs",
        "",
        "Written by `make proof`. The whole hub lives in one process on a virtual clock, with faults drawn"
        " from the seed; after each life the invariants N-LOST, N-TWICE, N-OVER, N-TOLD, N-ORDER and N-LIVE"
        " are checked and the stores are closed.",
        "",
        f"- commit: `{commit()}`",
        f"- seeds: {lives[0].seed} to {lives[-1].seed}, {orders} orders each and their duplicates:"
        f" {len(held)} of {len(lives)} hold",
        f"- orders placed: {sum(life.orders for life in lives)}",
        f"- processes killed: {sum(life.deaths for life in lives)}",
        f"- time: {seconds:.0f} s",
        f"- faults, and in how many lives: {', '.join(f'{each} {faults[each]}' for each in sorted(faults))}",
        "",
        *(
            f"- seed {life.seed} fails: {life.violation} (`{life.reproduce}`)"
            for life in lives
            if life.violation
        ),
        "",
        "## Sabotages",
        "",
        "| Sabotage | Caught with seed | By |",
        "|---|---|---|",
        *(
            f"| {SABOTAGES[position].name} | {seed if violation else '—'} |"
            f" {violation.partition(':')[0] or '**not caught**'} |"
            for position, seed, violation in caught
        ),
        "",
    ]
    return "\n".join(lines)


def commit() -> str:
    answer = subprocess.run(
        ["git", "describe", "--always", "--dirty=+changes", "--exclude=*"],  # noqa: S607 - git of the person who runs the proof
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip() or "unknown"


if __name__ == "__main__":
    raise SystemExit(main())
