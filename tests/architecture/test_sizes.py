"""One idea per file, sections are functions: sizes at which a reader loses the thread."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("hub", "connectors", "mappings")
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
MOST_LINES_OF_NINE_FUNCTIONS_IN_TEN = 25


def sources(root: Path) -> Iterator[Path]:
    """All modules but migrations, which are written once and for good by a machine."""
    for package in PACKAGES:
        yield from (each for each in sorted((root / package).rglob("*.py")) if "versions" not in each.parts)


def functions(path: Path) -> Iterator[tuple[int, str]]:
    """(lines, place) of every function; docstrings are for readers and do not count."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if ast.get_docstring(node, clean=False):
                lines -= (node.body[0].end_lineno or 0) - node.body[0].lineno + 1
            yield lines, f"{path.name}:{node.lineno} {node.name}"


@pytest.fixture(scope="module")
def lengths(root: Path) -> list[tuple[int, str]]:
    return sorted(found for path in sources(root) for found in functions(path))


def test_no_file_is_too_long(root: Path):
    long = {
        str(path.relative_to(root)): lines
        for path in sources(root)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES_OF_A_FILE
    }

    assert long == {}


def test_no_function_is_too_long(lengths):
    assert [found for found in lengths if found[0] > MOST_LINES_OF_A_FUNCTION] == []


def test_nine_functions_in_ten_fit_on_a_page(lengths):
    assert len(lengths) > 500
    assert lengths[len(lengths) * 9 // 10][0] <= MOST_LINES_OF_NINE_FUNCTIONS_IN_TEN
