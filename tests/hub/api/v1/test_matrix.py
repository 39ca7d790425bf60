"""Every endpoint, driven by the OpenAPI document: who may use it, what it answers, what it refuses."""

import json
import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from hub.api.v1 import openapi
from hub.api.v1.resources import ENDPOINTS
from hub.storage.accounts import Role
from tests.hub.api.v1.conftest import HELD, SHIPS

DOCUMENT = json.loads(openapi.document(ENDPOINTS))
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
NEEDED = {(each.method, each.path): each.role for each in ENDPOINTS}
REQUIRED = {"/territories/owner": {"country": "CN", "province": "上海"}}
"""Query parameters without which an endpoint answers nothing."""
BODIES = {
    "hold_order": {"why": "call"},
    "release_order": {},
    "tag_order": {"put": ["gift"]},
    "split_order": {"parcels": [[{"line": "l1", "quantity": 1}]]},
    "join_order": {},
    "merge_orders": {"others": [HELD]},
    "part_order": {},
    "readmit_location": {"location": "wh"},
    "ship_by_hand": {"carrier": "swift", "number": "T1"},
    "refuse_parcel": {"why": "damaged"},
    "renumber_parcel": {"number": "T2"},
    "count_stock": {"counts": [{"sku": "RED", "location": "wh", "on_hand": 9}]},
    "change_policy": {"ship_authorized": True},
    "set_rule": {"parameters": {"minutes": 30}},
    "switch_rule_off": {},
    "read_documents_again": {"ids": ["nothing"]},
    "dismiss_documents": {"ids": ["nothing"]},
    "send_messages_again": {"ids": ["nothing"]},
    "dismiss_messages": {"ids": ["nothing"]},
}
"""A body that each write takes."""


def address(path: str, parcel: str = "p1", order: str = SHIPS) -> str:
    return path.format(order=order, parcel=parcel, store="brand-store", rule="payment_delay")


async def asked(callers, method: str, path: str, operation: Any, role: str) -> Any:
    if method == "GET":
        return await callers.send(method, address(path), role, params=REQUIRED.get(path, {}))
    return await callers.send(method, address(path), role, json=BODIES[operation["operationId"]])


async def test_nobody_gets_anything_without_a_token(callers) -> None:
    for method, path, _ in OPERATIONS:
        answer = await callers.client.request(method, f"/api/v1{address(path)}")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), path
        assert answer.headers["content-type"] == "application/problem+json"


async def test_each_role_may_exactly_what_the_endpoint_says(callers) -> None:
    for role in Role:
        for method, path, operation in OPERATIONS:
            answer = await asked(callers, method, path, operation, role.value)
            may = role.may(NEEDED[method, path])
            assert (answer.status_code != 403) is may, (role, method, path, answer.text)
            assert answer.status_code in ((200, 409) if may else (403,)), (method, path, answer.text)


async def test_every_read_answers_what_its_schema_promises(callers) -> None:
    callers.house.run(lambda uow: uow.change("UPDATE outbox SET state = 'parked'"))
    answers = {each.path: each.answers for each in ENDPOINTS if each.method == "GET"}
    for method, path, operation in OPERATIONS:
        if method == "GET":
            answer = await asked(callers, method, path, operation, "administrator")
            assert answer.status_code == 200, answer.text
            told = answers[path].model_validate_json(answer.text)
            assert json.loads(answer.text) == json.loads(told.model_dump_json())
            assert answer.headers["cache-control"] == "no-store"


async def test_what_is_not_known_is_refused_everywhere(callers) -> None:
    for method, path, operation in OPERATIONS:
        if method == "GET":
            asks = {"params": {**REQUIRED.get(path, {}), "surprise": "1"}}
        else:
            asks = {"json": {**BODIES[operation["operationId"]], "surprise": 1}}
        problem = await callers.refused(422, method, address(path), "administrator", **asks)
        (fault,) = problem["faults"]
        assert fault["field"] == "surprise" and "is not known" in fault["remedy"], path


async def test_what_is_called_nothing_is_not_found(callers) -> None:
    for method, path, operation in OPERATIONS:
        if "{order}" in path or "{store}" in path:
            wrong = re.sub(r"{\w+}", "nothing", path)
            asks = {} if method == "GET" else {"json": BODIES[operation["operationId"]]}
            await callers.refused(404, method, wrong, "administrator", **asks)


async def test_every_write_leaves_a_trace(callers) -> None:
    parcel = (await callers.get(f"/orders/{SHIPS}"))["parcels"][0]["parcel"]
    for method, path, operation in OPERATIONS:
        if method != "GET":
            order = HELD if operation["operationId"] == "release_order" else SHIPS
            where = address(path, parcel, order)
            before = callers.house.value("SELECT count(*) FROM audit_trail")
            answer = await callers.send(method, where, "administrator", json=BODIES[operation["operationId"]])
            after = callers.house.value("SELECT count(*) FROM audit_trail")
            assert after - before == (answer.status_code == 200), (path, answer.text)


def test_every_operation_is_documented_with_its_refusals() -> None:
    for method, path, operation in OPERATIONS:
        told = set(operation["responses"])
        assert told >= {"200", "401", "403", "404", "422"}, path
        assert method == "GET" or told >= {"409", "413", "415"}
        assert operation["summary"].endswith(".")
        in_path = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
        assert in_path == re.findall(r"{(\w+)}", path)
        assert method == "GET" or operation["operationId"] in BODIES


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names) == len(ENDPOINTS)


def test_the_document_is_valid_openapi() -> None:
    validate(DOCUMENT)


async def test_the_document_is_served_without_a_token(callers) -> None:
    answer = await callers.client.get("/api/v1/openapi.json")
    assert answer.json() == DOCUMENT


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_another_method_is_told_which_there_are(callers, method: str) -> None:
    answer = await callers.client.request(method, "/api/v1/orders")
    assert answer.status_code == 405 and "use GET, HEAD" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/surprises", "/orders/", "/"])
async def test_no_other_address_answers_or_leads_elsewhere(callers, path: str) -> None:
    missing = await callers.client.get(f"/api/v1{path}")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
