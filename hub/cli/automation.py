"""Automation rules: written in a file, tried on past orders, then switched on."""

import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from hub.cli import entering
from hub.cli.places import save_and_audit
from hub.cli.problem import Problem
from hub.cli.shown import AsJson, progress, show, show_json
from hub.cli.state import faults, with_hub
from hub.context import HubContext
from hub.domain.automation_rules import AutomationRule
from hub.domain.snapshot import LiveRule
from hub.jobs.trying import try_rule
from hub.pipeline.trying import Tried
from hub.storage import automation, stores
from hub.storage.automation import StoredRule
from hub.storage.database import UnitOfWork

app = typer.Typer(no_args_is_help=True, help="Rules that tag or hold orders by themselves.")

MOST_SHOWN = 50

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the rule.")]


@app.command("add")
def add(
    file: Annotated[Path, typer.Argument(metavar="TOML", help="[[rule]] tables (docs/automation.md).")],
) -> None:
    """Add rules, or change those of their names: all of the file, or nothing if anything is wrong. A rule
    that is new or different is off: try it, then enable it."""
    wanted = _rules_in(file)

    def save(uow: UnitOfWork, now: datetime) -> None:
        _require_stores(uow, wanted)
        for each in wanted:
            automation.save(uow, each, entering.actor(), now)

    save_and_audit(save)
    typer.echo(
        f"{len(wanted)} rules of {file.name} are saved; `orderhub automation list` shows which are off."
    )


def _rules_in(file: Path) -> list[AutomationRule]:
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Problem(f"the file {file} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Problem(f"{file.name} is not TOML: {error}") from None
    tables = found.get("rule")
    if not isinstance(tables, list) or found.keys() != {"rule"}:
        raise Problem(f"{file.name} must hold [[rule]] tables and nothing else")
    rules = [_rule(file, number, table) for number, table in enumerate(tables, start=1)]
    names = [each.name for each in rules]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Problem(f"{file.name}: rule {twice[0]!r} stands there twice")
    return rules


def _rule(file: Path, number: int, table: Any) -> AutomationRule:
    try:
        return AutomationRule.model_validate(table)
    except ValidationError as error:
        raise Problem(f"{file.name}, rule {number}: {'; '.join(faults(error))}") from None


def _require_stores(uow: UnitOfWork, wanted: Sequence[AutomationRule]) -> None:
    known = [each.store_id for each in stores.stores(uow)]
    for rule in wanted:
        for store in rule.stores:
            if store not in known:
                raise Problem(f"rule {rule.name}: there is no store {store!r}; there are: {', '.join(known)}")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """All rules, in the order in which they fire."""
    found = with_hub(lambda hub: hub.database.read(automation.rules))
    if as_json:
        show_json([_facts(each) for each in found])
        return
    show(
        found,
        {
            "rule": lambda each: each.rule.name,
            "rank": lambda each: each.rule.rank,
            "on": lambda each: each.is_enabled,
            "version": lambda each: each.version,
            "when": lambda each: str(each.rule.when),
            "stores": lambda each: each.rule.stores or "all",
            "tags": lambda each: each.rule.tags or "-",
            "holds": lambda each: each.rule.hold.why if each.rule.hold else "-",
            "by": lambda each: each.actor,
        },
        as_json=False,
        nothing="There are no automation rules: `orderhub automation add FILE`.",
    )


@app.command("show")
def show_(name: Name) -> None:
    """One rule, as JSON."""
    show_json(_facts(with_hub(lambda hub: hub.database.read(lambda uow: _one(uow, name)))))


def _facts(stored: StoredRule) -> dict[str, Any]:
    return {
        "version": stored.version,
        "is_enabled": stored.is_enabled,
        "changed_by": stored.actor,
        "changed_at": stored.at,
        "rule": stored.rule.model_dump(mode="json", exclude_defaults=True),
    }


def _one(uow: UnitOfWork, name: str) -> StoredRule:
    known = {each.rule.name: each for each in automation.rules(uow)}
    if name not in known:
        raise Problem(f"there is no rule {name!r}; there are: {', '.join(known) or 'none yet'}")
    return known[name]


@app.command("try")
def try_(
    name: Name,
    since: Annotated[str, typer.Option(metavar="DATE", help="Only orders placed from then on.")] = "",
    as_json: AsJson = False,
) -> None:
    """Run a rule over past orders, on or off, and show which it would have fired on. Nothing is changed."""
    seen, fired, first = with_hub(lambda hub: _tried(hub, name, since))
    rows = [_row(each) for each in first]
    if as_json:
        show_json({"orders": seen, "fired": fired, "first": rows})
        return
    typer.echo(f"rule {name} would have fired on {fired} of {seen} orders.")
    columns = {key: (lambda row, key=key: row[key]) for key in ("number", "store", "placed", "did")}
    show(rows, columns, as_json=False, nothing="")


async def _tried(hub: HubContext, name: str, since: str) -> tuple[int, int, list[Tried]]:
    """How many orders there were, on how many it would have fired, and the first of these."""
    start = entering.moment(since) if since else None
    stored = await hub.database.read(lambda uow: _one(uow, name))
    seen = fired = 0
    first: list[Tried] = []
    with progress() as shown:
        task = shown.add_task("trying")
        async for page in try_rule(hub, LiveRule(rule=stored.rule, version=stored.version), start):
            seen += len(page)
            hits = [each for each in page if each.did]
            fired += len(hits)
            first += hits[: MOST_SHOWN - len(first)]
            shown.update(task, description=f"{seen} orders, fired on {fired}")
    return seen, fired, first


def _row(each: Tried) -> dict[str, Any]:
    return {
        "order": each.order.order_id,
        "number": each.order.sales.order_number,
        "store": each.order.store_id,
        "placed": each.order.sales.placed_at,
        "did": "; ".join(dict.fromkeys(reason.text for reason in each.did)),
    }


@app.command("enable")
def enable(name: Name) -> None:
    """Switch a rule on: it fires on orders that are decided from now on."""
    _switch(name, True)
    typer.echo(f"rule {name} is on.")


@app.command("disable")
def disable(name: Name) -> None:
    """Switch a rule off: orders that it alone holds go on."""
    _switch(name, False)
    typer.echo(f"rule {name} is off.")


def _switch(name: str, enabled: bool) -> None:
    def save(uow: UnitOfWork, now: datetime) -> None:
        _one(uow, name)
        automation.switch(uow, name, enabled, entering.actor(), now)

    save_and_audit(save)


@app.command("remove")
def remove(name: Name) -> None:
    """Remove a rule: orders that it alone holds go on. What it decided stays on record."""

    def save(uow: UnitOfWork, now: datetime) -> None:
        _one(uow, name)
        automation.remove(uow, name)

    save_and_audit(save)
    typer.echo(f"rule {name} is removed.")
