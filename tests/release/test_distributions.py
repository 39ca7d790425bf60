"""Wheel and source distribution: the same bytes wherever they are built, complete, and they run."""

import os
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from tests.release.conftest import ROOT, build, copy_tree, tracked

TOP_LEVEL = {"hub", "connectors", "mappings"}
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def digests(built: dict[str, Path]) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in built.values()}


def texts(built: dict[str, Path]) -> dict[str, bytes]:
    """Name → bytes of everything in both, the outermost folder of the source distribution left out."""
    with tarfile.open(built["gz"]) as source:
        found = {
            each.name.partition("/")[2]: file.read()
            for each in source.getmembers()
            if (file := source.extractfile(each))
        }
    with zipfile.ZipFile(built["whl"]) as wheel:
        return found | {f"wheel:{name}": wheel.read(name) for name in wheel.namelist()}


def test_two_machines_build_the_same_bytes(dist: dict[str, Path], tmp_path: Path):
    """Another folder, other rights, another age, files made in another order."""
    there = copy_tree(tmp_path / "there", tracked()[::-1], 0o600, 1_111_111_111)

    again = build(there, tmp_path / "dist", "sdist", "wheel")

    assert digests(again) == digests(dist)


def test_source_distribution_builds_the_very_same_wheel(dist: dict[str, Path], tmp_path: Path):
    with tarfile.open(dist["gz"]) as source:
        source.extractall(tmp_path, filter="data")

    again = build(tmp_path / f"orderhub-{VERSION}", tmp_path / "dist", "wheel")

    assert digests(again).items() <= digests(dist).items()


def test_source_distribution_holds_what_is_tracked_and_wheel_the_three_packages(dist: dict[str, Path]):
    found = texts(dist)
    wheel = {name.removeprefix("wheel:").split("/")[0] for name in found if name.startswith("wheel:")}

    assert {name for name in found if not name.startswith("wheel:")} == {*tracked(), "PKG-INFO"}
    assert wheel == TOP_LEVEL | {f"orderhub-{VERSION}.dist-info"}


def test_no_place_of_the_machine_is_in_what_was_built(dist: dict[str, Path]):
    places = [
        str(ROOT).encode(),
        str(Path(sys.prefix)).encode(),
        tempfile.gettempdir().encode() + b"/pytest-",
    ]

    assert [name for name, text in texts(dist).items() if any(place in text for place in places)] == []


def run(environment: Path, folder: Path, *words: str) -> str:
    """What an installed command says; no setting and no path of the machine reaches it."""
    known = {"PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder), "COLUMNS": "120"}
    command = [str(environment / "bin" / words[0]), *words[1:]]
    done = subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def desk():
    """An empty folder; not pytest's, whose paths are too long for the queue's socket."""
    with tempfile.TemporaryDirectory(prefix="dist-") as folder:
        yield Path(folder)


def test_installed_wheel_is_what_runs(environment: Path, desk: Path):
    asked = "import hub, importlib.metadata as m; print(hub.__path__[0], m.version('orderhub'))"

    where, version = run(environment, desk, "python", "-c", asked).split()

    assert Path(where).is_relative_to(environment) and version == VERSION
    assert "pytest" not in run(
        environment,
        desk,
        "python",
        "-c",
        "import sys, pkgutil; print(sorted(each.name for each in pkgutil.iter_modules()))",
    )


def test_installed_wheel_sets_up_a_hub_in_an_empty_folder(environment: Path, desk: Path):
    assert "Start here" in run(environment, desk, "orderhub", "--help")

    run(environment, desk, "orderhub", "init")

    assert (desk / "orderhub.toml").is_file()
    assert "shopify" in run(environment, desk, "orderhub", "connectors", "list")


@pytest.mark.server
def test_installed_wheel_runs_the_demo(environment: Path, desk: Path):
    said = run(
        environment, desk, "orderhub", "demo", "--orders", "30", "--speed", "400000", "--port", "0", "--exit"
    )

    assert "Every row closes" in said
