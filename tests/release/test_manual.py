"""`make manual` builds the manual, and a link that leads nowhere or a page without a place stops it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.release.conftest import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "manual.yml", tmp_path / ".ci")
    return tmp_path


def build(tree: Path) -> subprocess.CompletedProcess[str]:
    """What the Makefile types."""
    words = re.search(r"/mkdocs (build .*)", MAKEFILE)
    assert words is not None
    command = [sys.executable, "-m", "mkdocs", *words[1].split()]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True)


def test_manual_has_every_page(tree: Path):
    done = build(tree)

    assert done.returncode == 0, done.stdout + done.stderr
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert pages <= {path.stem for path in (tree / "dist" / "manual").glob("*.html")}


@pytest.mark.parametrize(
    "page, text, told",
    [
        ("carriers.md", "[gone](gone.md)", "'gone.md'"),
        ("carriers.md", "[gone](rules.md#no-such-heading)", "no-such-heading"),
        ("nobody-finds-this.md", "A page.", "nobody-finds-this.md"),
    ],
)
def test_what_leads_nowhere_stops_it_and_is_named(tree: Path, page: str, text: str, told: str):
    (tree / "docs" / page).write_text(text, encoding="utf-8")

    done = build(tree)

    assert done.returncode != 0 and told in done.stdout + done.stderr
