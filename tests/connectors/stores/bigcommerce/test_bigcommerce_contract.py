"""Our requests and the twin's answers against BigCommerce's own OpenAPI documents."""

import json
from datetime import timedelta
from typing import Any

from mappings.canonical import StockLevel

ORDERS, HOOKS = "bigcommerce/orders.v2.oas2.json", "bigcommerce/webhooks.v3.json"
STOCK, REFUNDS = "bigcommerce/inventory.v3.json", "bigcommerce/orders.v3.json"
JSON = ("content", "application/json", "schema")

SHOWN_BY_SAMPLES = "$[0].custom_status: is not named"


async def exchanges(desk: Any) -> list[tuple[str, str, dict[str, str], Any, Any]]:
    """Method, path, query, body and answer of everything that a whole day brings."""
    answers: list[Any] = []
    desk.rig.wire.spoil = lambda number, answer: answers.append(answer) or answer
    order_id = desk.place(("SKU-0", 2), ("SKU-1", 3))
    desk.clock.advance(timedelta(minutes=1))
    desk.twin.refund_line(order_id, 0, 1)
    await desk.connector.check()
    await desk.connector.register_webhooks("https://hub.example/hook")
    assert [page async for page in desk.connector.pull_orders("")]
    assert await desk.connector.list_order_ids(desk.clock() - timedelta(days=1), desk.clock())
    assert [page async for page in desk.connector.pull_listings()]
    shipment = await desk.shipment(order_id)
    await desk.connector.push_fulfilment(shipment, "key")
    corrected = await desk.shipment(
        order_id, lines=shipment.lines, tracking_number="T-2", former_numbers=("T-1",)
    )
    await desk.connector.push_fulfilment(corrected, "key")
    levels = [
        StockLevel(listing_id=str(it.variant), sku=it.sku, available=7, as_of=desk.clock())
        for it in desk.store.by_sku.values()
    ]
    assert await desk.connector.push_stock(levels, "key") == []
    return [
        (
            request.method,
            request.url.path.removeprefix("/stores/twin"),
            dict(request.url.params),
            json.loads(request.content or b"null"),
            json.loads(answer.content or b"null"),
        )
        for request, answer in zip(desk.rig.wire.sent, answers, strict=True)
    ]


def of(found: list[Any], method: str, end: str) -> list[Any]:
    return [it for it in found if it[0] == method and it[1].endswith(end)]


async def test_orders_and_shipments_are_those_of_the_contract(desk, contract):
    found, orders = await exchanges(desk), contract(ORDERS)
    shown = orders.at("components", "responses", "orderCollection_Resp", *JSON)
    for _, _, query, _, answer in of(found, "GET", "/v2/orders"):
        assert query.keys() <= {
            it["name"] for it in map(orders.resolved, orders.at("paths", "/orders", "get")["parameters"])
        }
        if "include" in query:
            assert orders.violations(shown, answer) == [SHOWN_BY_SAMPLES]
    posted = orders.at("paths", "/orders/{order_id}/shipments", "post", "requestBody", *JSON)
    recorded = orders.at("components", "responses", "orderShipment_Resp", *JSON)
    for _, _, _, body, answer in of(found, "POST", "/shipments"):
        assert orders.violations(posted, body) == []
        assert orders.violations(recorded, answer) == []
    (changed,) = [it for it in found if it[0] == "PUT" and "/shipments/" in it[1]]
    put = orders.at("paths", "/orders/{order_id}/shipments/{shipment_id}", "put", "requestBody", *JSON)
    assert orders.violations(put, changed[3]) == []


async def test_stock_refunds_and_hooks_are_those_of_the_contract(desk, contract):
    found, stock, hooks, refunds = await exchanges(desk), contract(STOCK), contract(HOOKS), contract(REFUNDS)
    ((_, _, _, body, answer),) = of(found, "PUT", "/absolute")
    assert stock.violations(stock.at("components", "schemas", "AdjustmentsAbsoluteRequest"), body) == []
    for end, path in (
        ("/v3/inventory/items", "/inventory/items"),
        ("/locations/1/items", "/inventory/locations/{location_id}/items"),
    ):
        schema = stock.at("paths", path, "get", "responses", "200", *JSON)
        assert stock.violations(schema, of(found, "GET", end)[0][4]) == []
    for _, _, _, body, answer in of(found, "POST", "/hooks"):
        assert hooks.violations(hooks.at("components", "schemas", "webhook_Base"), body) == []
        assert hooks.violations(hooks.at("components", "responses", "webhook_Resp", *JSON), answer) == []
    answered = refunds.at("components", "responses", "RefundCollection_Resp", *JSON)
    assert refunds.violations(answered, of(found, "GET", "/refunds")[0][4]) == []
