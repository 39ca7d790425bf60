"""An imitation of one eBay seller account: Fulfillment and Inventory API, and its buyers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any

from starlette.applications import Starlette
from starlette.responses import Response

from connectors.kit.twin import KnownOrder, KnownParcel, Product, Purchase, StoreTwin
from connectors.stores.ebay.twin_routes import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, Interface, refused
from connectors.stores.ebay.twin_state import Account, Order, Refusal
from mappings.canonical import PostalAddress


class Twin(StoreTwin):
    """Nobody pays at the door, corrects an address or orders to try. Refunds are of whole lines."""

    platform = "ebay"

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.account = Account(now)
        self.interface = Interface(self.account, random, self.record)
        super().__init__(now, random)

    def routes(self) -> Starlette:
        return Starlette(routes=self.interface.routes())

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "refresh_token": REFRESH_TOKEN,
            "api_url": base_url,
        }

    def throttled(self) -> Response:
        return refused(Refusal(429, 2001, "The request limit has been reached for the resource."))

    def expire_tokens(self) -> None:
        self.interface.tokens.end_all()

    def drift(self) -> None:
        """Something about an order changes: its time of change moves."""
        if self.account.orders:
            self.account.touch(self.account.orders[self.random.choice(list(self.account.orders))])

    def offer(self, products: Sequence[Product]) -> None:
        for product in products:
            self.account.offer(product.sku, product.title, product.price, product.stock)

    def place_order(self, purchase: Purchase) -> str:
        order = self.account.place(
            purchase.items,
            payment="PAID" if purchase.paid else "PENDING",
            buyer=purchase.buyer_reference,
            email=purchase.email,
            note=purchase.note,
            address=purchase.ship_to,
        )
        self.record("order", order.id)
        return order.id

    def pay_order(self, order_id: str) -> None:
        order = self.account.orders[order_id]
        if order.payment == "PENDING":
            order.payment = "PAID"
            self.account.touch(order)

    def cancel_order(self, order_id: str) -> bool:
        """The seller agrees while nothing has left."""
        order = self.account.orders[order_id]
        if order.parcels or order.cancel_state == "CANCELED":
            return False
        self.account.cancel(order)
        self.record("cancellation", order_id)
        return True

    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        return False

    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        order = self.account.orders[order_id]
        if position >= len(order.lines) or order.payment not in ("PAID", "PARTIALLY_REFUNDED"):
            return False
        line = order.lines[position]
        if line.wanted != quantity or order.shipped(line) or order.cancel_state == "CANCELED":
            return False
        self.account.refund(order, line)
        self.record("refund", order_id, line=line.id, quantity=quantity)
        return True

    def orders(self) -> Sequence[KnownOrder]:
        return [_known(order) for order in self.account.orders.values()]

    def stock_shown(self) -> Mapping[str, int]:
        return {sku: item.quantity for sku, item in self.account.items.items()}


def _known(order: Order) -> KnownOrder:
    return KnownOrder(
        order_id=order.id,
        placed_at=order.created,
        cancelled=order.cancel_state == "CANCELED",
        quantities={line.id: line.wanted for line in order.lines},
        parcels=[
            KnownParcel(tracking_number=it.number, carrier=it.carrier, quantities=it.units)
            for it in order.parcels
        ],
        delivered=False,
    )
