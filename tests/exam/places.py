"""Places in a module's syntax tree, each with what surrounds it, in an order that is always the same."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """`node` is `parent.field`, or its item `position`. `scope` names the functions and classes around it;
    empty at module level. `path` is the module's file in the repository."""

    node: ast.AST
    parent: ast.AST
    field: str
    position: int | None
    scope: str
    path: str

    @property
    def line(self) -> int:
        return getattr(self.node, "lineno", 0)

    def put(self, other: ast.AST) -> None:
        """Another node instead, which takes over its line."""
        ast.fix_missing_locations(ast.copy_location(other, self.node))
        if self.position is None:
            setattr(self.parent, self.field, other)
        else:
            getattr(self.parent, self.field)[self.position] = other


def places(tree: ast.AST, path: str, scope: str = "") -> Iterator[Place]:
    """All below `tree`, outer ones first."""
    for field, value in ast.iter_fields(tree):
        for position, node in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(node, ast.AST):
                yield Place(node, tree, field, position, scope, path)
                yield from places(node, path, _within(scope, node))


def _within(scope: str, node: ast.AST) -> str:
    name = getattr(node, "name", "")
    named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    return f"{scope}.{name}".lstrip(".") if named else scope
