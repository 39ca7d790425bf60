"""The twin's reading of list options: as strict as Vendure's schema, evaluated over what the shop remembers.

Conditions of one object are joined with «and». Inside `_or` all conditions stand alone, also two of one
object; `after` and `before` are strict (vendure-ecommerce/vendure 1633446f, parse-filter-params.ts).
"""

from collections.abc import Callable, Iterator, Mapping, Set
from datetime import datetime
from operator import attrgetter
from typing import Any

Condition = Callable[[Any], bool]

ATTRIBUTES: Mapping[str, Callable[[Any], Any]] = {
    "id": attrgetter("id"),
    "active": lambda order: False,
    "createdAt": attrgetter("created"),
    "updatedAt": attrgetter("updated"),
    "orderPlacedAt": attrgetter("placed"),
}
DATES = {"createdAt", "updatedAt", "orderPlacedAt"}


class BadInput(Exception):
    """A variable that the schema does not take."""


def fields(value: Any, where: str, allowed: Set[str], required: Set[str] = frozenset()) -> dict[str, Any]:
    """An input object that has the required fields and none beside the allowed ones."""
    if not isinstance(value, dict):
        raise BadInput(f'Expected type "{where}" to be an object')
    if unknown := value.keys() - allowed:
        raise BadInput(f'Field "{min(unknown)}" is not defined by type "{where}"')
    if missing := required - value.keys():
        raise BadInput(f'Field "{min(missing)}" of type "{where}" was not provided')
    return value


def typed(value: Any, kind: type, where: str) -> Any:
    """A scalar of this very type; a boolean is no number."""
    if type(value) is not kind:
        raise BadInput(f"{where} cannot represent the value given")
    return value


def condition(conditions: Any) -> Condition:
    """OrderFilterParameter or ProductVariantFilterParameter → a predicate."""
    parts = list(_parts(conditions))
    return lambda subject: all(part(subject) for part in parts)


def _parts(conditions: Any) -> Iterator[Condition]:
    for name, operand in fields(conditions, "FilterParameter", {*ATTRIBUTES, "_and", "_or"}).items():
        if name in ("_and", "_or"):
            inner = [part for item in typed(operand, list, name) for part in _parts(item)]
            yield _joined(all if name == "_and" else any, inner)
        else:
            yield from _operators(name, operand)


def _joined(how: Callable[[Iterator[bool]], bool], parts: list[Condition]) -> Condition:
    return lambda subject: how(part(subject) for part in parts)


def _operators(name: str, operand: Any) -> Iterator[Condition]:
    read = ATTRIBUTES[name]
    if name in DATES:
        for operator, value in fields(operand, "DateOperators", {"before", "after", "isNull"}).items():
            yield _date(read, operator, value)
    elif name == "id":
        wanted = set(typed(fields(operand, "IDOperators", {"in"}, {"in"})["in"], list, "in"))
        yield lambda subject: read(subject) in wanted
    else:
        wanted_value = typed(fields(operand, "BooleanOperators", {"eq"}, {"eq"})["eq"], bool, "eq")
        yield lambda subject: read(subject) == wanted_value


def _date(read: Callable[[Any], datetime], operator: str, value: Any) -> Condition:
    if operator == "isNull":
        is_null = typed(value, bool, "isNull")
        return lambda subject: not is_null
    moment = instant(value)
    if operator == "after":
        return lambda subject: read(subject) > moment
    return lambda subject: read(subject) < moment


def instant(value: Any) -> datetime:
    """The scalar DateTime: RFC 3339 with a zone."""
    try:
        moment = datetime.fromisoformat(typed(value, str, "DateTime"))
    except ValueError:
        raise BadInput("DateTime cannot represent an invalid date-time-string") from None
    if moment.tzinfo is None:
        raise BadInput("DateTime cannot represent a date-time-string without a zone")
    return moment


def stamped_after(conditions: Mapping[str, Any]) -> datetime | None:
    """An instant after which every order that meets the conditions was placed or modified, if there is one:
    what an index would be asked for."""
    bounds = [conditions.get("orderPlacedAt", {}).get("after")]
    either = [operand.get("after") for part in conditions.get("_or", ()) for operand in part.values()]
    if either and all(either):
        bounds.append(min(either))
    known = [instant(bound) for bound in bounds if bound]
    return max(known, default=None)
