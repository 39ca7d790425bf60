"""The project as it is handed over: as files, as distributions, as an environment that holds what it must."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNTIME_LOCK = ROOT / "docker" / "runtime.txt"
SITE_PACKAGES = Path(sysconfig.get_path("purelib"))


def tracked() -> list[str]:
    """Every file that is or would be committed; an unpacked source distribution has nothing else anyway."""
    try:
        words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git work tree")
    return sorted(name for name in set(listed.split("\0")) if name and (ROOT / name).is_file())


def runtime() -> dict[str, str]:
    """Package → version of what runs the hub, after the lock that the image is built from."""
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[.*?\])?==([^\s;]+)", RUNTIME_LOCK.read_text(), re.MULTILINE))


def pieces(name: str) -> set[Path]:
    """What a package put into the environment of this test, outermost folders first."""
    files = distribution(name).files or []
    return {SITE_PACKAGES / each.parts[0] for each in files if each.parts[0] not in ("..", "__pycache__")}


def installed() -> list[str]:
    """Packages of the run-time lock that this platform takes."""
    found = []
    for name in runtime():
        try:
            found.append(distribution(name).name)
        except PackageNotFoundError:
            continue
    return found


@pytest.fixture(scope="session")
def core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to import from that holds the run-time lock's packages and nothing else, not even orderhub."""
    folder = tmp_path_factory.mktemp("core")
    for name in installed():
        for piece in pieces(name):
            if not (folder / piece.name).exists():
                (folder / piece.name).symlink_to(piece)
    return folder


def build(tree: Path, into: Path, *kinds: str) -> dict[str, Path]:
    """Kind (`whl`, `gz`) → what hatchling built of a tree, without a network and without isolation."""
    targets = [word for kind in kinds for word in ("-t", kind)]
    words = [sys.executable, "-m", "hatchling", "build", "-d", str(into), *targets]
    known = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    done = subprocess.run(words, cwd=tree, env=known, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {path.suffix.lstrip("."): path for path in into.iterdir()}


def copy_tree(into: Path, names: list[str], mode: int, instant: float) -> Path:
    """The files in the given order, each with these rights and this age: another machine."""
    for name in names:
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
        target.chmod(mode)
        os.utime(target, (instant, instant))
    return into


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Wheel and source distribution of what is tracked."""
    tree = copy_tree(tmp_path_factory.mktemp("here"), tracked(), 0o644, 1_700_000_000)
    return build(tree, tmp_path_factory.mktemp("dist"), "sdist", "wheel")


@pytest.fixture(scope="session")
def environment(dist: dict[str, Path], core: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment in which nothing was but the run-time lock, and into which the wheel was installed."""
    folder = tmp_path_factory.mktemp("empty") / "environment"
    venv.create(folder, with_pip=False, symlinks=True)
    site_packages = next(folder.glob("lib/python*/site-packages"))
    (site_packages / "core.pth").write_text(f"{core}\n")
    words = ["--no-deps", "--no-index", "--no-compile", "--quiet", "--disable-pip-version-check"]
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", *words]
    done = subprocess.run([*pip, str(dist["whl"])], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder
