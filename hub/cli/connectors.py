"""The connectors that are installed: what they can, and how they stand in the conformance kit."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from connectors.kit.conformance.checks import Bench
from connectors.kit.conformance.report import Score, score
from connectors.kit.plugin import Plugin
from hub import registry
from hub.cli import scaffold
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, progress, show, show_json
from mappings.structs import FrozenStruct

app = typer.Typer(no_args_is_help=True, help="Connectors that are installed, and how they score.")
app.command("new")(scaffold.new)


class ConnectorItem(FrozenStruct):
    """An installed plug-in. `capabilities` by class name."""

    platform: str
    kind: str
    title: str
    api_version: str
    capabilities: tuple[str, ...]
    exemptions: dict[str, str]
    unverified: tuple[str, ...]


class ScoreItem(FrozenStruct):
    """What the conformance kit says. `score` is the share of the checks that apply and held, 0 to 1; an
    exempt check counts neither way."""

    platform: str
    kind: str
    score: float
    held: int
    failures: dict[str, str]
    exemptions: dict[str, str]
    not_applicable: dict[str, str]


def installed() -> list[ConnectorItem]:
    """Stores, then carriers, by name."""
    found = registry.load()
    return [
        ConnectorItem(
            platform=name,
            kind=kind,
            title=plugin.title,
            api_version=plugin.api_version,
            capabilities=tuple(each.__name__ for each in plugin.capabilities),
            exemptions=dict(plugin.exemptions),
            unverified=tuple(plugin.unverified),
        )
        for kind, plugins in (("store", found.stores), ("carrier", found.carriers))
        for name, plugin in sorted(plugins.items())
    ]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Every connector with its capabilities."""
    show(
        installed(),
        {
            "platform": lambda each: each.platform,
            "kind": lambda each: each.kind,
            "title": lambda each: each.title,
            "API": lambda each: each.api_version or "-",
            "capabilities": lambda each: ", ".join(each.capabilities),
            "exempt": lambda each: len(each.exemptions),
        },
        as_json=as_json,
        nothing="No connector is installed.",
    )


@app.command("score")
def score_(
    platforms: Annotated[
        list[str] | None, typer.Argument(metavar="PLATFORM…", help="Only these; default: all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Try connectors against the twins of their platforms, with every check of the conformance kit."""
    rows = [_row(asyncio.run(score(Bench.of(plugin)))) for plugin in _with_progress(_chosen(platforms or []))]
    if as_json:
        show_json(rows)
    else:
        show(rows, _COLUMNS, as_json=False, nothing="No connector is installed.")
        for each in rows:
            for check, words in {**each.failures, **each.exemptions}.items():
                state = "FAILED" if check in each.failures else "exempt"
                typer.echo(f"{each.platform}: {state} {check}: {words}")
    if any(each.failures for each in rows):
        raise typer.Exit(1)


_COLUMNS: dict[str, Any] = {
    "platform": lambda each: each.platform,
    "kind": lambda each: each.kind,
    "score": lambda each: f"{each.score:.2f}",
    "held": lambda each: each.held,
    "failed": lambda each: len(each.failures),
    "exempt": lambda each: len(each.exemptions),
    "not applicable": lambda each: len(each.not_applicable),
}


def _chosen(platforms: list[str]) -> list[Plugin[Any, Any]]:
    found = registry.load()
    known: dict[str, Plugin[Any, Any]] = {**found.stores, **found.carriers}
    if unknown := [each for each in platforms if each not in known]:
        raise Problem(f"there is no connector {unknown[0]!r}: `orderhub connectors list` shows what there is")
    return [known[each] for each in platforms or known]


def _with_progress(plugins: list[Plugin[Any, Any]]) -> Iterator[Plugin[Any, Any]]:
    with progress() as shown:
        task = shown.add_task("", total=len(plugins))
        for plugin in plugins:
            shown.update(task, description=f"trying {plugin.platform}")
            yield plugin
            shown.advance(task)


def _row(found: Score) -> ScoreItem:
    return ScoreItem(
        platform=found.platform,
        kind=found.kind,
        score=found.share,
        held=len(found.held),
        failures=dict(found.failures),
        exemptions=dict(found.exemptions),
        not_applicable=dict(found.not_applicable),
    )
