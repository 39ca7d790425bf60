"""`docs/write-a-connector.md` works: its commands are run in its order, and its author writes in between."""

import dataclasses
import logging
import os
import re
import shlex
import shutil
import site
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.kit.capabilities import CAPABILITIES
from connectors.kit.conformance.checks import ADDRESS
from connectors.kit.conformance.rig import load_twin
from connectors.kit.twin import Product, Purchase
from hub.cli import state
from hub.registry import load

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "tests" / "examples" / "orderhub-acme"
GUIDE = (ROOT / "docs" / "write-a-connector.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^## (\d)|^```(console|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)\n((?:[^$].*\n)*)", re.MULTILINE)
QUICKLY = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"}

WRITTEN = {
    "2": ["FACTS.md"],
    "3": ["orderhub_acme/settings.py"],
    "4": ["orderhub_acme/mapping", "tests/fixtures"],
    "5": ["orderhub_acme/twin.py"],
    "6": ["orderhub_acme/connector.py", "orderhub_acme/__init__.py"],
}
"""Section of the guide → what its reader has written at its end; here it is taken from the example."""


class Author:
    """Follows the guide in `folder`; what is typed there runs as it would in an environment of their own."""

    def __init__(self, desk, folder, monkeypatch):
        self.desk, self.folder, self.monkeypatch = desk, folder, monkeypatch
        self.packages = folder / "site-packages"

    def write(self, section):
        for path in WRITTEN.get(section, ()):
            source, target = EXAMPLE / path, self.folder / "orderhub-acme" / path
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copy(source, target)

    def type(self, line):
        """(exit code, what was printed)."""
        match shlex.split(line):
            case ["cd", where]:
                self.monkeypatch.chdir(where)
            case ["rm", file]:
                Path(file).unlink()
            case ["python", *words]:
                return self.python(words)
            case ["orderhub", *words]:
                result = self.desk.type(*words)
                return result.exit_code, result.output
            case _:
                pytest.fail(f"the guide types something that this test does not know: {line}")
        return 0, ""

    def python(self, words):
        known = {**os.environ, **QUICKLY, **OFFLINE, "PIP_TARGET": str(self.packages), "PYTHONPATH": ""}
        done = subprocess.run([sys.executable, *words], env=known, capture_output=True, text=True)
        if "install" in words:
            site.addsitedir(str(self.packages))
            self.connect()
        return done.returncode, done.stdout + done.stderr

    def connect(self):
        """The real platform: a store in which somebody has bought something."""
        registry = load()
        world = dataclasses.replace(self.desk.world(), registry=registry)
        self.monkeypatch.setattr(state, "make_world", lambda: world)
        twin = self.desk.twins["acme"] = load_twin(registry.stores["acme"], self.desk.clock)
        twin.offer([Product(sku="SKU-1", title="One", price=Decimal("10.00"), stock=5)])
        twin.place_order(Purchase(buyer_reference="b", ship_to=ADDRESS, items=[("SKU-1", 1)]))
        self.monkeypatch.chdir(self.folder)
        self.desk.settings_file("acme")
        self.monkeypatch.chdir("orderhub-acme")


@pytest.fixture
def author(desk, tmp_path, monkeypatch):
    """Nothing that this test imports from its folder stays imported."""
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if name.startswith("orderhub_acme")}
    path = [each for each in sys.path if not each.startswith(str(EXAMPLE))]
    monkeypatch.setattr(sys, "path", path)
    monkeypatch.setattr(logging.getLogger("httpx"), "disabled", True)  # keeping every line costs seconds
    yield Author(desk, tmp_path, monkeypatch)
    for name in [each for each in sys.modules if each.startswith("orderhub_acme")]:
        del sys.modules[name]
    sys.modules.update(before)


def test_every_command_of_the_guide_does_what_the_guide_says(author):
    section = "0"
    for number, language, text in BLOCK.findall(GUIDE):
        if number:
            author.write(section)
            section = number
            continue
        author.write(section)
        if language == "python":
            code, printed = author.python(["-c", text])
            assert code == 0, printed
        for line, expected in COMMAND.findall(text) if language == "console" else ():
            code, printed = author.type(line)
            assert (code != 0) == ("failed" in expected), f"{line}\n{printed}"
            for words in expected.splitlines():
                assert words in printed, f"{line} does not say {words!r}:\n{printed}"
    assert section == "9"


def test_the_guide_leads_to_the_golden_documents_of_the_example(author):
    blocks = [text for _, language, text in BLOCK.findall(GUIDE) if language == "python"]
    assert len(blocks) == 1
    shutil.copytree(EXAMPLE, "orderhub-acme", ignore=shutil.ignore_patterns("expected", "__pycache__"))
    author.monkeypatch.chdir("orderhub-acme")
    Path("tests/expected").mkdir()
    author.python(["-c", blocks[0]])
    for file in (EXAMPLE / "tests" / "expected").iterdir():
        assert Path("tests/expected", file.name).read_bytes().split() == file.read_bytes().split()


def test_the_guide_names_every_capability_and_only_kit_modules_that_exist():
    assert [each.__name__ for each in CAPABILITIES if f"`{each.__name__}`" not in GUIDE] == []
    sentence = GUIDE.split("is in the kit: ")[1].split(" and others")[0]
    modules = [each.strip("`\n ") for each in sentence.split(",")]
    assert len(modules) > 5 and all(
        (ROOT / "connectors" / "kit" / f"{each}.py").is_file() for each in modules
    )
