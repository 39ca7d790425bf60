"""An imitation of one BigCommerce store: V2 and V3, webhooks, and its buyers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha1
from random import Random
from typing import Any, ClassVar

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.responses import Response

from connectors.kit.standard_webhooks import signature
from connectors.kit.twin import KnownOrder, KnownParcel, OutgoingWebhook, Product, Purchase, StoreTwin
from connectors.stores.bigcommerce.twin_routes import STORE_HASH, TOKEN, Interface, limited
from connectors.stores.bigcommerce.twin_state import CANCELLED, READY, UNPAID, Order, Store
from mappings.canonical import PostalAddress

CLIENT_SECRET = "twin-client-secret"
PAUSES = (60, 180, 300, 600, 900, 1800, 3600, 7200, 21600, 50400, 86400)


class Twin(StoreTwin):
    """Unpaid purchases are bank deposits, or cash on delivery. After two days of failures a hook is off."""

    platform = "bigcommerce"
    retry_webhooks_after: ClassVar = tuple(timedelta(seconds=it) for it in PAUSES)

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.store = Store(now, self._announce)
        self.interface = Interface(self.store, self.record)
        super().__init__(now, random)

    def routes(self) -> Starlette:
        return Starlette(routes=self.interface.routes())

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "store_hash": STORE_HASH,
            "access_token": TOKEN,
            "client_secret": CLIENT_SECRET,
            "api_url": base_url,
        }

    def throttled(self) -> Response:
        return limited(timedelta(seconds=5))

    def drift(self) -> None:
        """Somebody edits an order: its `date_modified` moves."""
        if self.store.orders:
            self.store.touch(self.store.orders[self.random.choice(list(self.store.orders))])

    def _announce(self, event: str, order: Order) -> None:
        scope = f"store/order/{event}"
        for hook in self.interface.hooks.values():
            if hook["is_active"] and hook["scope"] in (scope, "store/order/*"):
                body = self._body(scope, order)
                message = f"msg_{self.random.getrandbits(96):024x}"
                self.post(hook["destination"], self._headers(message, body), body)

    def _body(self, scope: str, order: Order) -> bytes:
        data = {"type": "order", "id": order.id}
        digest = sha1(f"{scope}{order.id}{order.modified}".encode(), usedforsecurity=False).hexdigest()
        event = {"scope": scope, "store_id": "1", "data": data, "hash": digest}
        moment = int(self.store.now().timestamp())
        return msgspec.json.encode({**event, "created_at": moment, "producer": f"stores/{STORE_HASH}"})

    def _headers(self, message: str, body: bytes) -> dict[str, str]:
        moment = str(int(self.store.now().timestamp()))
        return {
            "Content-Type": "application/json",
            "webhook-id": message,
            "webhook-timestamp": moment,
            "webhook-signature": signature(CLIENT_SECRET, message, moment, body),
        }

    async def _acknowledged(self, client: httpx.AsyncClient, webhook: OutgoingWebhook) -> bool:
        """Every attempt is signed anew; with the last one in vain the hook is switched off."""
        headers = self._headers(webhook.headers["webhook-id"], webhook.body)
        again = OutgoingWebhook(url=webhook.url, headers=headers, body=webhook.body, due=webhook.due)
        done = await super()._acknowledged(client, again)
        if not done and webhook.attempt > len(PAUSES):
            for hook in self.interface.hooks.values():
                hook["is_active"] = hook["is_active"] and hook["destination"] != webhook.url
        return done

    def offer(self, products: Sequence[Product]) -> None:
        for product in products:
            self.store.offer(product.sku, product.title, product.price, product.stock)

    def place_order(self, purchase: Purchase) -> str:
        is_ready = purchase.paid or purchase.cash_on_delivery
        method = "Credit Card" if purchase.paid else "Bank Deposit"
        if purchase.cash_on_delivery:
            method = "Cash on Delivery"
        elif purchase.is_test:
            method = "Test Payment Gateway"
        order = self.store.place(
            purchase.items,
            purchase.buyer_reference,
            status=READY if is_ready else UNPAID,
            method=method,
            payment="captured" if purchase.paid and not purchase.cash_on_delivery else "",
            email=purchase.email,
            note=purchase.note,
            address=purchase.ship_to,
        )
        self.record("order", str(order.id))
        return str(order.id)

    def pay_order(self, order_id: str) -> None:
        order = self.store.orders[int(order_id)]
        if order.status == UNPAID:
            self.store.set_status(order, READY)

    def cancel_order(self, order_id: str) -> bool:
        """The store cancels for its buyer while nothing has left."""
        order = self.store.orders[int(order_id)]
        if not order.is_untouched:
            return False
        self.store.cancel(order)
        self.record("cancellation", order_id)
        return True

    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        order = self.store.orders[int(order_id)]
        if not order.is_untouched:
            return False
        order.address = ship_to
        self.store.touch(order)
        return True

    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        """The store refunds what was captured, and puts the units back on sale."""
        order = self.store.orders[int(order_id)]
        if position >= len(order.lines) or order.payment not in ("captured", "partially refunded"):
            return False
        line = order.lines[position]
        if order.status == CANCELLED or line.open < quantity:
            return False
        self.store.refund(order, line, quantity)
        self.record("refund", order_id, line=str(line.id), quantity=quantity)
        return True

    def orders(self) -> Sequence[KnownOrder]:
        return [_known(order) for order in self.store.orders.values()]

    def stock_shown(self) -> Mapping[str, int]:
        return {sku: item.on_hand - item.safety for sku, item in self.store.by_sku.items()}


def _known(order: Order) -> KnownOrder:
    return KnownOrder(
        order_id=str(order.id),
        placed_at=order.created,
        cancelled=order.status == CANCELLED,
        quantities={str(line.id): line.quantity - line.refunded for line in order.lines},
        parcels=[
            KnownParcel(
                tracking_number=shipment.fields.get("tracking_number", ""),
                carrier=shipment.fields.get("shipping_provider")
                or shipment.fields.get("shipping_method", ""),
                quantities={str(line_id): count for line_id, count in shipment.units.items()},
            )
            for shipment in order.shipments
        ],
        delivered=False,
    )
