"""Taobao's twin: what buyers and the seller do in the shop. The gateway itself is in `twin_gateway.py`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from random import Random

from connectors.kit.twin import KnownOrder, Product, Purchase
from connectors.stores.taobao.twin_gateway import RAW_LINE_FEED, TaobaoGateway
from connectors.stores.taobao.twin_state import Child, Trade, new_trade, share_discount
from mappings.canonical import PostalAddress

POSTAGE = Decimal("8.00")
FREE_FROM = Decimal(99)


class TaobaoTwin(TaobaoGateway):
    """`kind_of_next` is the `type` of the next trades that are paid in advance."""

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self.kind_of_next = "fixed"

    def offer(self, products: Sequence[Product]) -> None:
        for product in products:
            self.shelves.offer(product)

    def place_order(self, purchase: Purchase) -> str:
        """Every third order or so has a coupon, shared among its lines. Taobao marks no test orders."""
        items = [(self.shelves.by_sku[sku], quantity) for sku, quantity in purchase.items]
        goods = sum((variant.product.price * quantity for variant, quantity in items), Decimal(0))
        trade = new_trade(
            len(self.book.trades),
            "cod" if purchase.cash_on_delivery else self.kind_of_next,
            self.now(),
            items,
            ship_to=purchase.ship_to,
            buyer=purchase.buyer_reference,
            note=purchase.note.replace("\n", RAW_LINE_FEED),
            post_fee=POSTAGE if goods < FREE_FROM else Decimal(0),
        )
        if self.random.random() < 0.3:
            share_discount(trade.children, (goods / 20).quantize(Decimal("0.01")))
        self.book.add(trade)
        self.messages.announce("taobao_trade_TradeCreate", trade, self.now(), self.faults)
        for variant, quantity in items:
            variant.quantity = max(0, variant.quantity - quantity)
        if purchase.cash_on_delivery:
            _become(trade, "WAIT_SELLER_SEND_GOODS")
        elif purchase.paid:
            self.pay_order(trade.tid)
        return trade.tid

    def pay_order(self, order_id: str) -> None:
        trade = self.book.trades[order_id]
        if trade.status == "WAIT_BUYER_PAY":
            trade.paid = self.now()
            _become(trade, "WAIT_SELLER_SEND_GOODS")
            self.changed(trade, "taobao_trade_TradeBuyerPay")

    def cancel_order(self, order_id: str) -> bool:
        """Unpaid: closed. Paid and nothing shipped: refunded at once. Else the buyer must ask the seller."""
        trade = self.book.trades[order_id]
        if trade.parcels or trade.status not in ("WAIT_BUYER_PAY", "WAIT_SELLER_SEND_GOODS"):
            return False
        for child in trade.children:
            if not child.is_closed:
                self._close(child, paid=trade.paid is not None)
        trade.status = "TRADE_CLOSED" if trade.paid else "TRADE_CLOSED_BY_TAOBAO"
        trade.ended = self.now()
        self.changed(trade, "taobao_trade_TradeClose")
        return True

    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        trade = self.book.trades[order_id]
        if trade.parcels or trade.status not in ("WAIT_BUYER_PAY", "WAIT_SELLER_SEND_GOODS"):
            return False
        trade.ship_to = ship_to
        self.changed(trade, "taobao_trade_TradeLogisticsAddressChanged")
        return True

    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        """Before shipping a child order is refunded whole or not at all."""
        trade = self.book.trades[order_id]
        child = trade.children[position]
        if not trade.paid or not child.is_open or child.sent or quantity != child.num:
            return False
        self._close(child, paid=True)
        trade.settle_status()
        if trade.status == "TRADE_CLOSED":
            trade.ended = self.now()
        self.changed(trade, "taobao_trade_TradeClose")
        return True

    def request_refund(self, order_id: str, position: int) -> None:
        """The buyer applies; the seller has not answered yet."""
        trade = self.book.trades[order_id]
        trade.children[position].refund_status = "WAIT_SELLER_AGREE"
        self.changed(trade, "taobao_refund_RefundCreated")

    def confirm_receipt(self, order_id: str) -> bool:
        """The buyer has the goods, the seller gets the money; false before everything is shipped."""
        trade = self.book.trades[order_id]
        if trade.status != "WAIT_BUYER_CONFIRM_GOODS":
            return False
        for child in trade.children:
            if not child.is_closed:
                child.status = "TRADE_FINISHED"
        trade.status, trade.ended = "TRADE_FINISHED", self.now()
        self.changed(trade, "taobao_trade_TradeSuccess")
        return True

    def write_memo(self, order_id: str, memo: str) -> None:
        """The seller's own note."""
        trade = self.book.trades[order_id]
        trade.memo = memo.replace("\n", RAW_LINE_FEED)
        self.changed(trade, "taobao_trade_TradeMemoModified")

    def drift(self) -> None:
        """The seller writes a memo on some trade."""
        if self.book.trades:
            some = self.faults.random.choice(list(self.book.trades))
            self.write_memo(some, f"memo {self.faults.random.randrange(1000)}")

    def orders(self) -> Sequence[KnownOrder]:
        return [trade.known() for trade in self.book.trades.values()]

    def stock_shown(self) -> Mapping[str, int]:
        return {sku: variant.quantity for sku, variant in self.shelves.by_sku.items()}

    def _close(self, child: Child, *, paid: bool) -> None:
        child.status = "TRADE_CLOSED" if paid else "TRADE_CLOSED_BY_TAOBAO"
        child.refund_status = "SUCCESS" if paid else "NO_REFUND"
        child.variant.quantity += child.num


def _become(trade: Trade, status: str) -> None:
    trade.status = status
    for child in trade.children:
        if not child.is_closed:
            child.status = status
