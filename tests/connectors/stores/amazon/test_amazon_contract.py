"""Our requests and the twin's answers against Amazon's own models (Swagger 2)."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from mappings.canonical import StockLevel
from mappings.stores.amazon.tables import FULFILLMENT_STATUSES

MODELS = (
    "amazon/orders_2026-01-01.json",
    "amazon/ordersV0.json",
    "amazon/listingsItems_2021-08-01.json",
    "amazon/sellers.json",
)


async def exchanges(desk: Any) -> list[tuple[Any, Any]]:
    """Requests and answers of everything that a whole day brings, tokens aside."""
    answers: list[Any] = []
    desk.rig.wire.spoil = lambda number, answer: answers.append(answer) or answer
    order_id = desk.place(("SKU/0", 2), ("SKU/1", 3))
    desk.place(note="Ring twice")
    desk.place(paid=False)
    desk.twin.refund_line(order_id, 1, 3)
    desk.clock.advance(timedelta(hours=1))
    await desk.connector.check()
    assert [page async for page in desk.connector.pull_orders("")]
    assert await desk.connector.list_order_ids(desk.clock() - timedelta(days=1), desk.clock())
    assert [page async for page in desk.connector.pull_listings()]
    shipment = await desk.shipment(order_id, lines=(await desk.shipment(order_id)).lines[:1])
    await desk.connector.push_fulfilment(shipment, "key")
    assert await desk.connector.find_fulfilment(shipment)
    levels = [StockLevel(listing_id=it, sku=it, available=7, as_of=desk.clock()) for it in desk.account.items]
    assert await desk.connector.push_stock(levels, "key") == []
    await desk.connector.push_stock(
        [StockLevel(listing_id="no", sku="no", available=7, as_of=desk.clock())], "key"
    )
    found = zip(desk.rig.wire.sent, answers, strict=True)
    return [(request, answer) for request, answer in found if not request.url.path.endswith("/token")]


def operation(models: list[Any], request: Any) -> tuple[Any, Any]:
    """The model and the operation that this request calls."""
    for model in models:
        for path, operations in model.document["paths"].items():
            pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))
            if re.fullmatch(pattern, request.url.raw_path.decode().split("?")[0]):
                return model, operations[request.method.lower()]
    raise AssertionError(f"{request.method} {request.url.path} is in no model")


@pytest.fixture
def models(contract: Any) -> list[Any]:
    return [contract(name) for name in MODELS]


def test_every_status_has_a_meaning(models):
    assert set(models[0].at("definitions", "FulfillmentStatus")["enum"]) == set(FULFILLMENT_STATUSES.codes)


async def test_requests_and_answers_are_those_of_the_models(desk, models):
    found = await exchanges(desk)
    called = set()
    for request, answer in found:
        model, said = operation(models, request)
        called.add(said["operationId"])
        parameters = {one["name"]: one for one in map(model.resolved, said["parameters"])}
        for name, text in request.url.params.items():
            kind = parameters[name]
            allowed = kind.get("enum") or kind.get("items", {}).get("enum")
            assert allowed is None or set(text.split(",")) <= set(allowed)
        if request.content:
            (body,) = [one for one in parameters.values() if one["in"] == "body"]
            assert model.violations(body["schema"], json.loads(request.content)) == []
        if answer.content:
            schema = said["responses"][str(answer.status_code)]["schema"]
            assert model.violations(schema, json.loads(answer.content)) == []
    assert called == {
        "searchOrders", "getOrder", "confirmShipment", "searchListingsItems", "patchListingsItem",
        "getMarketplaceParticipations",
    }  # fmt: skip
