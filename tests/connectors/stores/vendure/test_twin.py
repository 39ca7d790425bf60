"""The twin refuses what Vendure refuses, in its words, and accounts for stock as Vendure does."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from connectors.kit.conformance.rig import BASE_URL, Rig
from connectors.kit.twin import Product, Purchase
from connectors.stores.vendure import PLUGIN, documents
from mappings.canonical import PostalAddress

ADDRESS = PostalAddress(name="Test Buyer", country="GB", city="Testtown", street=("12 Sample Street",))


class Admin:
    """Somebody who talks to the twin without the connector."""

    def __init__(self) -> None:
        self.rig = Rig(PLUGIN)
        self.twin: Any = self.rig.twin
        self.twin.offer([Product(sku="A", title="A", price=Decimal(5), stock=10)])
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(self.twin))
        self.headers: dict[str, str] = {}

    async def send(self, document: str, variables: Mapping[str, Any]) -> httpx.Response:
        body = {"query": document, "variables": variables}
        return await self.client.post(f"{BASE_URL}/admin-api", json=body, headers=self.headers)

    async def log_in(self) -> "Admin":
        names = {"username": "superadmin", "password": "twin-password"}
        answer = await self.send(documents.LOGIN, names)
        self.headers["authorization"] = f"Bearer {answer.headers['vendure-auth-token']}"
        return self

    async def code(self, document: str, variables: Mapping[str, Any]) -> str:
        return (await self.send(document, variables)).json()["errors"][0]["extensions"]["code"]

    async def result(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        return (await self.send(document, variables)).json()["data"]["result"]

    def buy(self, units: int, **changes: Any) -> str:
        return self.twin.place_order(
            Purchase(buyer_reference="1", ship_to=ADDRESS, items=[("A", units)], **changes)
        )

    async def fulfil(self, line_id: str, units: int, code: str = "T-1") -> dict[str, Any]:
        arguments = [{"name": "method", "value": "SF"}, {"name": "trackingCode", "value": code}]
        handler = {"code": "manual-fulfillment", "arguments": arguments}
        lines = [{"orderLineId": line_id, "quantity": units}]
        return await self.result(documents.ADD_FULFILMENT, {"input": {"lines": lines, "handler": handler}})

    async def move(self, fulfilment_id: str, state: str) -> dict[str, Any]:
        return await self.result(documents.MOVE_FULFILMENT, {"id": fulfilment_id, "state": state})

    @property
    def stock(self) -> tuple[int, int]:
        variant = self.twin.shop.by_sku["A"]
        return variant.on_hand, variant.allocated


@pytest.fixture
async def admin() -> Admin:
    return await Admin().log_in()


def options(**changes: Any) -> dict[str, Any]:
    return {"options": {"filter": {}, "sort": {"id": "ASC"}, "skip": 0, "take": 10, **changes}}


async def test_without_session_the_genuine_refusal(sample: Callable[[str], Any]):
    answer = await Admin().send(documents.ORDER_IDS, options())
    genuine = sample("unauthenticated")
    assert answer.status_code == genuine["status"]
    assert answer.json()["data"] is genuine["response"]["data"] is None
    for part in ("message", "extensions"):
        assert answer.json()["errors"][0][part] == genuine["response"]["errors"][0][part]


async def test_unknown_document_is_a_validation_error(admin: Admin, sample: Callable[[str], Any]):
    answer = await admin.send("query Nope { orders { nope } }", {})
    assert answer.status_code == sample("validation_error")["status"]
    assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_other_channel_is_not_found(admin: Admin):
    admin.headers["vendure-token"] = "other"
    assert await admin.code(documents.ORDER_IDS, options()) == "CHANNEL_NOT_FOUND"


async def test_page_over_the_list_limit_is_refused(admin: Admin):
    answer = (await admin.send(documents.ORDER_IDS, options(take=101))).json()["errors"][0]
    assert answer["extensions"]["code"] == "USER_INPUT_ERROR"
    assert answer["message"] == "Cannot take more than 100 results from a list query"


@pytest.mark.parametrize(
    "wrong",
    [
        {"filter": {"nope": {"eq": 1}}},
        {"filter": {"updatedAt": {"since": "2026-03-02T08:00:00Z"}}},
        {"filter": {"updatedAt": {"after": "2026-03-02T08:00:00"}}},
        {"filter": {"updatedAt": {"after": "yesterday"}}},
        {"filter": {"active": {"eq": "false"}}},
        {"filter": {"id": {"in": "1"}}},
        {"take": "10"},
        {"page": 1},
    ],
)
async def test_wrong_list_options_are_refused(admin: Admin, wrong: dict[str, Any]):
    assert await admin.code(documents.ORDER_IDS, options(**wrong)) == "BAD_USER_INPUT"


async def test_filter_instants_are_strict(admin: Admin):
    order_id = admin.buy(1)
    placed = admin.twin.shop.orders[order_id].placed
    for moment, expected in ((placed, 0), (placed - timedelta(milliseconds=1), 1)):
        given = {"orderPlacedAt": {"after": moment.isoformat(timespec="milliseconds")}}
        answer = (await admin.send(documents.ORDER_IDS, options(filter=given))).json()
        assert answer["data"]["list"]["totalItems"] == expected


async def test_stock_is_allocated_then_sold_and_comes_back(admin: Admin):
    order_id = admin.buy(4)
    assert admin.stock == (10, 4)
    fulfilment = await admin.fulfil("1", 3)
    assert admin.stock == (7, 1)
    await admin.move(fulfilment["id"], "Cancelled")
    assert admin.stock == (10, 4)
    assert admin.twin.cancel_order(order_id)
    assert admin.stock == (10, 0)


async def test_states_follow_the_fulfilments(admin: Admin):
    order = admin.twin.shop.orders[admin.buy(2)]
    ids = [(await admin.fulfil("1", 1, code))["id"] for code in ("T-1", "T-2")]
    assert order.state == "PaymentSettled"
    seen = []
    for fulfilment_id, state in ((ids[0], "Shipped"), (ids[0], "Delivered"), (ids[1], "Shipped")):
        await admin.move(fulfilment_id, state)
        seen.append(order.state)
    await admin.move(ids[1], "Delivered")
    assert [*seen, order.state] == [
        "PartiallyShipped",
        "PartiallyDelivered",
        "PartiallyDelivered",
        "Delivered",
    ]


async def test_fulfilments_are_refused_as_genuine_ones(admin: Admin, sample: Callable[[str], Any]):
    admin.buy(2)
    await admin.fulfil("1", 2)
    for line_units, name in ((1, "fulfil_again_error"), (0, "fulfil_empty_error")):
        genuine = sample(name)["response"]["data"]["addFulfillmentToOrder"]
        assert (await admin.fulfil("1", line_units))["errorCode"] == genuine["errorCode"]


async def test_more_than_is_on_hand_cannot_be_fulfilled(admin: Admin):
    admin.buy(11)
    assert await admin.fulfil("1", 11) == {
        "errorCode": "INSUFFICIENT_STOCK_ON_HAND_ERROR",
        "stockOnHand": 10,
    }


async def test_repeated_transition_tells_where_it_is(admin: Admin):
    admin.buy(1)
    fulfilment = await admin.fulfil("1", 1)
    await admin.move(fulfilment["id"], "Shipped")
    assert await admin.move(fulfilment["id"], "Shipped") == {
        "errorCode": "FULFILLMENT_STATE_TRANSITION_ERROR",
        "fromState": "Shipped",
    }


async def test_time_stamp_moves_on_cancellation_only(admin: Admin):
    order_id = admin.buy(3, paid=False)
    order = admin.twin.shop.orders[order_id]
    before = order.updated
    assert before < order.placed
    admin.rig.clock.advance(timedelta(hours=1))
    admin.twin.pay_order(order_id)
    await admin.move((await admin.fulfil("1", 1))["id"], "Shipped")
    admin.twin.shop.refund(order, 5, {})
    assert order.updated == before
    admin.twin.refund_line(order_id, 0, 1)
    assert order.updated == admin.rig.clock()


async def test_same_seed_same_answers():
    bodies = []
    for _ in range(2):
        admin = await Admin().log_in()
        admin.buy(1)
        bodies.append((await admin.send(documents.ORDERS, options())).content)
    assert bodies[0] == bodies[1]
