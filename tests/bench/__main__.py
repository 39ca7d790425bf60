"""`python -m tests.bench [--quick] [--only intake,webhook,…]`: measure, show, write `bench-results.json`.

A full run also writes the tables of `docs/benchmarks.md` (`--docs` does so after any run).
"""

import argparse
import sys
import time

from rich.console import Console

from tests.bench import report
from tests.bench.areas import AREAS, end_in_order, in_own_process
from tests.bench.figures import Figure


def main() -> int:
    given = _arguments()
    end_in_order()
    console = Console(highlight=False)
    areas = [each for each in AREAS if each in given.only.split(",")] if given.only else list(AREAS)
    figures: list[Figure] = []
    for area in areas:
        console.print(f"[bold]{area}[/bold] …")
        began = time.monotonic()
        measured = in_own_process(area, given.quick)
        console.print(report.table(measured))
        console.print(f"{time.monotonic() - began:.0f} s\n")
        figures += measured
    report.write_results(figures)
    if given.docs or not (given.quick or given.only):
        report.write_docs(figures, quick=given.quick)
    missed = [figure.name for figure in figures if not figure.is_met]
    console.print(f"missed: {', '.join(missed)}" if missed else "every target is met")
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller numbers, under ten minutes in all")
    parser.add_argument("--only", default="", metavar="AREA,…", help=f"some of {', '.join(AREAS)}")
    parser.add_argument("--docs", action="store_true", help="write the tables of docs/benchmarks.md")
    given = parser.parse_args()
    if unknown := set(filter(None, given.only.split(","))) - set(AREAS):
        parser.error(f"unknown area: {', '.join(sorted(unknown))}")
    return given


if __name__ == "__main__":
    sys.exit(main())
