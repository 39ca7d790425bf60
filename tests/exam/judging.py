"""One mutant on trial: a process of its own in which its module is another, and the tests of its connector.

Nothing is written into the tree: an import hook compiles the changed syntax tree. The process comes out of a
server that has imported the kit and the tools already, but no platform.
"""

import importlib
import importlib.util
import logging
import multiprocessing
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.machinery import ModuleSpec, SourceFileLoader
from multiprocessing.connection import Connection
from pathlib import Path
from types import CodeType

import hypothesis
import pytest

from tests.exam.mutants import ROOT, Mutant, mutated

SECONDS = 120
"""For one mutant. One that hangs is as good as caught: `make test` would not end."""

PRELOADED = (
    "pytest",
    "hypothesis",
    "pytest_socket",
    "psycopg",
    "sqlalchemy",
    "connectors.kit.conformance.suite",
)
QUIETLY = (
    "-x",
    "-q",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-p",
    "no:pytest_cov",
)


class By(StrEnum):
    """Who caught it."""

    KIT = "kit"
    OWN_TESTS = "goldens and own tests"
    TIME = "time limit"
    NOBODY = "nobody"
    NOT_BORN = "does not load"


@dataclass(frozen=True)
class Judgement:
    """`test` is the first that failed; `mutant` null: the connector as it is, which nothing may catch."""

    platform: str
    mutant: Mutant | None
    by: By
    test: str = ""

    @property
    def is_caught(self) -> bool:
        return self.by in (By.KIT, By.OWN_TESTS, By.TIME)


def judge(platform: str, mutant: Mutant | None, seconds: float = SECONDS) -> Judgement:
    """Waits for the trial; may be called from several threads at once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    ours, theirs = context.Pipe(duplex=False)
    trial = context.Process(target=_trial, args=(platform, mutant, theirs), daemon=True)
    trial.start()
    theirs.close()
    try:
        by, test = ours.recv() if ours.poll(seconds) else (By.TIME, "")
    except EOFError:
        raise RuntimeError(f"the trial of {mutant or platform} died and says nothing") from None
    finally:
        trial.kill()
        trial.join()
    return Judgement(platform, mutant, By(by), test)


def _trial(platform: str, mutant: Mutant | None, told: Connection) -> None:
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - no path of a file
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    hypothesis.settings.register_profile("exam", database=None, derandomize=True)
    hypothesis.settings.load_profile("exam")
    logging.disable(logging.CRITICAL)
    os.chdir(ROOT)
    told.send(_outcome(platform, mutant))


def _outcome(platform: str, mutant: Mutant | None) -> tuple[By, str]:
    if mutant is not None:
        sys.meta_path.insert(0, _Instead(mutant))
        try:
            importlib.import_module(mutant.module)
        except Exception as error:
            return By.NOT_BORN, repr(error)
    kit, own = Path("tests/connectors", platform), Path("tests/mappings", platform)
    conformance = str(kit / "test_conformance.py")
    if test := first_failure([conformance]):
        return By.KIT, test
    if test := first_failure([str(own), str(kit), f"--ignore={conformance}"]):
        return By.OWN_TESTS, test
    return By.NOBODY, ""


def first_failure(arguments: Sequence[str]) -> str:
    """The test that failed; empty if none did."""
    watch = _Watch()
    status = pytest.main([*QUIETLY, *arguments], plugins=[watch])
    return watch.failed or ("" if status == pytest.ExitCode.OK else f"pytest ended with {status}")


class _Watch:
    """A pytest plug-in that keeps the first failure."""

    failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = self.failed or report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed = self.failed or report.nodeid


class _Instead:
    """An import hook that gives the mutant's module for the one on disk."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name != self._mutant.module:
            return None
        file = str(ROOT / self._mutant.path)
        return importlib.util.spec_from_file_location(name, file, loader=_Loader(name, file, self._mutant))


class _Loader(SourceFileLoader):
    def __init__(self, name: str, file: str, mutant: Mutant) -> None:
        super().__init__(name, file)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(mutated(self._mutant), self.path, "exec")
        return code
