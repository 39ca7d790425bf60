"""An imitation of Vendure's Admin GraphQL API (3.7): sessions, refusals in its own words, and its buyers."""

import re
from collections.abc import Callable, Mapping, Sequence
from email.utils import format_datetime
from random import Random
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.kit.twin import KnownOrder, KnownParcel, Product, Purchase, StoreTwin
from connectors.stores.vendure.twin_operations import ListLimitExceeded, Operations
from connectors.stores.vendure.twin_query import BadInput, fields
from connectors.stores.vendure.twin_state import NoSuchEntity, Order, Shop
from mappings.canonical import PostalAddress

USERNAME, PASSWORD = "superadmin", "twin-password"
CHANNEL = "default-channel"

_OPERATION = re.compile(r"\s*(?:query|mutation) (\w+)")


class GraphQLRefusal(Exception):
    def __init__(self, code: str, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Twin(StoreTwin):
    """Unpaid purchases are placed with an authorised payment: paying them later moves no time stamp. A shop
    ships nothing that is authorised only, so cash on delivery is not offered here: it stays authorised. The
    server has several channels (with one, Vendure takes any channel token for it)."""

    platform = "vendure"

    def __init__(self, now: Callable[[], Any], random: Random) -> None:
        super().__init__(now, random)
        self.shop = Shop(now, random)
        self.operations = Operations(self.shop, self.record)
        self.sessions: set[str] = set()

    def routes(self) -> Starlette:
        return Starlette(routes=[Route("/admin-api", self._serve, methods=["POST"])])

    def settings(self, base_url: str) -> dict[str, Any]:
        return {"url": f"{base_url}/admin-api", "username": USERNAME, "password": PASSWORD}

    def expire_tokens(self) -> None:
        self.sessions.clear()

    def drift(self) -> None:
        """Somebody edits an order: its `updatedAt` moves."""
        if self.shop.orders:
            self.shop.touch(self.shop.orders[str(self.random.randint(1, len(self.shop.orders)))])

    async def _serve(self, request: Request) -> Response:
        try:
            answer = self._answer(request, await request.body())
        except msgspec.DecodeError:
            answer = Response("Bad Request", 400)
        except GraphQLRefusal as refusal:
            answer = _refuse(refusal.code, refusal, refusal.status)
        except BadInput as error:
            answer = _refuse("BAD_USER_INPUT", error)
        except ListLimitExceeded as error:
            answer = _refuse("USER_INPUT_ERROR", error)
        except NoSuchEntity as error:
            answer = _refuse("ENTITY_NOT_FOUND", error)
        answer.headers["date"] = format_datetime(self.now(), usegmt=True)
        return answer

    def _answer(self, request: Request, content: bytes) -> Response:
        body = fields(msgspec.json.decode(content), "body", {"query", "variables"}, {"query"})
        match = _OPERATION.match(body["query"])
        name, variables = match[1] if match else "", body.get("variables") or {}
        if name == "Login":
            return self._log_in(variables)
        if name not in self.operations.by_name:
            raise GraphQLRefusal("GRAPHQL_VALIDATION_FAILED", f'Unknown operation "{name}"', 400)
        self._admit(request.headers)
        return _reply({"data": self.operations.by_name[name](variables)})

    def _admit(self, headers: Mapping[str, str]) -> None:
        channel = headers.get("vendure-token", CHANNEL)
        if channel != CHANNEL:
            raise GraphQLRefusal("CHANNEL_NOT_FOUND", f'No Channel with the token "{channel}" could be found')
        if headers.get("authorization", "").removeprefix("Bearer ") not in self.sessions:
            raise GraphQLRefusal("FORBIDDEN", "You are not currently authorized to perform this action")

    def _log_in(self, variables: Any) -> Response:
        names = {"username", "password"}
        given = fields(variables, "Login", names, names)
        if (given["username"], given["password"]) != (USERNAME, PASSWORD):
            return _reply({"data": {"result": {"errorCode": "INVALID_CREDENTIALS_ERROR"}}})
        token = f"{self.random.getrandbits(256):064x}"
        self.sessions.add(token)
        return _reply({"data": {"result": {"id": "1"}}}, {"vendure-auth-token": token})

    def offer(self, products: Sequence[Product]) -> None:
        for product in products:
            self.shop.offer(product.sku, product.title, int(product.price * 100), product.stock)

    def place_order(self, purchase: Purchase) -> str:
        order = self.shop.place(
            purchase.items, purchase.ship_to, purchase.buyer_reference, purchase.email, purchase.note
        )
        if purchase.paid:
            self.shop.settle_payment(order)
        self.record("order", order.id)
        return order.id

    def pay_order(self, order_id: str) -> None:
        self.shop.settle_payment(self.shop.orders[order_id])

    def cancel_order(self, order_id: str) -> bool:
        """The shop cancels for its buyer and gives the money back, while nothing is in a fulfilment."""
        order = self.shop.orders[order_id]
        if not _is_untouched(order):
            return False
        rest = {line.id: line.quantity for line in order.lines}
        self._give_back(order, order.total, rest)
        self.shop.cancel(order, rest, shipping=True)
        self.record("cancellation", order_id)
        return True

    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        order = self.shop.orders[order_id]
        if not _is_untouched(order):
            return False
        order.address = ship_to
        self.shop.touch(order)
        return True

    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        """The shop cancels the units, which lowers the order's total, and gives their price back."""
        order = self.shop.orders[order_id]
        if position >= len(order.lines):
            return False
        line = order.lines[position]
        if line.quantity - order.fulfilled()[line.id] < quantity:
            return False
        self._give_back(order, line.unit_price * quantity, {line.id: quantity})
        self.shop.cancel(order, {line.id: quantity})
        self.record("refund", order_id, line=line.id, quantity=quantity)
        return True

    def orders(self) -> Sequence[KnownOrder]:
        return [_known(order) for order in self.shop.orders.values()]

    def stock_shown(self) -> Mapping[str, int]:
        return {sku: self.shop.saleable(variant) for sku, variant in self.shop.by_sku.items()}

    def _give_back(self, order: Order, amount: int, quantities: Mapping[str, int]) -> None:
        if order.payment.state == "Settled":
            self.shop.refund(order, amount, quantities)


def _is_untouched(order: Order) -> bool:
    return order.state != "Cancelled" and not any(order.standing())


def _known(order: Order) -> KnownOrder:
    return KnownOrder(
        order_id=order.id,
        placed_at=order.placed,
        cancelled=order.state == "Cancelled",
        quantities={line.id: line.quantity for line in order.lines},
        parcels=[
            KnownParcel(
                tracking_number=fulfilment.tracking_code,
                carrier=fulfilment.method,
                quantities=fulfilment.quantities,
                status=fulfilment.state,
            )
            for fulfilment in order.standing()
        ],
        delivered=order.state == "Delivered",
    )


def _reply(body: dict[str, Any], headers: Mapping[str, str] | None = None, status: int = 200) -> Response:
    content = msgspec.json.encode(body)
    return Response(content, status, dict(headers or {}), media_type="application/json")


def _refuse(code: str, error: Exception, status: int = 200) -> Response:
    entry = {"message": str(error), "extensions": {"code": code}}
    refused_unread = code in ("GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT")
    body = {"errors": [entry]} if refused_unread else {"errors": [entry], "data": None}
    return _reply(body, status=status)
