"""The twin answers the connector's documents as the real server does: statuses, codes and shapes."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from connectors.stores.vendure import documents
from mappings.stores.vendure import queries
from tests.interop.vendure_worlds import RealWorld, TwinWorld, World

COMPARED = frozenset({"first code", "errorCode", "fromState", "state", "type", "quantity"})
"""Names of fields whose values must be equal; of all others the types."""

WHOLE = frozenset({"fulfillments", "payments"})
"""Lists that are compared item by item."""

UNKNOWN = "987654"

Variables = dict[str, Any]
Answers = dict[str, Any]
"""What was asked and where in the answer → what is there."""


@pytest.mark.parametrize("database", ["sqljs", "postgres"])
async def test_the_twin_says_what_the_server_says(database: str, request: pytest.FixtureRequest) -> None:
    real, twin = RealWorld(request.getfixturevalue(database)), TwinWorld()

    said_by_server, said_by_twin = await interview(real), await interview(twin)

    await real.close()
    await twin.close()
    differences = [
        f"{what}: server {said_by_server.get(what)}, twin {said_by_twin.get(what)}"
        for what in {**said_by_server, **said_by_twin}
        if said_by_server.get(what) != said_by_twin.get(what)
    ]
    assert not differences, "\n".join(differences)


async def interview(world: World) -> Answers:
    """Every document of the connector, used well and badly."""
    sign_in = {name: world.settings()[name] for name in ("username", "password")}
    token = (await world.ask(documents.LOGIN, sign_in)).headers["vendure-auth-token"]
    interview = Interview(world, token)
    await interview.about_signing_in(sign_in)
    await interview.about_reading()
    await interview.about_an_order()
    await interview.about_a_cancelled_order()
    await interview.about_stock()
    return interview.answers


class Interview:
    """Asks one world and writes down its answers."""

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self.answers: Answers = {}
        self._token = token

    async def ask(self, what: str, document: str, variables: Variables, *, token: str | None = None) -> Any:
        """Returns `data`."""
        response = await self.world.ask(document, variables, self._token if token is None else token)
        self.answers[f"{what}: status"] = response.status_code
        self.answers.update(outline(response.json(), f"{what}: $"))
        return response.json().get("data")

    async def about_signing_in(self, sign_in: Variables) -> None:
        await self.ask("log-in", documents.LOGIN, sign_in)
        await self.ask("log-in, wrong password", documents.LOGIN, {**sign_in, "password": "wrong"})
        await self.ask("no token", documents.SERVER, {}, token="")
        await self.ask("unknown token", documents.SERVER, {}, token="unknown")
        await self.ask("unknown field", "query Nothing { nothing }", {})

    async def about_reading(self) -> None:
        self.world.place_order([("ROPE-10", 1)])
        placed = queries.list_options(queries.PLACED, skip=0, take=1)
        await self.ask("server", documents.SERVER, {})
        await self.ask("horizon", documents.HORIZON, {"filter": queries.PLACED})
        await self.ask("ids", documents.ORDER_IDS, {"options": placed})
        await self.ask("too large a page", documents.ORDER_IDS, {"options": {**placed, "take": 101}})
        await self.ask("unknown filter", documents.ORDER_IDS, {"options": {"filter": {"nothing": {"eq": 1}}}})
        await self.ask("no variables", documents.FULFILMENTS, {})

    async def about_an_order(self) -> None:
        order_id = self.world.place_order([("ROPE-10", 3)])
        line_id = await self._line_of("order", order_id)
        await self.ask("order, and one unknown", documents.ORDERS, with_ids(order_id, UNKNOWN))
        await self.ask("fulfilments, none", documents.FULFILMENTS, {"id": order_id})
        await self.ask("fulfilments, unknown order", documents.FULFILMENTS, {"id": UNKNOWN})
        await self.ask("add too many", documents.ADD_FULFILMENT, parcel(line_id, 4))
        await self.ask("add nothing", documents.ADD_FULFILMENT, parcel(line_id, 0))
        await self.ask("add unknown line", documents.ADD_FULFILMENT, parcel(UNKNOWN, 1))
        await self.ask("add, unknown handler", documents.ADD_FULFILMENT, parcel(line_id, 1, handler="nobody"))
        await self._ship(line_id, 2, ("Nonsense", "Shipped", "Shipped", "Delivered", "Shipped"))
        await self.ask("order with a parcel", documents.ORDERS, with_ids(order_id))
        await self._ship(line_id, 1, ("Cancelled",))
        await self.ask("move unknown", documents.MOVE_FULFILMENT, {"id": UNKNOWN, "state": "Shipped"})
        await self.ask("fulfilments", documents.FULFILMENTS, {"id": order_id})

    async def about_a_cancelled_order(self) -> None:
        order_id = self.world.place_order([("ROPE-10", 3)])
        line_id = await self._line_of("order to be cancelled", order_id)
        self.world.cancel_order(order_id)
        await self.ask("cancelled order", documents.ORDERS, with_ids(order_id))
        await self.ask("add to cancelled order", documents.ADD_FULFILMENT, parcel(line_id, 1))

    async def about_stock(self) -> None:
        first = {"options": queries.list_options({}, skip=0, take=1)}
        variant_id = (await self.ask("variants", documents.VARIANTS, first))["list"]["items"][0]["id"]
        await self.ask("stock", documents.STOCK, with_ids(variant_id))
        await self.ask("write stock", documents.WRITE_STOCK, count(variant_id, 7))
        await self.ask("write stock, negative", documents.WRITE_STOCK, count(variant_id, -7))
        await self.ask("write stock, unknown variant", documents.WRITE_STOCK, count(UNKNOWN, 7))
        await self.ask("write stock, nothing", documents.WRITE_STOCK, {"input": []})

    async def _line_of(self, what: str, order_id: str) -> str:
        orders = await self.ask(what, documents.ORDERS, with_ids(order_id))
        line_id: str = orders["list"]["items"][0]["lines"][0]["id"]
        return line_id

    async def _ship(self, line_id: str, quantity: int, states: Sequence[str]) -> None:
        """Adds a fulfilment and moves it from state to state, also where that is refused."""
        added = await self.ask(f"add {quantity}", documents.ADD_FULFILMENT, parcel(line_id, quantity))
        for number, state in enumerate(states):
            move = {"id": added["result"]["id"], "state": state}
            await self.ask(f"move {quantity}, {number}: {state}", documents.MOVE_FULFILMENT, move)


def with_ids(*ids: str) -> Variables:
    return {"options": queries.list_options(queries.with_ids(ids), skip=0, take=3)}


def parcel(line_id: str, quantity: int, *, handler: str = "manual-fulfillment") -> Variables:
    arguments = [{"name": "method", "value": "DHL"}, {"name": "trackingCode", "value": "JJD-0"}]
    lines = [{"orderLineId": line_id, "quantity": quantity}]
    return {"input": {"lines": lines, "handler": {"code": handler, "arguments": arguments}}}


def count(variant_id: str, units: int) -> Variables:
    levels = [{"stockLocationId": "1", "stockOnHand": units}]
    return {"input": [{"id": variant_id, "stockLevels": levels}]}


def outline(value: Any, path: str, name: str = "") -> Iterator[tuple[str, Any]]:
    """(path, what is there): values of `COMPARED` fields, else types; of most lists the first item only."""
    match value:
        case {"errors": errors, **others}:
            codes = [error.get("extensions", {}).get("code") for error in errors]
            yield from outline({"first code": codes[0], **others}, path)
        case dict():
            for key, inner in value.items():
                yield from outline(inner, f"{path}.{key}", key)
        case []:
            yield path, []
        case list():
            for position, inner in enumerate(value if name in WHOLE else value[:1]):
                yield from outline(inner, f"{path}[{position}]", name)
        case _:
            yield path, value if name in COMPARED else type(value).__name__
