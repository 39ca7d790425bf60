"""The OpenAPI 3.1 document, made from the endpoints themselves."""

import json
import re
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from hub.api.v1.endpoint import Endpoint
from hub.api.v1.problems import MEDIA_TYPE, ProblemDocument

_PROBLEMS = {
    "401": "The token is missing, unknown, expired or revoked.",
    "403": "The token's role may not do that.",
    "404": "Nothing is called so.",
    "409": "It cannot be done as things stand; the detail says why.",
    "412": "It has another version than `If-Match` says.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "The request is not valid; `faults` names fields, values and remedies.",
    "429": "Too many unknown tokens came from this address.",
    "503": "The database is away.",
}
_OF_ALL = ("401", "403", "404", "422", "429", "503")
_OF_WRITES = ("409", "413", "415")

Schema = dict[str, Any]


def document(endpoints: Sequence[Endpoint]) -> str:
    """JSON text."""
    schemas, definitions = _schemas(endpoints)
    paths: dict[str, dict[str, Schema]] = {}
    for each in endpoints:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, schemas, definitions)
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "orderhub",
            "version": version("orderhub"),
            "description": "One hub for many online stores and many carriers. Times are ISO 8601 in UTC; null"
            " is what is not known.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in dict.fromkeys(map(_tag, endpoints))],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "responses": {
                status: {"description": text, "content": {MEDIA_TYPE: {"schema": _problem(schemas)}}}
                for status, text in _PROBLEMS.items()
            },
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of `orderhub tokens add`.",
                }
            },
        },
    }
    return json.dumps(whole, ensure_ascii=False)


_Key = tuple[type[BaseModel], JsonSchemaMode]


def _schemas(endpoints: Sequence[Endpoint]) -> tuple[dict[_Key, Schema], dict[str, Schema]]:
    """(model → reference, name → schema)"""
    wanted: dict[_Key, None] = {(ProblemDocument, "serialization"): None}
    for each in endpoints:
        wanted[each.asks, "validation"] = None
        wanted[each.answers, "serialization"] = None
    references, definitions = models_json_schema(list(wanted), ref_template="#/components/schemas/{model}")
    return {key: references[key] for key in wanted}, definitions["$defs"]


def _problem(schemas: dict[_Key, Schema]) -> Schema:
    return schemas[ProblemDocument, "serialization"]


def _operation(endpoint: Endpoint, schemas: dict[_Key, Schema], definitions: dict[str, Schema]) -> Schema:
    answer = {"schema": schemas[endpoint.answers, "serialization"]}
    found: Schema = {
        "operationId": endpoint.name.replace(" ", "_"),
        "summary": endpoint.summary,
        "description": _description(endpoint),
        "tags": [_tag(endpoint)],
        "parameters": [*_in_path(endpoint), *_asked(endpoint, schemas, definitions)],
        "responses": {"200": {"description": "Done.", "content": {"application/json": answer}}}
        | {status: {"$ref": f"#/components/responses/{status}"} for status in _refusals(endpoint)},
    }
    if endpoint.is_write:
        body = {"schema": schemas[endpoint.asks, "validation"]}
        found["requestBody"] = {
            "required": any(field.is_required() for field in endpoint.asks.model_fields.values()),
            "content": {"application/json": body},
        }
    return found


def _description(endpoint: Endpoint) -> str:
    reveals = " Personal values leave: the trail keeps who read them." if endpoint.reveals else ""
    return f"Needs a {endpoint.role}'s token.{reveals}"


def _tag(endpoint: Endpoint) -> str:
    return endpoint.path.split("/")[1]


def _refusals(endpoint: Endpoint) -> list[str]:
    more = _OF_WRITES if endpoint.is_write else ("409",) if "{order}" in endpoint.path else ()
    return sorted([*_OF_ALL, *more, *(["412"] if endpoint.versioned else [])])


def _in_path(endpoint: Endpoint) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", endpoint.path)
    ]


def _asked(endpoint: Endpoint, schemas: dict[_Key, Schema], definitions: dict[str, Schema]) -> list[Schema]:
    if endpoint.is_write:
        return _headers(endpoint)
    name = schemas[endpoint.asks, "validation"]["$ref"].rpartition("/")[2]
    schema = definitions[name]
    return [
        {"name": each, "in": "query", "required": each in schema.get("required", ()), "schema": told}
        for each, told in schema.get("properties", {}).items()
    ]


def _headers(endpoint: Endpoint) -> list[Schema]:
    headers = {}
    if endpoint.method == "POST":
        headers["Idempotency-Key"] = "A request that is sent twice with the same key is done once (24 hours)."
    if endpoint.versioned:
        headers["If-Match"] = "The `ETag` that you saw: refused if somebody changed it since."
    return [
        {"name": name, "in": "header", "description": text, "schema": {"type": "string"}}
        for name, text in headers.items()
    ]
