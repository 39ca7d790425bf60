"""Our requests and the twin's answers against Magento's own OpenAPI document."""

import json
from datetime import timedelta
from typing import Any

CONTRACT = "magento/admin_openapi_2.4.8.trimmed.json"
NULL_IN_SAMPLES = frozenset({"parent_item"})


async def exchanges(desk: Any) -> list[tuple[str, str, dict[str, str], Any, Any]]:
    """Method, path, query, body and answer of everything that a whole day brings."""
    answers: list[Any] = []
    desk.rig.wire.spoil = lambda number, answer: answers.append(answer) or answer
    order_id = desk.place(("SKU-0", 2), ("SKU-1", 3))
    desk.clock.advance(timedelta(minutes=1))
    desk.twin.refund_line(order_id, 0, 1)
    await desk.connector.check()
    assert [page async for page in desk.connector.pull_orders("")]
    assert await desk.connector.list_order_ids(desk.clock() - timedelta(days=1), desk.clock())
    assert [page async for page in desk.connector.pull_listings()]
    shipment = await desk.shipment(order_id)
    await desk.connector.push_fulfilment(shipment, "key")
    corrected = await desk.shipment(
        order_id, lines=shipment.lines, tracking_number="T-2", former_numbers=("T-1",)
    )
    await desk.connector.push_fulfilment(corrected, "key")
    assert await desk.connector.push_stock([desk.level("SKU-0", 7)], "key") == []
    return [
        (
            request.method,
            request.url.path.removeprefix("/rest/all"),
            dict(request.url.params),
            json.loads(request.content or b"null"),
            json.loads(answer.content or b"null"),
        )
        for request, answer in zip(desk.rig.wire.sent, answers, strict=True)
    ]


def named(path: str) -> str:
    """The contract's name of a path."""
    parts = path.split("/")
    if path.startswith("/V1/order/"):
        return "/V1/order/{orderId}/ship"
    if path.startswith("/V1/inventory/get-product-salable-quantity"):
        return "/V1/inventory/get-product-salable-quantity/{sku}/{stockId}"
    if path.startswith("/V1/inventory/sources/"):
        return "/V1/inventory/sources/{sourceCode}"
    return "/V1/shipment/track/{id}" if parts[-1].isdecimal() else path


async def test_everything_that_is_asked_and_answered_is_in_the_contract(desk, contract):
    found, magento = await exchanges(desk), contract(CONTRACT)
    for method, path, query, body, answer in found:
        operation = magento.at("paths", named(path), method.lower())
        names = {it["name"].replace("[0]", "") for it in operation["parameters"] if it["in"] == "query"}
        asked = {
            "".join(c for c in it if not c.isdecimal()).replace("[]", "") for it in query if it != "fields"
        }
        assert asked <= names, path
        bodies = [it["schema"] for it in operation["parameters"] if it["in"] == "body"]
        assert [it for one in bodies for it in magento.violations(one, body)] == [], path
        schema = operation["responses"].get("200", {}).get("schema")
        if schema and path != "/V1/orders" and "ship" not in path.split("/")[-1:]:
            assert magento.violations(schema, answer) == [], path


async def test_orders_are_those_of_the_contract(desk, contract):
    found, magento = await exchanges(desk), contract(CONTRACT)
    orders = [it for _, path, query, _, answer in found if path == "/V1/orders" for it in answer["items"]]
    whole = next(it for it in orders if "items" in it)

    assert magento.violations(magento.at("definitions", "sales-data-order-interface"), whole) == []
