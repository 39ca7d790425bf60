"""Our GraphQL documents, and the twin's answers to them, against Saleor's own schema."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, execute, parse, validate
from graphql.execution.values import get_variable_values

from connectors.stores.saleor import documents
from mappings.stores.saleor.tables import (
    AUTHORISED,
    CHARGE_STATUSES,
    ORDER_STATUSES,
    UNDONE,
    WAITING_FOR_APPROVAL,
    WEBHOOK_EVENTS,
    WITHDRAWN,
)
from mappings.stores.saleor.wire import OrderDocument

TEXTS = {name: text for name, text in vars(documents).items() if name.isupper() and not name.startswith("_")}
HOOK = "https://hub.example/hook"


@pytest.fixture(scope="session")
def schema(contracts: Path) -> GraphQLSchema:
    return build_schema((contracts / "saleor" / "schema.graphql").read_text())


async def exchanges(desk: Any) -> list[tuple[dict[str, Any], Any]]:
    """Everything that the connector can send, and what the twin answers."""
    answers: list[Any] = []
    desk.rig.wire.spoil = lambda number, answer: answers.append(answer) or answer
    desk.store.auto_approve = False
    order_id = desk.place(("SKU-0", 2), ("SKU-1", 3))
    desk.clock.advance(timedelta(minutes=1))
    desk.twin.refund_line(order_id, 0, 1)
    await desk.connector.check()
    for _ in range(2):
        await desk.connector.register_webhooks(HOOK)
    desk.twin.operations.webhooks["V2ViaG9vazo5OQ=="] = {
        **next(iter(desk.twin.operations.webhooks.values())), "id": "V2ViaG9vazo5OQ=="}  # fmt: skip
    await desk.connector.register_webhooks(HOOK)
    assert [page async for page in desk.connector.pull_orders("2026-03-02T07:00:00.000Z")]
    assert await desk.connector.list_order_ids(desk.clock() - timedelta(days=1), desk.clock())
    assert [page async for page in desk.connector.pull_listings()]
    shipment = await desk.shipment(order_id)
    await desk.connector.push_fulfilment(shipment, "key")
    later = await desk.shipment(
        order_id, lines=shipment.lines, tracking_number="T-2", former_numbers=("T-1",)
    )
    await desk.connector.push_fulfilment(later, "key")
    assert await desk.connector.push_stock([desk.level("SKU-0", 5)], "key") == []
    pairs = zip(desk.rig.wire.sent, answers, strict=True)
    return [(json.loads(request.content), json.loads(answer.content)) for request, answer in pairs]


@pytest.mark.parametrize("name", TEXTS)
def test_document_is_valid(schema, name):
    assert validate(schema, parse(TEXTS[name])) == []


async def test_every_document_is_sent_with_valid_variables(desk, schema):
    found = await exchanges(desk)
    assert {request["query"] for request, _ in found} == set(TEXTS.values()) - {documents.EVENT}
    for request, _ in found:
        (operation,) = parse(request["query"]).definitions
        assert isinstance(operation, OperationDefinitionNode)
        values = get_variable_values(schema, operation.variable_definitions or (), request["variables"])
        assert not isinstance(values, list), values


async def test_twin_answers_what_was_selected(desk, schema):
    """Executing the document over the answer gives the answer again."""
    for request, answer in await exchanges(desk):
        shaped = execute(
            schema,
            parse(request["query"]),
            root_value=answer["data"],
            variable_values=request["variables"],
            field_resolver=lambda source, info, **_: source.get(info.path.key),
        )
        assert (shaped.errors, shaped.data) == (None, answer["data"]), request["query"][:60]


def test_every_code_of_the_schema_has_a_meaning(schema):
    codes = {name: set(schema.type_map[name].values) for name in (
        "OrderStatus", "OrderChargeStatusEnum", "OrderAuthorizeStatusEnum", "FulfillmentStatus",
        "WebhookEventTypeAsyncEnum")}  # fmt: skip
    assert codes["OrderStatus"] == set(ORDER_STATUSES.codes)
    assert codes["OrderChargeStatusEnum"] == set(CHARGE_STATUSES.codes)
    assert codes["OrderAuthorizeStatusEnum"] == set(AUTHORISED.codes)
    assert codes["FulfillmentStatus"] == {*UNDONE, WAITING_FOR_APPROVAL, "FULFILLED"}
    assert WITHDRAWN <= UNDONE
    assert codes["WebhookEventTypeAsyncEnum"] >= set(WEBHOOK_EVENTS)


async def test_orders_are_selected_as_far_as_they_are_read(desk):
    order_id = desk.place()
    (delivery,) = await desk.connector.fetch_orders([order_id])
    declared = {field.encode_name for field in msgspec.structs.fields(OrderDocument)}

    assert set(json.loads(delivery.document)) == declared
