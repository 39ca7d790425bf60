"""Stores, their policies and their audit rules."""

from collections.abc import Callable
from copy import copy
from typing import Any

from pydantic import Field, ValidationError, create_model
from pydantic_core import PydanticUndefined

from hub.api.v1.endpoint import Asked, Call, Endpoint, Nothing, Paged, Told
from hub.api.v1.problems import Refused, invalid, unprocessable
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
from hub.storage import stores
from hub.storage.accounts import Role
from hub.storage.stores import NoCarrier, NoStore, Store


class StoreShown(Told):
    """`policy` without its audit rules: `/stores/{store}/rules` has them. `version` is the policy's."""

    id: str
    version: int
    name: str
    currency: str
    time_zone: str
    policy: dict[str, Any]


class StorePage(Told):
    items: list[StoreShown]
    after: str


def _nothing() -> None:
    return None


def _changeable() -> dict[str, Any]:
    """The fields of a policy, none of them needed. What is not given has no default that the schema could
    tell, so it comes from a factory."""
    fields: dict[str, Any] = {}
    for name, field in StorePolicy.model_fields.items():
        if name != "rules":
            optional = copy(field)
            optional.default, optional.default_factory = PydanticUndefined, _nothing
            fields[name] = (field.annotation, optional)
    return fields


PolicyChange: type[Asked] = create_model("PolicyChange", __base__=Asked, **_changeable())


class RuleParameters(Asked):
    parameters: dict[str, Any] = Field(
        {}, max_length=50, description="Those that are not given stay; null: the default."
    )


class Rule(Told):
    """`parameters`: JSON schema of each."""

    rule: str
    title: str
    zh: str
    description: str
    always_on: bool
    parameters: dict[str, Any]


class Rules(Told):
    items: list[Rule]


class RuleState(Told):
    """`state`: always on, on or off."""

    rule: str
    title: str
    state: str
    parameters: dict[str, Any]


class StoreRules(Told):
    """`version` is the policy's."""

    store: str
    version: int
    items: list[RuleState]


def list_(call: Call, asked: Paged) -> StorePage:
    later = [each for each in stores.stores(call.uow) if each.store_id > asked.after]
    page = later[: asked.limit]
    more = len(later) > asked.limit
    return StorePage(items=[_shown(each) for each in page], after=page[-1].store_id if more else "")


def show(call: Call, asked: Nothing) -> StoreShown:
    return _shown(_store(call))


def change(call: Call, asked: Asked) -> StoreShown:
    store = _store(call, locked=True)
    call.require_version(store.policy_version)
    given = asked.model_dump(exclude_unset=True)
    try:
        stores.require_carriers(call.uow, given.get("carriers") or ())
        policy = StorePolicy.model_validate({**store.policy.model_dump(), **given})
    except NoCarrier as error:
        raise unprocessable("carriers", None, str(error)) from None
    except ValidationError as error:
        raise invalid(error, StorePolicy.model_fields) from None
    stores.change_policy(call.uow, store.store_id, lambda _: policy)
    return _shown(_store(call))


def rules(call: Call, asked: Nothing) -> Rules:
    return Rules(
        items=[
            Rule(
                rule=each.name,
                title=each.title,
                zh=each.zh,
                description=each.description,
                always_on=each.is_standing,
                parameters=schema(each),
            )
            for each in catalogue()
        ]
    )


def store_rules(call: Call, asked: Nothing) -> StoreRules:
    return _rules(_store(call))


def set_rule(call: Call, asked: RuleParameters) -> StoreRules:
    return _changed(call, lambda policy, rule: with_parameters(policy, rule, asked.parameters))


def switch_off(call: Call, asked: Nothing) -> StoreRules:
    return _changed(call, without)


def _changed(call: Call, change: Callable[[StorePolicy, Entry], StorePolicy]) -> StoreRules:
    store, rule = _store(call, locked=True), _entry(call)
    call.require_version(store.policy_version)
    try:
        stores.change_policy(call.uow, store.store_id, lambda policy: change(policy, rule))
    except RuleFault as error:
        raise unprocessable("parameters", None, str(error)) from None
    return _rules(_store(call))


def _store(call: Call, *, locked: bool = False) -> Store:
    try:
        return stores.store(call.uow, call.path["store"], locked=locked)
    except NoStore as error:
        raise Refused(404, str(error)) from None


def _entry(call: Call) -> Entry:
    found = entry(call.path["rule"])
    if found is None:
        raise Refused(404, f"there is no rule {call.path['rule']!r}: GET /rules lists them")
    return found


def _shown(store: Store) -> StoreShown:
    return StoreShown(
        id=store.store_id,
        version=store.policy_version,
        name=store.name,
        currency=store.currency,
        time_zone=store.time_zone,
        policy=store.policy.model_dump(mode="json", exclude={"rules"}),
    )


def _rules(store: Store) -> StoreRules:
    return StoreRules(
        store=store.store_id,
        version=store.policy_version,
        items=[RuleState.model_validate(state(each, store.policy)) for each in catalogue()],
    )


def _get(path: str, name: str, summary: str, **more: Any) -> Endpoint:
    return Endpoint(method="GET", path=path, name=name, role=Role.VIEWER, summary=summary, **more)


def _write(method: str, path: str, name: str, summary: str, **more: Any) -> Endpoint:
    """Orders on hold are audited again: what held them may have changed."""
    return Endpoint(
        method=method,
        path=path,
        name=name,
        role=Role.ADMINISTRATOR,
        summary=summary,
        reaudits=True,
        versioned=True,
        **more,
    )


_STORE = "/stores/{store}"
_RULE = "/stores/{store}/rules/{rule}"
ENDPOINTS = (
    _get("/stores", "list stores", "All stores.", asks=Paged, answers=StorePage, work=list_),
    _get(_STORE, "show store", "One store.", asks=Nothing, answers=StoreShown, work=show),
    _get("/rules", "list rules", "All audit rules.", asks=Nothing, answers=Rules, work=rules),
    _get(
        f"{_STORE}/rules",
        "show rules of store",
        "The rules of one store with their parameters.",
        asks=Nothing,
        answers=StoreRules,
        work=store_rules,
    ),
    _write(
        "PATCH",
        f"{_STORE}/policy",
        "change policy",
        "Change what is given of a store's policy.",
        asks=PolicyChange,
        answers=StoreShown,
        work=change,
    ),
    _write(
        "PUT",
        _RULE,
        "set rule",
        "Switch a rule on, or change its parameters.",
        asks=RuleParameters,
        answers=StoreRules,
        work=set_rule,
    ),
    _write(
        "DELETE",
        _RULE,
        "switch rule off",
        "Switch a rule off.",
        asks=Nothing,
        answers=StoreRules,
        work=switch_off,
    ),
)
