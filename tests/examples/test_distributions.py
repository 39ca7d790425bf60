"""The examples are strangers' packages: built, installed beside orderhub, found, and whole."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.kit.scaffold import unanswered, unwritten
from hub.cli.scaffold import Kind, rendered

HERE = Path(__file__).parent
EXAMPLES = [(Kind.STORE, "acme"), (Kind.CARRIER, "swift")]
OFFLINE = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet")


def test_installed_examples_are_found_and_keep_every_promise(tmp_path):
    folders = [str(HERE / f"orderhub-{name}") for _, name in EXAMPLES]
    run(sys.executable, "-m", "pip", "install", *OFFLINE, "--target", str(tmp_path), *folders)

    orderhub = Path(sys.executable).with_name("orderhub")
    names = [name for _, name in EXAMPLES]
    rows = json.loads(run(orderhub, "connectors", "score", *names, "--json", cwd=tmp_path))

    assert [(each["platform"], each["kind"], each["score"]) for each in rows] == [
        ("acme", "store", 1.0),
        ("swift", "carrier", 1.0),
    ]
    assert not any(each["failures"] or each["exemptions"] for each in rows)


def run(*words, cwd=None):
    """What a command prints; it sees nothing of this repository but what is installed in `cwd`."""
    known = {**os.environ, "PYTHONPATH": str(cwd or "")}
    done = subprocess.run(words, cwd=cwd, env=known, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("kind", "name"), EXAMPLES)
def test_example_has_the_files_that_a_new_connector_gets(kind, name):
    new = {path for path in rendered(kind, name) if not path.endswith(("test_steps.py", ".gitkeep"))}
    folder = HERE / f"orderhub-{name}"
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    written = {path for path in found if not path.startswith(".") and not path.endswith((".pyc", ".json"))}
    assert written == new


@pytest.mark.parametrize(("kind", "name"), EXAMPLES)
def test_example_is_a_new_connector_filled_in(kind, name):
    new, folder = rendered(kind, name), HERE / f"orderhub-{name}"
    for path in ("pyproject.toml", "FACTS.md"):
        kept = [each for each in new[path].splitlines() if each.startswith(("- ", "[", "name", "packages"))]
        assert kept and set(kept) <= set((folder / path).read_text(encoding="utf-8").splitlines())
    assert unanswered(folder / "FACTS.md") == []
    assert [unwritten(file) for file in folder.rglob("*.py") if unwritten(file)] == []
