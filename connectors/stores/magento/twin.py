"""An imitation of one Magento 2.4 store: REST V1, and its buyers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any

from starlette.applications import Starlette

from connectors.kit.twin import KnownOrder, KnownParcel, Product, Purchase, StoreTwin
from connectors.stores.magento.twin_routes import Interface
from connectors.stores.magento.twin_search import (
    CONSUMER_KEY,
    CONSUMER_SECRET,
    TOKEN,
    TOKEN_SECRET,
    Signatures,
)
from connectors.stores.magento.twin_state import Order, Store
from mappings.canonical import PostalAddress


class Twin(StoreTwin):
    """Unpaid purchases are bank transfers, or cash on delivery. Magento knows no test orders, and cancels
    nothing that was invoiced."""

    platform = "magento"

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.store = Store(now)
        self.signatures = Signatures(now)
        self.interface = Interface(self.store, self.signatures, self.record)
        super().__init__(now, random)

    def routes(self) -> Starlette:
        return Starlette(routes=self.interface.routes())

    def settings(self, base_url: str) -> dict[str, Any]:
        return {
            "url": base_url,
            "consumer_key": CONSUMER_KEY,
            "consumer_secret": CONSUMER_SECRET,
            "access_token": TOKEN,
            "access_token_secret": TOKEN_SECRET,
        }

    def drift(self) -> None:
        """Somebody saves an order: its `updated_at` moves."""
        if self.store.orders:
            self.store.touch(self.store.orders[self.random.choice(list(self.store.orders))])

    def offer(self, products: Sequence[Product]) -> None:
        for product in products:
            self.store.offer(product.sku, product.title, product.price, product.stock)

    def place_order(self, purchase: Purchase) -> str:
        method = "braintree" if purchase.paid else "banktransfer"
        order = self.store.place(
            purchase.items,
            purchase.buyer_reference,
            method="cashondelivery" if purchase.cash_on_delivery else method,
            email=purchase.email,
            note=purchase.note,
            address=purchase.ship_to,
        )
        if purchase.paid and not purchase.cash_on_delivery:
            self.store.invoice(order)
        self.record("order", str(order.id))
        return str(order.id)

    def pay_order(self, order_id: str) -> None:
        order = self.store.orders[int(order_id)]
        if order.state == "new":
            self.store.invoice(order)

    def cancel_order(self, order_id: str) -> bool:
        order = self.store.orders[int(order_id)]
        if order.state != "new" or order.shipments:
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
        """A credit memo over units that were invoiced and did not leave."""
        order = self.store.orders[int(order_id)]
        if position >= len(order.items) or order.state != "processing":
            return False
        item = order.items[position]
        if item.open < quantity:
            return False
        self.store.refund(order, item, quantity)
        self.record("refund", order_id, line=str(item.id), quantity=quantity)
        return True

    def orders(self) -> Sequence[KnownOrder]:
        return [_known(order) for order in self.store.orders.values()]

    def stock_shown(self) -> Mapping[str, int]:
        return {sku: max(0, product.salable) for sku, product in self.store.products.items()}


def _known(order: Order) -> KnownOrder:
    return KnownOrder(
        order_id=str(order.id),
        placed_at=order.created,
        cancelled=order.state == "canceled",
        quantities={str(item.id): item.quantity - item.refunded for item in order.items},
        parcels=[
            KnownParcel(
                tracking_number=", ".join(track.number for track in shipment.tracks),
                carrier=", ".join(track.title for track in shipment.tracks),
                quantities={str(item_id): count for item_id, count in shipment.units.items()},
            )
            for shipment in order.shipments
        ],
        delivered=False,
    )
