"""Audit rules of a store: what there is, what is on, with which parameters."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import msgspec
import typer

from hub.cli.problem import Problem
from hub.cli.rule_lists import blacklist, floors
from hub.cli.setting import edit_entry
from hub.cli.shown import AsJson, plain, show, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.policies import StorePolicy
from hub.domain.rule_catalogue import (
    Entry,
    RuleFault,
    catalogue,
    entry,
    schema,
    state,
    with_parameters,
    without,
)
from hub.pipeline.configuration import STORES, StoreEntry
from hub.storage import stores as places
from hub.storage.database import UnitOfWork
from hub.storage.stores import NoStore, Store

app = typer.Typer(no_args_is_help=True, help="Audit rules of stores: when an order is held.")
app.add_typer(floors, name="floors")
app.add_typer(blacklist, name="blacklist")

MOST_NAMED = 5
"""Stores that a row of the catalogue names."""

StoreId = Annotated[str, typer.Argument(metavar="STORE", help="Id of the store.")]
RuleName = Annotated[str, typer.Argument(metavar="RULE", help="Name of the rule (`orderhub rules list`).")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """All rules, and in which stores each is on."""
    found = with_hub(lambda hub: hub.database.read(places.stores))
    rows: list[dict[str, Any]] = [
        {
            "rule": each.name,
            "title": each.title,
            "zh": each.zh,
            "description": each.description,
            "always_on": each.is_standing,
            "stores": [s.store_id for s in found if each.is_standing or s.policy.rule(each.name)],
            "parameters": schema(each),
        }
        for each in catalogue()
    ]
    show(
        rows,
        {
            "rule": lambda row: row["rule"],
            "title": lambda row: row["title"],
            "中文": lambda row: row["zh"],
            "on in": lambda row: "always on" if row["always_on"] else _some(row["stores"]),
            "parameters": lambda row: ", ".join(row["parameters"]) or "-",
        },
        as_json=as_json,
        nothing="",
    )


def _some(stores: Sequence[str]) -> str:
    """All of a few stores; of many the first ones and how many there are."""
    more = f" … ({len(stores)} stores)" if len(stores) > MOST_NAMED else ""
    return ", ".join(stores[:MOST_NAMED]) + more or "-"


@app.command("show")
def show_(store: StoreId, as_json: AsJson = False) -> None:
    """The rules of one store with their parameters."""
    found = with_hub(lambda hub: hub.database.read(lambda uow: known_store(uow, store)))
    rows = [state(each, found.policy) for each in catalogue()]
    if as_json:
        show_json({"store": store, "policy_version": found.policy_version, "rules": rows})
        return
    show(
        rows,
        {
            "rule": lambda row: row["rule"],
            "title": lambda row: row["title"],
            "state": lambda row: row["state"],
            "parameters": lambda row: [f"{k}={plain(v)}" for k, v in row["parameters"].items()] or "-",
        },
        as_json=False,
        nothing="",
    )
    typer.echo(f"\nPolicy version {found.policy_version}; times are those of {found.time_zone or 'UTC'}.")


@app.command("set")
def set_(
    store: StoreId,
    rule: RuleName,
    values: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE…", help="Lists with commas; empty: the default.")
    ] = None,
) -> None:
    """Switch a rule on, or change its parameters; those that are not given stay. Orders on hold are audited
    again; those that go on already are not called back."""
    found = _entry(rule)
    given = given_values(values or ())
    version = change_policy(store, lambda policy: with_parameters(policy, found, given))
    typer.echo(f"rule {rule} is on in store {store} (policy version {version}).")


@app.command("off")
def off(store: StoreId, rule: RuleName) -> None:
    """Switch a rule off; orders that it held are audited again."""
    found = _entry(rule)
    version = change_policy(store, lambda policy: without(policy, found))
    typer.echo(f"rule {rule} is off in store {store} (policy version {version}).")


def change_policy(store_id: str, change: Callable[[StorePolicy], StorePolicy]) -> int:
    """Save the changed policy under the next version; returns the version."""
    with_hub(lambda hub: hub.database.read(lambda uow: known_store(uow, store_id)))
    versions: list[int] = []

    def edit(entry: StoreEntry | None) -> StoreEntry:
        assert entry is not None  # stores are never taken away
        try:
            return msgspec.structs.replace(entry, policy=change(entry.policy))
        except RuleFault as error:
            raise Problem(str(error)) from None

    def look(hub: HubContext, uow: UnitOfWork) -> None:
        versions.append(known_store(uow, store_id).policy_version)

    edit_entry(STORES, store_id, edit, look)
    return versions[-1]


def known_store(uow: UnitOfWork, store_id: str) -> Store:
    try:
        return places.store(uow, store_id)
    except NoStore as error:
        raise Problem(str(error)) from None


def _entry(name: str) -> Entry:
    found = entry(name)
    if found is None:
        raise Problem(f"there is no rule {name!r}; there are: {', '.join(e.name for e in catalogue())}")
    return found


def given_values(texts: Sequence[str]) -> dict[str, str]:
    """key=value as it was typed."""
    values: dict[str, str] = {}
    for each in texts:
        name, separator, value = each.partition("=")
        if not separator:
            raise Problem(f"parameters are given as key=value, not {each!r}")
        values[name] = value.strip()
    return values
