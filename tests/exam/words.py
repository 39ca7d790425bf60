"""What the operators know of the project's own words, read from its types so that they follow them."""

import ast
import typing
from copy import copy
from decimal import Decimal

import msgspec

from connectors.kit import errors
from mappings import canonical

Node = typing.TypeVar("Node", bound=ast.AST)

_VALUES = {
    name: value
    for name, value in vars(canonical).items()
    if isinstance(value, type) and issubclass(value, msgspec.Struct)
}

MONEY = {
    (name, field)
    for name, value in _VALUES.items()
    for field, kind in typing.get_type_hints(value).items()
    if kind is Decimal or Decimal in typing.get_args(kind)
}
"""(canonical value, field) of every amount."""

DEFAULTED = {
    (name, field.name)
    for name, value in _VALUES.items()
    for field in msgspec.structs.fields(value)
    if not field.required
}
"""(canonical value, field) of what may be left out."""

ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.ConnectorError) and name != "InvalidSignature"
}


def called(node: ast.AST | None) -> str:
    """The last name of what a call calls, `f` of `a.b.f(…)`; empty for what is no call."""
    function = getattr(node.value if isinstance(node, ast.Await) else node, "func", None)
    return getattr(function, "attr", "") or getattr(function, "id", "")


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def again(node: Node) -> Node:
    """A copy whose lists may be changed; what they hold is shared."""
    new = copy(node)
    for field, value in ast.iter_fields(node):
        setattr(new, field, value.copy() if isinstance(value, list) else value)
    return new


def without_item(node: ast.AST, position: int, *fields: str) -> ast.AST:
    """A copy that lacks one item of these lists."""
    shorter = again(node)
    for field in fields:
        del getattr(shorter, field)[position]
    return shorter
