"""An imitation of one Amazon seller account: the Selling Partner API, and its buyers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar

from starlette.applications import Starlette
from starlette.responses import Response

from connectors.kit.twin import KnownOrder, KnownParcel, Product, Purchase, StoreTwin
from connectors.stores.amazon.twin_routes import (
    CLIENT_ID,
    CLIENT_SECRET,
    REFRESH_TOKEN,
    SELLER,
    Interface,
    limited,
)
from connectors.stores.amazon.twin_state import MARKETPLACE, Account, Order
from mappings.canonical import PostalAddress
from mappings.stores.amazon.tables import CASH_ON_DELIVERY


class Twin(StoreTwin):
    """Nobody corrects an address, and nobody makes test orders. A seller cancels whole items."""

    platform = "amazon"
    examined_with: ClassVar[Mapping[str, Any]] = {"listed_after": timedelta(minutes=3)}

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.account = Account(now)
        self.interface = Interface(self.account, random, self.record)
        super().__init__(now, random)

    def routes(self) -> Starlette:
        return Starlette(routes=self.interface.routes())

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "region": "na",
            "marketplace_id": MARKETPLACE,
            "seller_id": SELLER,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "refresh_token": REFRESH_TOKEN,
            "api_url": base_url,
            "login_url": base_url,
        }

    def throttled(self) -> Response:
        return limited()

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
        is_ready = purchase.paid or purchase.cash_on_delivery
        order = self.account.place(
            purchase.items,
            status="UNSHIPPED" if is_ready else "PENDING",
            method=CASH_ON_DELIVERY if purchase.cash_on_delivery else "CreditCard",
            email=purchase.email,
            note=purchase.note,
            address=purchase.ship_to,
        )
        self.record("order", order.id)
        return order.id

    def pay_order(self, order_id: str) -> None:
        order = self.account.orders[order_id]
        if order.status == "PENDING":
            order.status = "UNSHIPPED"
            self.account.touch(order)

    def cancel_order(self, order_id: str) -> bool:
        order = self.account.orders[order_id]
        if not order.is_untouched:
            return False
        self.account.cancel(order, [line for line in order.lines if line.wanted], "BUYER")
        self.record("cancellation", order_id)
        return True

    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        return False

    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        """Only all units of an item, and not the last item: that would cancel the order."""
        order = self.account.orders[order_id]
        wanted = [line for line in order.lines if line.wanted]
        if order.status != "UNSHIPPED" or position >= len(order.lines) or len(wanted) < 2:
            return False
        line = order.lines[position]
        if line.wanted != quantity:
            return False
        self.account.cancel(order, [line], "MERCHANT")
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
        cancelled=order.status == "CANCELLED",
        quantities={line.id: line.wanted for line in order.lines},
        parcels=[
            KnownParcel(
                tracking_number=package.body["packageDetail"]["trackingNumber"],
                carrier=package.body["packageDetail"]["carrierCode"],
                quantities=package.units,
            )
            for package in order.packages.values()
        ],
        delivered=False,
    )
