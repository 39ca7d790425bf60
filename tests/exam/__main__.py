"""The connector kit is examined: `python -m tests.exam [--each 8] [--seed 1] [--only stores/acme,…]`.

Also a part of `make proof`. Exit status 0 only if every connector passes as it is and the kit with the
connector's tests catches at least 95 % of the mutants.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.exam.judging import By, Judgement, judge
from tests.exam.mutants import drawn
from tests.exam.report import TARGET, Results, page, publish


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    os.nice(5)
    began = time.monotonic()
    judgements = []
    for judgement in examined(options.each, options.seed, options.only, options.workers):
        _tell(f"{judgement.by:22} {judgement.mutant or judgement.platform + ' as it is'} {judgement.test}")
        judgements.append(judgement)
    results = Results(judgements)
    section = page(results, options.seed, time.monotonic() - began)
    _tell(section)
    if options.out and not options.only:
        publish(section, options.out)
    unfit = [it.platform for it in judgements if it.mutant is None and it.by is not By.NOBODY]
    if unfit:
        _tell(f"these connectors do not pass as they are: {', '.join(unfit)}")
    return int(bool(unfit) or results.share < TARGET)


def examined(each: int, seed: int, only: str = "", workers: int = 2) -> Iterator[Judgement]:
    """Connectors as they are, then their mutants, in the order drawn."""
    mutants = [it for it in drawn(each, seed) if not only or it.platform in only.split(",")]
    whole = dict.fromkeys(it.platform for it in mutants)
    trials: list[Callable[[], Judgement]] = [partial(judge, platform, None) for platform in whole]
    trials += [partial(judge, it.platform, it) for it in mutants]
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda trial: trial(), trials)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.exam", description=__doc__)
    parser.add_argument("--each", type=int, default=8, help="mutants of every connector")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", metavar="stores/NAME,…")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("docs/proofs.md"), help="the page to write into")
    return parser.parse_args(arguments)


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
