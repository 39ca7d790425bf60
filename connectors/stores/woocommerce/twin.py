"""An imitation of a WordPress shop with WooCommerce 11: REST API v3, webhooks, and its buyers."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any, ClassVar

import httpx
from starlette.applications import Starlette

from connectors.kit.signing import hmac_base64
from connectors.kit.twin import (
    KnownOrder,
    KnownParcel,
    OutgoingWebhook,
    Product,
    Purchase,
    StoreTwin,
)
from connectors.stores.woocommerce.twin_render import order_bytes
from connectors.stores.woocommerce.twin_rest import KEY, SECRET, Keys
from connectors.stores.woocommerce.twin_routes import RestRoutes
from connectors.stores.woocommerce.twin_shop import WAITING, Order, Parcel, Shop
from mappings.canonical import PostalAddress

WEBHOOK_SECRET = "twin-webhook-secret"
MOST_FAILURES = 5

_SHIPPED = re.compile(r"Shipped with (.+): (\S+)")


class Twin(StoreTwin):
    """Unpaid purchases are bank transfers (`on-hold`), or cash on delivery. WooCommerce knows no test orders.

    A failed post is lost; after more than five in a row its webhook is disabled.
    """

    platform = "woocommerce"
    retry_webhooks_after: ClassVar = ()

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.shop = Shop(now, self._announce)
        self.keys = Keys(now)
        self.rest = RestRoutes(self.shop, self.keys, self.record)
        super().__init__(now, random)

    def routes(self) -> Starlette:
        return Starlette(routes=self.rest.routes())

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "url": base_url,
            "consumer_key": KEY,
            "consumer_secret": SECRET,
            "webhook_secret": WEBHOOK_SECRET,
            "parcel_records": "fulfillments",
        }

    def drift(self) -> None:
        """Somebody edits an order: its `date_modified` moves."""
        if self.shop.orders:
            self.shop.touch(self.shop.orders[self.random.choice(list(self.shop.orders))])

    def acknowledges(self, answer: httpx.Response) -> bool:
        return 200 <= answer.status_code <= 302

    async def _acknowledged(self, client: httpx.AsyncClient, webhook: OutgoingWebhook) -> bool:
        done = await super()._acknowledged(client, webhook)
        hook = self.rest.webhooks.get(int(webhook.headers["X-WC-Webhook-ID"]))
        if hook:
            hook["failures"] = 0 if done else hook["failures"] + 1
            hook["status"] = "disabled" if hook["failures"] > MOST_FAILURES else hook["status"]
        return done

    def _announce(self, topic: str, order: Order) -> None:
        for hook in self.rest.webhooks.values():
            if hook["topic"] == topic and hook["status"] == "active":
                body = b'{"id":%d}' % order.id if topic == "order.deleted" else order_bytes(order)
                self.post(hook["delivery_url"], self._headers(hook, body), body)

    def _headers(self, hook: Mapping[str, Any], body: bytes) -> dict[str, str]:
        resource, _, event = hook["topic"].partition(".")
        return {
            "Content-Type": "application/json",
            "User-Agent": "WooCommerce/11.0.1 Hookshot (WordPress/6.8)",
            "X-WC-Webhook-Source": "https://twin.example/",
            "X-WC-Webhook-Topic": hook["topic"],
            "X-WC-Webhook-Resource": resource,
            "X-WC-Webhook-Event": event,
            "X-WC-Webhook-Signature": hmac_base64(hook["secret"], body),
            "X-WC-Webhook-ID": str(hook["id"]),
            "X-WC-Webhook-Delivery-ID": f"{self.random.getrandbits(128):032x}",
        }

    def offer(self, products: Sequence[Product]) -> None:
        for product in products:
            self.shop.offer(product.sku, product.title, product.price, product.stock)

    def place_order(self, purchase: Purchase) -> str:
        is_cash = purchase.cash_on_delivery
        method = "cod" if is_cash else "woocommerce_payments" if purchase.paid else "bacs"
        order = self.shop.place(
            purchase.items,
            purchase.ship_to,
            buyer=purchase.buyer_reference,
            email=purchase.email,
            note=purchase.note,
            status="processing" if is_cash or purchase.paid else "on-hold",
            method=method,
        )
        self.record("order", str(order.id))
        return str(order.id)

    def pay_order(self, order_id: str) -> None:
        order = self.shop.orders[int(order_id)]
        if order.status in WAITING:
            self.shop.set_status(order, "processing")

    def cancel_order(self, order_id: str) -> bool:
        """The shop cancels for its buyer while nothing is in a parcel."""
        order = self.shop.orders[int(order_id)]
        if not order.is_untouched:
            return False
        self.shop.set_status(order, "cancelled")
        self.record("cancellation", order_id)
        return True

    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        order = self.shop.orders[int(order_id)]
        if not order.is_untouched:
            return False
        order.address = ship_to
        self.shop.touch(order)
        return True

    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        """The shop refunds units with their tax, and puts them back on sale."""
        order = self.shop.orders[int(order_id)]
        if position >= len(order.lines) or order.status not in (*WAITING, "processing"):
            return False
        line = order.lines[position]
        if order.left().get(line.id, 0) < quantity:
            return False
        tax = line.tax / line.quantity * quantity
        self.shop.refund(order, {line.id: quantity}, (line.price * quantity + tax).quantize(line.price))
        self.record("refund", order_id, line=str(line.id), quantity=quantity)
        return True

    def orders(self) -> Sequence[KnownOrder]:
        return [_known(order) for order in self.shop.orders.values()]

    def stock_shown(self) -> Mapping[str, int]:
        return {sku: item.stock for sku, item in self.shop.by_sku.items()}


def _known(order: Order) -> KnownOrder:
    return KnownOrder(
        order_id=str(order.id),
        placed_at=order.created,
        cancelled=order.status in ("cancelled", "trash"),
        quantities={str(line.id): line.quantity - line.refunded for line in order.lines},
        parcels=[*map(_known_parcel, (*order.fulfilments, *order.trackings)), *_noted_parcels(order)],
        delivered=False,
    )


def _known_parcel(parcel: Parcel) -> KnownParcel:
    return KnownParcel(
        tracking_number=parcel.number,
        carrier=parcel.carrier,
        quantities={str(line_id): units for line_id, units in parcel.units.items()},
    )


def _noted_parcels(order: Order) -> Iterator[KnownParcel]:
    """What a person makes of the order's notes."""
    for note in order.notes:
        if match := _SHIPPED.match(note.text):
            units = {str(line_id): count for line_id, count in note.units.items()}
            yield KnownParcel(tracking_number=match[2], carrier=match[1], quantities=units)
