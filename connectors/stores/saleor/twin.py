"""An imitation of one Saleor server: its GraphQL endpoint, its webhooks, and its buyers."""

import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.kit.signing import hmac_hex, same
from connectors.kit.twin import KnownOrder, KnownParcel, Product, Purchase, StoreTwin
from connectors.stores.saleor.twin_operations import BadInput, Operations, fields
from connectors.stores.saleor.twin_render import encode
from connectors.stores.saleor.twin_state import Order, Refusal, Store
from mappings.canonical import PostalAddress

APP_TOKEN = "twin-app-token"
WEBHOOK_SECRET = "twin-webhook-secret"
QUOTA, WINDOW = 120, timedelta(minutes=1)

_OPERATION = re.compile(r"\s*(?:query|mutation) (\w+)")


class Twin(StoreTwin):
    """Unpaid purchases are not charged yet. Saleor knows neither test orders nor cash on delivery. A post
    that gets a 5xx or no answer is repeated five times."""

    platform = "saleor"
    retry_webhooks_after: ClassVar = tuple(timedelta(seconds=10 * 2**it) for it in range(5))

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.store = Store(now, self._announce)
        self.operations = Operations(self.store, self.record)
        self._calls: deque[datetime] = deque()
        super().__init__(now, random)

    def routes(self) -> Starlette:
        return Starlette(routes=[Route("/graphql/", self._serve, methods=["POST"])])

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "url": f"{base_url}/graphql/",
            "app_token": APP_TOKEN,
            "webhook_secret": WEBHOOK_SECRET,
        }

    def throttled(self) -> Response:
        return Response("Too many requests", 429)

    def drift(self) -> None:
        """Somebody saves an order: its `updatedAt` moves."""
        if self.store.orders:
            self.store.touch(self.store.orders[self.random.choice(list(self.store.orders))])

    async def _serve(self, request: Request) -> Response:
        if self._is_over_quota():
            return self.throttled()
        try:
            body = fields(
                msgspec.json.decode(await request.body()), "body", {"query", "variables"}, {"query"}
            )
        except (msgspec.DecodeError, BadInput):
            return _errors("GraphQLError", "Unable to parse query.", 400)
        match = _OPERATION.match(body["query"])
        operation = self.operations.by_name.get(match[1]) if match else None
        if operation is None:
            return _errors("GraphQLError", "Unknown operation.", 400)
        if not same(f"Bearer {APP_TOKEN}", request.headers.get("authorization", "")):
            return _errors("PermissionDenied", "To access this path, you need a permission.")
        try:
            return _reply({"data": operation(body.get("variables") or {})})
        except BadInput as error:
            return _errors("GraphQLError", str(error))
        except Refusal as refusal:
            said = {"code": refusal.code, "field": refusal.field or None, "message": str(refusal)}
            return _reply({"data": {"result": {"errors": [said]}}})

    def _is_over_quota(self) -> bool:
        """Of a cloud sandbox."""
        now = self.now()
        while self._calls and now - self._calls[0] >= WINDOW:
            self._calls.popleft()
        is_over = len(self._calls) >= QUOTA
        if not is_over:
            self._calls.append(now)
        return is_over

    def acknowledges(self, answer: httpx.Response) -> bool:
        """Redirects and refusals are final."""
        return answer.status_code < 500

    def _announce(self, event: str, order: Order) -> None:
        for hook in self.operations.webhooks.values():
            if hook["isActive"] and event in hook["asyncEvents"]:
                body = msgspec.json.encode({"order": {"id": order.id}})
                headers = {
                    "Content-Type": "application/json",
                    "Saleor-Event": event.lower(),
                    "Saleor-Domain": "twin.example",
                    "Saleor-Api-Url": "https://twin.example/graphql/",
                    "Saleor-Signature": hmac_hex(hook["secretKey"], body),
                }
                self.post(hook["targetUrl"], headers, body)

    def offer(self, products: Sequence[Product]) -> None:
        for product in products:
            self.store.offer(product.sku, product.title, product.price, product.stock)

    def place_order(self, purchase: Purchase) -> str:
        order = self.store.place(
            purchase.items, purchase.buyer_reference, purchase.email, purchase.note, purchase.ship_to
        )
        if purchase.paid:
            self.store.charge(order)
        self.record("order", order.id)
        return order.id

    def pay_order(self, order_id: str) -> None:
        order = self.store.orders[order_id]
        if order.charge_status == "NONE":
            self.store.charge(order)

    def cancel_order(self, order_id: str) -> bool:
        """The shop cancels for its buyer while nothing is fulfilled; it gives back no money by that."""
        order = self.store.orders[order_id]
        if order.status != "UNFULFILLED":
            return False
        self.store.cancel(order)
        self.record("cancellation", order_id)
        return True

    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        order = self.store.orders[order_id]
        if not order.is_untouched:
            return False
        order.address = ship_to
        self.store.touch(order)
        return True

    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        """The shop refunds units that did not leave."""
        order = self.store.orders[order_id]
        if position >= len(order.lines) or order.charge_status == "NONE" or order.status == "CANCELED":
            return False
        line = order.lines[position]
        if line.quantity - line.fulfilled < quantity:
            return False
        self.store.refund(order, line, quantity)
        self.record("refund", order_id, line=line.id, quantity=quantity)
        return True

    def orders(self) -> Sequence[KnownOrder]:
        return [_known(order) for order in self.store.orders.values()]

    def stock_shown(self) -> Mapping[str, int]:
        return {sku: variant.quantity - variant.allocated for sku, variant in self.store.by_sku.items()}


def _reply(body: Any, status: int = 200) -> Response:
    return Response(encode(body), status, media_type="application/json")


def _errors(code: str, message: str, status: int = 200) -> Response:
    error = {"message": message, "extensions": {"exception": {"code": code}}}
    return _reply({"errors": [error], "data": None}, status)


def _known(order: Order) -> KnownOrder:
    refunded = {line.id: 0 for line in order.lines}
    for fulfilment in order.fulfilments:
        for line_id, count in fulfilment.units.items() if fulfilment.status == "REFUNDED" else ():
            refunded[line_id] += count
    return KnownOrder(
        order_id=order.id,
        placed_at=order.created,
        cancelled=order.status == "CANCELED",
        quantities={line.id: line.quantity - refunded[line.id] for line in order.lines},
        parcels=[
            KnownParcel(
                tracking_number=fulfilment.tracking,
                carrier=fulfilment.metadata.get("carrier", ""),
                quantities=fulfilment.units,
                status=fulfilment.status.lower(),
            )
            for fulfilment in order.fulfilments
            if fulfilment.status != "REFUNDED"
        ],
        delivered=False,
    )
