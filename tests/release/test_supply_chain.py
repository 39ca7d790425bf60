"""What the hub is made of can be told, and what is known against it is asked or loudly not asked."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.release import audit
from tests.release.conftest import ROOT, runtime

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
NOWHERE = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
"""A port that nobody listens at: what a closed network looks like."""


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `make sbom` writes; the tool validates it against the schema of CycloneDX itself."""
    target = tmp_path_factory.mktemp("sbom") / "bill.json"
    words = re.search(r"cyclonedx-py (.*) -o ", MAKEFILE)
    assert words is not None
    command = [str(Path(sys.executable).with_name("cyclonedx-py")), *words[1].split(), "-o", str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return target.read_text(encoding="utf-8")


def test_bill_names_every_package_that_is_locked_and_the_hub_itself(bill: str):
    read = json.loads(bill)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert {each["name"]: each["version"] for each in read["components"]} == runtime()
    assert (read["bomFormat"], read["metadata"]["component"]["name"]) == ("CycloneDX", "orderhub")
    assert read["metadata"]["component"]["version"] == version
    assert all(each["externalReferences"][0]["hashes"] for each in read["components"])


def test_bill_tells_nothing_of_the_machine(bill: str):
    assert str(ROOT) not in bill and str(Path.home()) + "/" not in bill and "file:" not in bill


class TestAudit:
    def run(self, monkeypatch: pytest.MonkeyPatch, code: int, said: str, erred: str) -> int:
        answer = subprocess.CompletedProcess([], code, said, erred)
        monkeypatch.setattr(audit.subprocess, "run", lambda *_, **__: answer)
        return audit.audit("lock.txt")

    def test_closed_network_is_a_loud_skip(self, monkeypatch, tmp_path, capsys):
        for name, value in NOWHERE.items():
            monkeypatch.setenv(name, value)
        lock = tmp_path / "lock.txt"
        lock.write_text(f"httpx=={runtime()['httpx']} --hash=sha256:{'0' * 64}\n")

        assert audit.audit(str(lock)) == 0
        assert "AUDIT SKIPPED" in capsys.readouterr().out

    def test_finding_fails_even_if_it_speaks_of_connections(self, monkeypatch, capsys):
        assert self.run(monkeypatch, 1, '{"dependencies": []}', "a ConnectionError in the text") == 1
        assert "SKIPPED" not in capsys.readouterr().out

    def test_what_is_neither_is_a_failure(self, monkeypatch):
        assert self.run(monkeypatch, 2, "", "no such option") == 2


def test_no_security_rule_is_ignored_wholesale():
    """A rule is left out alone and with its reason; only tests and twins, who face nobody, do without."""
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    wholesale = {path for path, rules in lint["per-file-ignores"].items() if "S" in rules}

    assert "S" in lint["select"]
    assert {rule for rule in lint["ignore"] if rule.startswith("S")} == {"S101", "S311"}
    assert wholesale == {"tests/**", "**/twin.py"}
