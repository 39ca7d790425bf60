"""What is published tells nothing about the machines it was made on."""

import re
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

HOME = re.compile(r"(?<![\w.~$}-])/(?:home|Users|root)/[\w.-]+")
REGISTRY = re.compile(
    r"""(?:"resolved":\s*"|--(?:extra-)?index[-]url[ =]|--find-links[ =]|^\s*registry\s*=\s*)(\S+?)["\s]""",
    re.MULTILINE,
)
SLASH, QUOTE = "/", '"'
"""So that the examples below are not found themselves."""


@pytest.fixture(scope="module")
def tracked(root: Path) -> dict[str, str]:
    """Path → text of every file that is or would be committed."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git work tree")
    found = {}
    for name in filter(None, listed.split("\0")):
        path = root / name
        if path.is_file():
            found[name] = path.read_text(encoding="utf-8", errors="replace")
    return found


def places_of_this_machine(root: Path) -> list[str]:
    places = [str(root), str(root.parent), str(Path.home())]
    return [each for each in places if each.count("/") >= 1 and len(each) > 5]


def test_no_file_names_a_place_of_a_machine(root: Path, tracked):
    places = places_of_this_machine(root)
    found = [
        name
        for name, text in tracked.items()
        if any(f"{place}/" in text for place in places) or HOME.search(text)
    ]

    assert found == []


def test_no_file_names_where_packages_come_from(tracked):
    hosts = {
        urlsplit(address).hostname: name
        for name, text in tracked.items()
        for address in REGISTRY.findall(text)
    }

    assert {host: name for host, name in hosts.items() if host} == {}


@pytest.mark.parametrize(
    "text",
    [
        f"see {SLASH}home/wang/x.py",
        f'"{SLASH}Users/wang/x"',
        f"cd {SLASH}root/x",
        f'"resolved": {QUOTE}https://npm.corp.example/a.tgz"',
    ],
)
def test_checks_see_what_they_look_for(text):
    hosts = {urlsplit(each).hostname for each in REGISTRY.findall(text)}

    assert HOME.search(text) or hosts - {None}


def test_nothing_generated_is_tracked(root: Path, tracked):
    assert not [name for name in tracked if name.endswith((".pyc", ".sqlite3", ".env", "orderhub.toml"))]
    assert "tool" in tomllib.loads(tracked["pyproject.toml"])
