"""The hub on imitations of platforms: the seeded simulation and the demo. They read their own arguments."""

import importlib
from typing import Any

import typer

from hub.cli.problem import Problem

app = typer.Typer()

RUNNERS = {"simulate": "hub.simulation.command:run", "demo": "hub.demo:run"}
"""Command → the function that takes its arguments; it may return an exit code."""

_PASS_ON: dict[str, Any] = {
    "context_settings": {"allow_extra_args": True, "ignore_unknown_options": True},
    "add_help_option": False,
}


@app.command("simulate", **_PASS_ON)
def simulate(context: typer.Context) -> None:
    """Run the whole hub on a virtual clock, with faults, and check it."""
    _run("simulate", context.args)


@app.command("demo", **_PASS_ON)
def demo(context: typer.Context) -> None:
    """Run the whole hub on twins of five platforms."""
    _run("demo", context.args)


def _run(name: str, arguments: list[str]) -> None:
    module, _, function = RUNNERS[name].partition(":")
    try:
        runner = getattr(importlib.import_module(module), function)
    except ModuleNotFoundError as error:
        raise Problem(f"`orderhub {name}` needs {error.name}: install orderhub with its extras") from None
    raise typer.Exit(runner(arguments) or 0)
