"""The core stays small: what it weighs, and how soon its command line answers, measured in one run."""

import os
import resource
import subprocess
from pathlib import Path

from tests.release.conftest import installed, pieces

MOST_MEGABYTES = 110
MOST_TIMES_HTTPX = 3.0
ROUNDS = 3


def megabytes(piece: Path) -> float:
    files = [piece] if piece.is_file() else [each for each in piece.rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in files if each.suffix != ".pyc") / 1e6


def processor_seconds(environment: Path, *words: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(environment / "bin" / words[0]), *words[1:]]
    subprocess.run(command, env={"PATH": os.defpath}, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_what_the_core_needs_is_small():
    weights = {name: sum(map(megabytes, pieces(name))) for name in installed()}

    assert sum(weights.values()) < MOST_MEGABYTES, sorted(weights.items(), key=lambda each: -each[1])[:8]


def test_command_line_answers_soon_after_what_one_library_takes(environment: Path):
    """Processor time, because a busy machine has no other that means anything; each at its best of three."""
    tried = [("python", "-c", "import httpx"), ("orderhub", "--help")]
    for words in tried:
        processor_seconds(environment, *words)  # writes what Python compiles

    library, ours = (min(processor_seconds(environment, *words) for _ in range(ROUNDS)) for words in tried)

    assert ours < MOST_TIMES_HTTPX * library, f"{ours:.2f} s against {library:.2f} s"
