"""Audit rules as people see and set them: what there is, what is on, which parameters a rule takes."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from hub.domain.audit import STANDING
from hub.domain.audit_parameters import OPTIONAL, OptionalRule
from hub.domain.crossing_policy import CrossingPolicy
from hub.domain.policies import StorePolicy
from mappings.structs import FrozenStruct

_optional: TypeAdapter[OptionalRule] = TypeAdapter(OptionalRule)


class RuleFault(ValueError):
    """A rule cannot be so; `faults` name parameters, values and what is taken instead."""

    def __init__(self, rule: str, faults: Sequence[str]) -> None:
        super().__init__(f"rule {rule}: {'; '.join(faults)}")


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


def entry(name: str) -> Entry | None:
    """The rule of this name; null if there is none."""
    return next((each for each in catalogue() if each.name == name), None)


def schema(entry: Entry) -> dict[str, Any]:
    """JSON schema of each parameter."""
    model: type[BaseModel] = StorePolicy if entry.is_standing else OPTIONAL[entry.name]
    properties = model.model_json_schema()["properties"]
    return {name: properties[name] for name in entry.parameters}


def state(entry: Entry, policy: StorePolicy) -> dict[str, Any]:
    """A rule in one store: always on, on or off, with its parameters."""
    values = policy if entry.is_standing else policy.rule(entry.name)
    parameters = values.model_dump(mode="json", include=set(entry.parameters)) if values else {}
    told = "always on" if entry.is_standing else "on" if values else "off"
    return {"rule": entry.name, "title": entry.title, "state": told, "parameters": parameters}


def without(policy: StorePolicy, entry: Entry) -> StorePolicy:
    """The policy with a rule switched off. Raises `RuleFault` for one that is always on."""
    if entry.is_standing:
        raise RuleFault(entry.name, ["it is always on: `orderhub orders release` lets single orders pass"])
    return policy.without_rule(entry.name)


def with_parameters(policy: StorePolicy, entry: Entry, given: Mapping[str, Any]) -> StorePolicy:
    """The policy with a rule switched on or its parameters changed: those that are not given stay, an empty
    one becomes the default. Raises `RuleFault`."""
    _check(entry, given)
    was: BaseModel | None = policy if entry.is_standing else policy.rule(entry.name)
    kept = was.model_dump() if was else {"rule": entry.name}
    values = {name: value for name, value in {**kept, **given}.items() if value not in ("", None)}
    try:
        if entry.is_standing:
            return StorePolicy.model_validate(values)
        return policy.with_rule(_optional.validate_python(values))
    except ValidationError as error:
        raise RuleFault(entry.name, _faults(error, entry, given)) from None


def _check(entry: Entry, given: Mapping[str, Any]) -> None:
    if entry.is_standing and not entry.parameters:
        raise RuleFault(
            entry.name,
            ["it is always on and has no parameters: `orderhub orders release` lets single orders pass"],
        )
    if unknown := sorted(given.keys() - entry.parameters.keys()):
        known = ", ".join(entry.parameters) or "none"
        raise RuleFault(entry.name, [f"it has no parameter {unknown[0]!r}; its parameters: {known}"])


def _faults(error: ValidationError, entry: Entry, given: Mapping[str, Any]) -> list[str]:
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


CROSSING = Entry(
    name="crossing",
    title="Orders in another store's territory",
    zh="跨区订单政策",
    description="Who ships them, and what the seller then owes.",
    is_standing=True,
    parameters=CrossingPolicy.model_fields,
)
"""No audit rule, but given and refused in the same way."""


def crossing_with(policy: CrossingPolicy, given: Mapping[str, Any]) -> CrossingPolicy:
    """The policy with some parameters changed. Raises `RuleFault`."""
    _check(CROSSING, given)
    values = {name: value for name, value in {**policy.model_dump(), **given}.items() if value != ""}
    try:
        return CrossingPolicy.model_validate(values)
    except ValidationError as error:
        raise RuleFault(CROSSING.name, _faults(error, CROSSING, given)) from None
