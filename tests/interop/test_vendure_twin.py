"""The twin answers the connector's documents as the real server does: statuses, codes and shapes."""

from collections.abc import Iterator
from typing import Any

from connectors.stores.vendure import documents
from mappings.stores.vendure import queries
from tests.interop.vendure_worlds import RealWorld, TwinWorld, World

COMPARED = frozenset({"first code", "errorCode", "fromState", "state", "type", "quantity"})
"""Names of fields whose values must be equal; of all others the types."""

ALL = {"options": queries.list_options(queries.PLACED, skip=0, take=3)}
UNKNOWN = "987654"

WHOLE = frozenset({"fulfillments", "payments"})
"""Lists that are compared item by item."""

Answers = dict[str, Any]
"""What was asked and where in the answer → what is there."""


async def test_the_twin_says_what_the_server_says(real: RealWorld) -> None:
    twin = TwinWorld()

    said_by_server, said_by_twin = await interview(real), await interview(twin)

    await twin.close()
    differences = [
        f"{what}: server {said_by_server.get(what)}, twin {said_by_twin.get(what)}"
        for what in {**said_by_server, **said_by_twin}
        if said_by_server.get(what) != said_by_twin.get(what)
    ]
    assert not differences, "\n".join(differences)


async def interview(world: World) -> Answers:
    """Every document of the connector, used well and badly, around two orders."""
    answers: Answers = {}
    signed_in = {name: world.settings()[name] for name in ("username", "password")}
    token = (await world.ask(documents.LOGIN, signed_in)).headers["vendure-auth-token"]

    async def ask(what: str, document: str, variables: dict[str, Any], token: str = token) -> Any:
        response = await world.ask(document, variables, token)
        answers[f"{what}: status"] = response.status_code
        answers.update(outline(response.json(), f"{what}: $"))
        return response.json().get("data")

    await ask("log-in", documents.LOGIN, signed_in)
    await ask("log-in, wrong password", documents.LOGIN, {**signed_in, "password": "wrong"})
    await ask("no token", documents.SERVER, {}, token="")
    await ask("unknown token", documents.SERVER, {}, token="unknown")
    await ask("unknown field", "query Nothing { nothing }", {})
    await ask("server", documents.SERVER, {})

    kept, cancelled = (world.place_order([("ROPE-10", 3)]) for _ in range(2))
    with_ids = {"options": queries.list_options(queries.with_ids([kept, UNKNOWN]), skip=0, take=3)}
    (order,) = (await ask("order", documents.ORDERS, with_ids))["list"]["items"]
    line_id = order["lines"][0]["id"]

    await ask("fulfilments, none", documents.FULFILMENTS, {"id": kept})
    await ask("fulfilments, unknown order", documents.FULFILMENTS, {"id": UNKNOWN})
    await ask("add too many", documents.ADD_FULFILMENT, parcel(line_id, 4))
    await ask("add nothing", documents.ADD_FULFILMENT, parcel(line_id, 0))
    await ask("add unknown line", documents.ADD_FULFILMENT, parcel(UNKNOWN, 1))
    await ask("add, unknown handler", documents.ADD_FULFILMENT, parcel(line_id, 1, handler="unknown"))
    added = await ask("add", documents.ADD_FULFILMENT, parcel(line_id, 2))
    moved = {"id": added["result"]["id"]}
    for state in ("Nonsense", "Shipped", "Shipped", "Delivered", "Shipped"):
        await ask(f"move to {state}, {len(answers)}", documents.MOVE_FULFILMENT, {**moved, "state": state})
    await ask("move unknown", documents.MOVE_FULFILMENT, {"id": UNKNOWN, "state": "Shipped"})
    await ask("order with a parcel", documents.ORDERS, with_ids)
    added = await ask("add the rest", documents.ADD_FULFILMENT, parcel(line_id, 1))
    await ask("cancel", documents.MOVE_FULFILMENT, {"id": added["result"]["id"], "state": "Cancelled"})
    await ask("fulfilments", documents.FULFILMENTS, {"id": kept})

    (line,) = (await world.ask(documents.ORDERS, of_id(cancelled), token)).json()["data"]["list"]["items"][0][
        "lines"
    ]
    world.cancel_order(cancelled)
    await ask("cancelled order", documents.ORDERS, of_id(cancelled))
    await ask("add to cancelled", documents.ADD_FULFILMENT, parcel(line["id"], 1))

    await ask("horizon", documents.HORIZON, {"filter": queries.PLACED})
    await ask("too large a page", documents.ORDER_IDS, {"options": {**ALL["options"], "take": 101}})
    await ask("no variables", documents.FULFILMENTS, {})
    await ask("unknown filter", documents.ORDER_IDS, {"options": {"filter": {"nothing": {"eq": 1}}}})
    variants = await ask(
        "variants", documents.VARIANTS, {"options": queries.list_options({}, skip=0, take=3)}
    )
    variant_id = variants["list"]["items"][0]["id"]
    await ask("stock", documents.STOCK, of_id(variant_id))
    await ask("write stock", documents.WRITE_STOCK, count(variant_id, 7))
    await ask("write stock, negative", documents.WRITE_STOCK, count(variant_id, -7))
    await ask("write stock, unknown variant", documents.WRITE_STOCK, count(UNKNOWN, 7))
    await ask("write stock, nothing", documents.WRITE_STOCK, {"input": []})
    return answers


def of_id(wanted: str) -> dict[str, Any]:
    return {"options": queries.list_options(queries.with_ids([wanted]), skip=0, take=3)}


def parcel(line_id: str, quantity: int, *, handler: str = "manual-fulfillment") -> dict[str, Any]:
    arguments = [{"name": "method", "value": "DHL"}, {"name": "trackingCode", "value": "JJD-0"}]
    lines = [{"orderLineId": line_id, "quantity": quantity}]
    return {"input": {"lines": lines, "handler": {"code": handler, "arguments": arguments}}}


def count(variant_id: str, units: int) -> dict[str, Any]:
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
