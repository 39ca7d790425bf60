"""`orderhub connectors new`: a folder for a new connector, whose tests say what is left to write."""

import re
from enum import StrEnum
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.problem import Problem
from hub.registry import CARRIERS, STORES

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class Kind(StrEnum):
    STORE = "store"
    CARRIER = "carrier"


EXAMPLES = {
    Kind.STORE: {
        "inward": "order",
        "outward": "outward",
        "golden": "order-plain",
        "example": "tests/examples/orderhub-acme",
        "example_package": "orderhub_acme",
        "example_prefix": "Acme",
    },
    Kind.CARRIER: {
        "inward": "tracking",
        "outward": "booking",
        "golden": "tracking-delivered",
        "example": "tests/examples/orderhub-swift",
        "example_package": "orderhub_swift",
        "example_prefix": "Swift",
    },
}
"""What the templates of a kind call its two mappings, and which finished connector they point at."""


def new(
    kind: Annotated[Kind, typer.Argument(help="What the platform is.")],
    name: Annotated[str, typer.Argument(help="The platform, for example acme or blue-post.")],
    into: Annotated[Path, typer.Option(help="Where the new folder orderhub-NAME is made.")] = Path(),
) -> None:
    """Start a connector: write a folder whose tests say, step by step, what is left to write."""
    folder = into.expanduser() / f"orderhub-{name}"
    _refuse(name, folder)
    try:
        for path, text in rendered(kind, name).items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem(f"{folder} cannot be written: {error.strerror}") from None
    typer.echo(f"{folder} is written. Next, in that folder: `python -m pytest tests/test_steps.py -x`.")
    typer.echo("It says what to write first; the guide is docs/write-a-connector.md.")


def _refuse(name: str, folder: Path) -> None:
    if not NAME.fullmatch(name):
        raise Problem(f"{name!r} cannot be a name: lower-case letters, digits, single dashes; a letter first")
    if name in {point.name for group in (STORES, CARRIERS) for point in entry_points(group=group)}:
        raise Problem(f"there is a connector {name!r} already: `orderhub connectors list` shows it")
    if folder.exists():
        raise Problem(f"{folder} exists already: choose another name, or another folder with --into")


def rendered(kind: Kind, name: str) -> dict[str, str]:
    """Path inside the new folder → contents."""
    words = name.split("-")
    values = {
        "name": name,
        "package": f"orderhub_{name.replace('-', '_')}",
        "title": " ".join(word.capitalize() for word in words),
        "prefix": "".join(word.capitalize() for word in words),
        **EXAMPLES[kind],
    }
    templates = files("connectors.kit") / "scaffold"
    found = [each for source in ("shared", kind.value) for each in _texts(templates / source)]
    return {_filled(path, values).removesuffix(".tmpl"): _filled(text, values) for path, text in found}


def _texts(folder: Traversable, path: str = "") -> list[tuple[str, str]]:
    """(path, text) of every template below a folder."""
    found: list[tuple[str, str]] = []
    for each in sorted(folder.iterdir(), key=lambda it: it.name):
        if each.is_dir():
            found += _texts(each, f"{path}{each.name}/")
        elif each.name.endswith(".tmpl"):
            found.append((path + each.name, each.read_text(encoding="utf-8")))
    return found


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", value)
    return text
