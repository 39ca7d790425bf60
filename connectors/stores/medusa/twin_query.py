"""How Medusa reads query strings and bodies: unknown parameters are ignored, unknown body fields refused."""

from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import Any

from connectors.stores.medusa.twin_state import invalid, unknown_error

Selection = dict[str, "Selection"]

DEFAULT_LIMIT = 20
SORTABLE = {"id", "created_at", "updated_at"}


def number(parameters: Mapping[str, Sequence[str]], name: str, default: int) -> int:
    """`limit` or `offset`: text is refused, a negative number breaks the server."""
    text = parameters.get(name, [str(default)])[-1]
    if not text.lstrip("-").isdigit():
        raise invalid(f"Invalid request: Expected type: 'number' for field '{name}', got: 'string'")
    if int(text) < 0:
        raise unknown_error()
    return int(text)


def sorting(parameters: Mapping[str, Sequence[str]]) -> tuple[str, bool]:
    """The field and whether it descends; a field that does not exist breaks the server."""
    order = parameters.get("order", ["id"])[-1]
    if order.removeprefix("-") not in SORTABLE:
        raise unknown_error()
    return order.removeprefix("-"), order.startswith("-")


def ids(parameters: Mapping[str, Sequence[str]]) -> list[str] | None:
    """`id=…` or `id[]=…`; null: any."""
    found = [*parameters.get("id", ()), *parameters.get("id[]", ())]
    return found or None


def instant(parameters: Mapping[str, Sequence[str]], name: str) -> datetime | None:
    """A date that cannot be read is ignored, as is an operator that does not exist."""
    if name not in parameters:
        return None
    try:
        moment = datetime.fromisoformat(parameters[name][-1])
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def selection(fields: str) -> Selection:
    """`a,b.c,*d` → a tree; an empty branch means all of it. `+` adds to a default that is not imitated."""
    tree: Selection = {}
    for path in fields.split(","):
        branch = tree
        *above, last = path.strip().removeprefix("*").split(".")
        for name in above:
            branch = branch.setdefault(name, {})
        if last:
            branch.setdefault(last, {})
    return tree


def select(value: Any, tree: Selection) -> Any:
    """The parts of a document that a selection names."""
    if isinstance(value, list):
        return [select(item, tree) for item in value]
    if not tree or not isinstance(value, dict):
        return value
    return {name: select(value[name], branch) for name, branch in tree.items() if name in value}


def fields(
    value: Any, required: Set[str], optional: Set[str] = frozenset(), path: str = ""
) -> dict[str, Any]:
    """A body or a part of one, with all its required fields and none beside the optional ones."""
    if not isinstance(value, dict):
        raise invalid(f"Invalid request: Expected type: 'object' for field '{path}', got: other")
    if unknown := sorted(value.keys() - required - optional):
        raise invalid(f"Invalid request: Unrecognized fields: '{', '.join(unknown)}'")
    if missing := sorted(required - value.keys()):
        texts = [f"Field '{path}{', ' if path else ''}{name}' is required" for name in missing]
        raise invalid(f"Invalid request: {'; '.join(texts)}")
    return value


def items(value: Any) -> dict[str, int]:
    """`items` of a fulfilment or a shipment: line id → units."""
    if not isinstance(value, list) or not value:
        raise invalid("Invalid request: Value for field 'items' too small, expected at least: '1'")
    quantities: dict[str, int] = {}
    for position, item in enumerate(value):
        given = fields(item, {"id", "quantity"}, path=f"items, {position}")
        typed(given["id"], str, f"items, {position}, id")
        quantities[given["id"]] = typed(given["quantity"], int, f"items, {position}, quantity")
    return quantities


def typed(value: Any, kind: type, path: str) -> Any:
    """A scalar of this very type; a boolean is no number."""
    if type(value) is not kind:
        raise invalid(f"Invalid request: Field '{path}' is required")
    return value
