"""Every `orderhub` command that a page shows is one, and so is each of its options."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from hub.cli.program import load

ROOT = Path(__file__).parents[3]
PAGES = ["README.md", *sorted(f"docs/{each.name}" for each in (ROOT / "docs").glob("*.md"))]


def shown(page: str) -> list[str]:
    """Lines of its console blocks, continued ones put together."""
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ orderhub ")]


def faults(line: str) -> list[str]:
    _, name, *words = shlex.split(line, comments=True)
    command: Any = load(name)
    while hasattr(command, "commands") and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    if hasattr(command, "commands") and not command.invoke_without_command:
        return [f"no such command: {line}"]
    known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
    given = (word.partition("=")[0] for word in words if word.startswith("--"))
    return [f"no such option {each}: {line}" for each in given if each not in known]


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_a_page_exist_with_their_options(page: str) -> None:
    assert [fault for line in shown(page) for fault in faults(line)] == []


def test_the_readme_shows_commands() -> None:
    assert len(shown("README.md")) > 20


@pytest.mark.parametrize("line", ["orderhub orders explode 1", "orderhub orders list --colour red"])
def test_a_command_or_option_that_is_none_is_found(line: str) -> None:
    assert faults(line)
