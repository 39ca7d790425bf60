"""`orderhub connectors new`: whole, refused where it must be, and its tests are the instructions."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from typer.testing import CliRunner

from connectors.kit.scaffold import unanswered, unwritten
from hub.cli import app
from hub.cli.scaffold import Kind, rendered

ROOT = Path(__file__).parents[3]
KINDS = pytest.mark.parametrize("kind", list(Kind))


def typed(*words):
    return CliRunner().invoke(app, ["connectors", "new", *words])


@pytest.fixture
def make(tmp_path):
    def make(kind, name="blue-post"):
        result = typed(kind.value, name, "--into", str(tmp_path))
        assert result.exit_code == 0, result.output
        return tmp_path / f"orderhub-{name}"

    return make


def in_folder(folder, *words):
    quickly = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=quickly, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


@KINDS
def test_tests_of_a_new_connector_fail_with_instructions(make, kind):
    code, printed = in_folder(make(kind), "pytest", "-q", "-p", "no:cacheprovider")
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (failed|passed|error)", printed)}

    assert code == 1 and "error" not in counts
    assert counts["passed"] <= 3, "the declaration is complete; nothing else can hold"
    assert printed.count("write here: ") > 30 and "answer in FACTS.md" in printed
    assert printed.count("fact you need: ") == printed.count("example: ") >= printed.count("write here: ")


@KINDS
def test_every_instruction_points_at_something_that_exists(make, kind):
    files = sorted(make(kind).rglob("*.py"))
    instructions = [instruction for file in files for _, instruction in unwritten(file)]

    assert len(instructions) > 15
    for each in instructions:
        path, _, name = each.example.partition(": ")
        (found,) = (ROOT / "tests" / "examples").glob(f"*/{path}")
        assert name in defined_in(found), each.example


def defined_in(file):
    """Names of its functions, classes, methods and constants."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    named = {getattr(node, "name", "") for node in nodes}
    return named | {node.id for node in nodes if isinstance(node, ast.Name)}


@KINDS
def test_new_connector_is_clean(make, kind):
    folder = make(kind)
    for words in (("check", "."), ("format", "--check", ".")):
        code, printed = in_folder(folder, "ruff", *words, "--no-cache")
        assert code == 0, printed


def test_names_are_filled_in_everywhere(make):
    folder = make(Kind.STORE)
    files = [file for file in folder.rglob("*") if file.is_file()]

    assert not any("{{" in f"{file}{file.read_text(encoding='utf-8')}" for file in files)
    assert 'blue-post = "orderhub_blue_post:PLUGIN"' in (folder / "pyproject.toml").read_text("utf-8")
    assert "class BluePostConnector(" in (folder / "orderhub_blue_post" / "connector.py").read_text("utf-8")


@pytest.mark.parametrize("name", ["Acme", "7up", "a--b", "a-", "a_b", "../a", ""])
def test_bad_name_is_refused_in_one_sentence(tmp_path, name):
    result = typed("store", name, "--into", str(tmp_path))

    assert result.exit_code == 1 and result.stderr.count("\n") == 1
    assert f"{name!r} cannot be a name: lower-case letters" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_name_that_is_taken_is_refused(tmp_path):
    result = typed("store", "sf-express", "--into", str(tmp_path))

    assert result.exit_code == 1
    assert "there is a connector 'sf-express' already" in result.stderr


def test_existing_folder_is_left_alone(make, tmp_path):
    folder = make(Kind.STORE)
    (folder / "FACTS.md").write_text("mine")
    result = typed("carrier", "blue-post", "--into", str(tmp_path))

    assert result.exit_code == 1 and "exists already" in result.stderr
    assert (folder / "FACTS.md").read_text() == "mine"


def test_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    result = typed("store", "blue-post", "--into", str(tmp_path / "file"))

    assert result.exit_code == 1 and "cannot be written: Not a directory" in result.stderr


def test_templates_are_in_the_wheel():
    packed = {each.distribution_path for each in WheelBuilder(str(ROOT)).recurse_included_files()}
    templates = ROOT.glob("connectors/kit/scaffold/**/*.tmpl")

    assert {str(each.relative_to(ROOT)) for each in templates} <= packed
    assert {"connectors/py.typed", "mappings/py.typed"} <= packed
    assert len(rendered(Kind.STORE, "a")) > 12


def test_question_is_answered_by_any_text_below_it(tmp_path):
    sheet = tmp_path / "FACTS.md"
    sheet.write_text("- Which zone?\n  Shanghai.\n- Which page?\n  …\n- Which window?\n", encoding="utf-8")

    assert unanswered(sheet) == ["Which page?", "Which window?"]
