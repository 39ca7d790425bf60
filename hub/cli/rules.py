"""Audit rules of a store: what there is, what is on, with which parameters."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import msgspec
import typer
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from hub.cli.problem import Problem
from hub.cli.rule_lists import blacklist, floors
from hub.cli.shown import AsJson, plain, show, show_json
from hub.cli.state import with_hub
from hub.context import HubContext
from hub.domain.audit import STANDING
from hub.domain.audit_parameters import OPTIONAL, OptionalRule
from hub.domain.policies import StorePolicy
from hub.jobs.stock import reaudit
from hub.storage import stores as places
from hub.storage.database import UnitOfWork
from hub.storage.stores import Store
from mappings.structs import FrozenStruct

app = typer.Typer(no_args_is_help=True, help="Audit rules of stores: when an order is held.")
app.add_typer(floors, name="floors")
app.add_typer(blacklist, name="blacklist")

MOST_NAMED = 5
"""Stores that a row of the catalogue names."""

StoreId = Annotated[str, typer.Argument(metavar="STORE", help="Id of the store.")]
RuleName = Annotated[str, typer.Argument(metavar="RULE", help="Name of the rule (`orderhub rules list`).")]

_optional: TypeAdapter[OptionalRule] = TypeAdapter(OptionalRule)
_STANDING = {each.name: each for each in STANDING}


class Entry(FrozenStruct):
    """A rule as people see it; `parameters` name → field of the model that holds it."""

    name: str
    title: str
    zh: str
    description: str
    is_standing: bool
    parameters: Mapping[str, FieldInfo]


def catalogue() -> list[Entry]:
    """All rules, those that are always on first."""
    standing = [
        Entry(
            name=each.name,
            title=each.title,
            zh=each.zh,
            description=each.description,
            is_standing=True,
            parameters={name: StorePolicy.model_fields[name] for name in each.parameters},
        )
        for each in STANDING
    ]
    return standing + [_optional_entry(name, model) for name, model in OPTIONAL.items()]


def _optional_entry(name: str, model: type[BaseModel]) -> Entry:
    schema = model.model_json_schema()
    return Entry(
        name=name,
        title=schema["title"],
        zh=schema["zh"],
        description=" ".join(schema["description"].split()),
        is_standing=False,
        parameters={each: field for each, field in model.model_fields.items() if each != "rule"},
    )


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
            "parameters": _schema(each),
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


def _schema(entry: Entry) -> dict[str, Any]:
    """JSON schema of each parameter."""
    model: type[BaseModel] = StorePolicy if entry.is_standing else OPTIONAL[entry.name]
    properties = model.model_json_schema()["properties"]
    return {name: properties[name] for name in entry.parameters}


@app.command("show")
def show_(store: StoreId, as_json: AsJson = False) -> None:
    """The rules of one store with their parameters."""
    found = with_hub(lambda hub: hub.database.read(lambda uow: _store(uow, store)))
    rows = [_row(each, found.policy) for each in catalogue()]
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


def _row(entry: Entry, policy: StorePolicy) -> dict[str, Any]:
    values = policy if entry.is_standing else policy.rule(entry.name)
    parameters = values.model_dump(mode="json", include=set(entry.parameters)) if values else {}
    state = "always on" if entry.is_standing else "on" if values else "off"
    return {"rule": entry.name, "title": entry.title, "state": state, "parameters": parameters}


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
    entry = _entry(rule)
    given = _given(entry, values or ())
    if entry.is_standing and not entry.parameters:
        raise Problem(f"{rule} is always on and has no parameters: release single orders instead")
    version = _change(store, lambda policy: _changed(policy, entry, given))
    typer.echo(f"rule {rule} is on in store {store} (policy version {version}).")


@app.command("off")
def off(store: StoreId, rule: RuleName) -> None:
    """Switch a rule off; orders that it held are audited again."""
    if _entry(rule).is_standing:
        raise Problem(f"{rule} is always on: `orderhub orders release` lets single orders pass")
    version = _change(store, lambda policy: policy.without_rule(rule))
    typer.echo(f"rule {rule} is off in store {store} (policy version {version}).")


def _change(store_id: str, change: Callable[[StorePolicy], StorePolicy]) -> int:
    """Save the changed policy under the next version; returns the version."""

    def save(uow: UnitOfWork) -> int:
        store = _store(uow, store_id)
        places.add_store(uow, msgspec.structs.replace(store, policy=change(store.policy)))
        return _store(uow, store_id).policy_version

    async def work(hub: HubContext) -> int:
        version = await hub.database.run(save)
        await reaudit(hub)
        return version

    return with_hub(work)


def _store(uow: UnitOfWork, store_id: str) -> Store:
    known = {each.store_id: each for each in places.stores(uow)}
    if store_id not in known:
        raise Problem(f"there is no store {store_id!r}; there are: {', '.join(known) or 'none yet'}")
    return known[store_id]


def _entry(name: str) -> Entry:
    if name not in _STANDING and name not in OPTIONAL:
        raise Problem(f"there is no rule {name!r}; there are: {', '.join((*_STANDING, *OPTIONAL))}")
    return next(each for each in catalogue() if each.name == name)


def _given(entry: Entry, texts: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for each in texts:
        name, separator, value = each.partition("=")
        if not separator:
            raise Problem(f"parameters are given as key=value, not {each!r}")
        if name not in entry.parameters:
            known = ", ".join(entry.parameters) or "none"
            raise Problem(f"rule {entry.name} has no parameter {name!r}; its parameters: {known}")
        values[name] = value.strip()
    return values


def _changed(policy: StorePolicy, entry: Entry, given: Mapping[str, str]) -> StorePolicy:
    was: BaseModel | None = policy if entry.is_standing else policy.rule(entry.name)
    kept = was.model_dump() if was else {"rule": entry.name}
    values = {name: value for name, value in {**kept, **given}.items() if value != ""}
    try:
        if entry.is_standing:
            return StorePolicy.model_validate(values)
        return policy.with_rule(_optional.validate_python(values))
    except ValidationError as error:
        raise Problem(f"rule {entry.name}: {'; '.join(_faults(error, entry, given))}") from None


def _faults(error: ValidationError, entry: Entry, given: Mapping[str, str]) -> list[str]:
    """Each with the parameter, what was given for it, and what it takes."""
    found = []
    for each in error.errors(include_url=False):
        name = next((str(part) for part in each["loc"] if part in entry.parameters), "")
        said = each["msg"].removeprefix("Value error, ")
        said = f"{said[:1].lower()}{said[1:]}"
        if not name:
            found.append(said)
            continue
        meaning = entry.parameters[name].description or entry.parameters[name].title
        if each["type"] == "missing":
            found.append(f"{name} is missing: give {name}=… ({meaning})")
        else:
            found.append(f"{name}={given.get(name, each['input'])} is refused, {said} ({meaning})")
    return found
