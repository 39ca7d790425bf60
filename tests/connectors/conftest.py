"""Requests and answers against the vendors' OpenAPI documents."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


class Contract:
    """What of a value an OpenAPI document (2 or 3) does not allow: kinds, enumerations, required fields, and
    fields that no schema names."""

    def __init__(self, file: Path) -> None:
        self.document = _loaded(file)

    def at(self, *path: str | int) -> Any:
        """A place in the document, references followed."""
        found = self.document
        for name in path:
            found = self.resolved(found[name])
        return found

    def resolved(self, schema: Any) -> Any:
        while isinstance(schema, dict) and "$ref" in schema:
            found = self.document
            for name in schema["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            schema = found
        return schema

    def violations(self, schema: Any, value: Any, where: str = "$") -> list[str]:
        return list(self._violations(self.resolved(schema), value, where))

    def _violations(self, schema: Any, value: Any, where: str) -> Iterator[str]:
        choices = schema.get("oneOf") or schema.get("anyOf")
        if choices:
            tried = [self.violations(one, value, where) for one in choices]
            yield from min(tried, key=len)
        for part in schema.get("allOf", ()):
            yield from (it for it in self.violations(part, value, where) if not it.endswith("is not named"))
        if value is None:
            return
        kind = schema.get("type")
        if kind and (not isinstance(value, KINDS[kind]) or (kind != "boolean" and isinstance(value, bool))):
            yield f"{where}: is no {kind}"
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{where}: {value!r} is not in the enumeration"
        if isinstance(value, dict):
            yield from self._fields(schema, value, where)
        if isinstance(value, list) and "items" in schema:
            for position, one in enumerate(value):
                yield from self.violations(schema["items"], one, f"{where}[{position}]")

    def _fields(self, schema: Any, value: dict[str, Any], where: str) -> Iterator[str]:
        named = self._named(schema)
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{where}.{name}: is missing"
        for name, one in value.items():
            if name in named:
                yield from self.violations(named[name], one, f"{where}.{name}")
            elif named and not schema.get("additionalProperties"):
                yield f"{where}.{name}: is not named"

    def _named(self, schema: Any) -> dict[str, Any]:
        """Fields of a schema and of all that it is made of."""
        schema = self.resolved(schema)
        named: dict[str, Any] = {}
        for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
            named |= self._named(part)
        return {**named, **schema.get("properties", {})}


def _loaded(file: Path) -> Any:
    if file.suffix == ".json":
        return json.loads(file.read_bytes())
    yaml = pytest.importorskip("yaml", reason="contracts in YAML need PyYAML")
    return yaml.load(file.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@pytest.fixture(scope="session")
def contract(contracts: Path) -> Any:
    """`contract("bigcommerce/orders.v2.oas2.json")`"""
    return cache(lambda name: Contract(contracts / name))
