"""Our requests and the twin's answers against eBay's own OpenAPI documents."""

import json
import re
from datetime import timedelta
from typing import Any

from mappings.canonical import LineQuantity, StockLevel

CONTRACTS = {
    "/sell/fulfillment/v1": "ebay/sell_fulfillment_v1_oas3.json",
    "/sell/inventory/v1": "ebay/sell_inventory_v1_oas3.trimmed.json",
}
JSON = ("content", "application/json", "schema")


async def exchanges(desk: Any) -> list[tuple[Any, Any]]:
    """Requests and answers of everything that a whole day brings, tokens aside."""
    answers: list[Any] = []
    desk.rig.wire.spoil = lambda number, answer: answers.append(answer) or answer
    order_id = desk.place(("SKU-0", 2), ("SKU-1", 3), note="Ring twice")
    cancelled = desk.place(paid=False)
    desk.clock.advance(timedelta(hours=1))
    desk.twin.refund_line(order_id, 1, 3)
    desk.twin.cancel_order(cancelled)
    desk.clock.advance(timedelta(hours=1))
    shipment = await desk.shipment(order_id)
    part = (LineQuantity(line_id=shipment.lines[0].line_id, quantity=1),)
    await desk.connector.push_fulfilment(await desk.shipment(order_id, lines=part), "key")
    await desk.connector.check()
    assert [page async for page in desk.connector.pull_orders("")]
    assert await desk.connector.list_order_ids(desk.clock() - timedelta(days=1), desk.clock())
    assert [page async for page in desk.connector.pull_listings()]
    levels = [StockLevel(listing_id=it, sku=it, available=7, as_of=desk.clock()) for it in ("SKU-0", "no")]
    assert len(await desk.connector.push_stock(levels, "key")) == 1
    found = zip(desk.rig.wire.sent, answers, strict=True)
    return [(request, answer) for request, answer in found if not request.url.path.endswith("/token")]


async def test_requests_and_answers_are_those_of_the_contract(desk, contract):
    called = set()
    for request, answer in await exchanges(desk):
        base = next(it for it in CONTRACTS if request.url.path.startswith(it))
        model = contract(CONTRACTS[base])
        path = next(
            it
            for it in model.document["paths"]
            if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(it)), request.url.path.removeprefix(base))
        )
        said = model.at("paths", path, request.method.lower())
        called.add(f"{request.method} {path}")
        assert set(request.url.params) <= {it["name"] for it in said.get("parameters", ())}
        if request.content:
            schema = model.at("paths", path, request.method.lower(), "requestBody", *JSON)
            assert model.violations(schema, json.loads(request.content)) == []
        if answer.content and answer.status_code == 200:
            schema = model.at("paths", path, request.method.lower(), "responses", "200", *JSON)
            assert model.violations(schema, json.loads(answer.content)) == []
    assert called == {
        "GET /order",
        "GET /order/{orderId}/shipping_fulfillment",
        "POST /order/{orderId}/shipping_fulfillment",
        "GET /inventory_item",
        "POST /bulk_update_price_quantity",
    }
