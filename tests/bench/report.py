"""Figures → `bench-results.json`, `docs/benchmarks.md` and a table on the screen."""

import os
import platform
import re
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psutil
from rich.table import Table

from tests.bench.figures import Figure

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench-results.json"
DOCS = ROOT / "docs" / "benchmarks.md"
GENERATED = re.compile(r"(<!-- generated: .* -->\n).*(<!-- end of generated -->)", re.DOTALL)


def commit() -> str:
    """The commit that was measured, marked where files were changed since."""
    try:
        head = _git("rev-parse", "--short", "HEAD")
        return f"{head}+changes" if _git("status", "--porcelain", "--untracked-files=no") else head
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    answer = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return answer.stdout.strip()


def machine() -> str:
    """What was measured on, load included: other work on the machine shows in wall times."""
    memory = psutil.virtual_memory().total / 2**30
    load = os.getloadavg()[0]
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return (
        f"{os.cpu_count()} cores {platform.machine()}, {memory:.0f} GiB, {system},"
        f" SQLite {sqlite3.sqlite_version}, load average {load:.1f}"
    )


def write_results(figures: Sequence[Figure]) -> None:
    results = {"commit": commit(), "machine": machine(), "results": figures}
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")


def table(figures: Sequence[Figure]) -> Table:
    shown = Table("figure", "value", "unit", "target", "")
    for each in figures:
        verdict = "" if each.target is None else "[green]met[/green]" if each.is_met else "[red]missed[/red]"
        shown.add_row(each.name, f"{each.value:,.6g}", each.unit, _target(each), verdict)
    return shown


def write_docs(figures: Sequence[Figure], *, quick: bool) -> None:
    """Put the figures between the marks of the document; what people wrote around them stays."""
    rows = [
        f"| `{each.name}` | {each.value:,.6g} | {each.unit} | {_target(each)} | {_verdict(each)} |"
        for each in figures
    ]
    lines = [
        f"Commit {commit()}; {machine()}; {'quick' if quick else 'full'} run.",
        "",
        "| Figure | Value | Unit | Target | |",
        "|---|---:|---|---|---|",
        *rows,
        "",
    ]
    text = DOCS.read_text()
    DOCS.write_text(GENERATED.sub(lambda found: found[1] + "\n".join(lines) + found[2], text))


def _target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    return f"{'≥' if figure.better == 'higher' else '≤'} {figure.target:g}"


def _verdict(figure: Figure) -> str:
    return "" if figure.target is None else "met" if figure.is_met else "**missed**"
