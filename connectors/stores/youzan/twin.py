"""Youzan's twin: what buyers and the seller do in the shop. The gateway itself is in `twin_gateway.py`."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from connectors.kit.twin import KnownOrder, Product, Purchase
from connectors.stores.youzan.twin_gateway import YouzanGateway
from connectors.stores.youzan.twin_state import WAITING, Trade, new_trade
from mappings.canonical import PostalAddress

POSTAGE = Decimal("8.00")
FREE_FROM = Decimal(99)


class YouzanTwin(YouzanGateway):
    """A shop for goods that travel by courier."""

    def offer(self, products: Sequence[Product]) -> None:
        for product in products:
            self.shelves.offer(product)

    def place_order(self, purchase: Purchase) -> str:
        """Every third order or so gets a reduction, shared among its lines. Youzan marks no test orders."""
        items = [(self.shelves.by_sku[sku], quantity) for sku, quantity in purchase.items]
        goods = sum((variant.product.price * quantity for variant, quantity in items), Decimal(0))
        reduced = self.random.random() < 0.3
        trade = new_trade(
            len(self.book.trades),
            self.now(),
            items,
            ship_to=purchase.ship_to,
            buyer=purchase.buyer_reference,
            note=purchase.note,
            post_fee=POSTAGE if goods < FREE_FROM else Decimal(0),
            discount=(goods / 20).quantize(Decimal("0.01")) if reduced else Decimal(0),
        )
        self.book.add(trade)
        self.changed(trade, "trade_TradeCreate")
        for variant, quantity in items:
            variant.quantity = max(0, variant.quantity - quantity)
        if purchase.cash_on_delivery:
            trade.pay_type, trade.status = "CODPAY", WAITING
        elif purchase.paid:
            self.pay_order(trade.tid)
        return trade.tid

    def pay_order(self, order_id: str) -> None:
        trade = self.book.trades[order_id]
        if trade.status == "WAIT_BUYER_PAY":
            trade.paid, trade.status = self.now(), WAITING
            self.changed(trade, "trade_TradeBuyerPay")

    def cancel_order(self, order_id: str) -> bool:
        """Unpaid: closed. Paid and nothing shipped: refunded at once. Else the buyer must ask the seller."""
        trade = self.book.trades[order_id]
        if not _is_untouched(trade):
            return False
        for line in trade.lines:
            if not line.refunded:
                line.variant.quantity += line.num
                if trade.paid:
                    trade.refund(line)
        trade.status, trade.ended = "TRADE_CLOSED", self.now()
        trade.close_type = 2 if trade.paid else 4
        self.changed(trade, "trade_TradeClose")
        return True

    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        trade = self.book.trades[order_id]
        if not _is_untouched(trade):
            return False
        trade.ship_to = ship_to
        self.changed(trade, "trade_MessagesTheChangeAddresses")
        return True

    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        """Before shipping, and whole lines only."""
        trade = self.book.trades[order_id]
        line = trade.lines[position]
        if not trade.paid or trade.status != WAITING or not line.is_open or quantity != line.num:
            return False
        trade.refund(line)
        line.variant.quantity += line.num
        trade.settle(self.now())
        self.changed(trade, "trade_refund_RefundSuccess")
        return True

    def request_refund(self, order_id: str, position: int) -> None:
        """The buyer applies; the seller has not answered yet."""
        trade = self.book.trades[order_id]
        trade.refund(trade.lines[position], state=1)
        self.changed(trade, "trade_refund_BuyerCreated")

    def confirm_receipt(self, order_id: str) -> bool:
        """The buyer has the goods; false before everything is shipped."""
        trade = self.book.trades[order_id]
        if trade.status != "WAIT_BUYER_CONFIRM_GOODS":
            return False
        trade.status, trade.ended = "TRADE_SUCCESS", self.now()
        self.changed(trade, "trade_TradeSuccess")
        return True

    def write_memo(self, order_id: str, memo: str) -> None:
        """The seller's own note, which moves no time."""
        trade = self.book.trades[order_id]
        trade.memo = memo
        self.changed(trade, "trade_TradeMemoModified", moves=False)

    def drift(self) -> None:
        """A buyer of some trade asks for a refund, and takes it back: its update time moves."""
        if self.book.trades:
            self.changed(self.book.trades[self.faults.random.choice(list(self.book.trades))], "")

    def orders(self) -> Sequence[KnownOrder]:
        return [trade.known() for trade in self.book.trades.values()]

    def stock_shown(self) -> Mapping[str, int]:
        return {sku: variant.quantity for sku, variant in self.shelves.by_sku.items()}


def _is_untouched(trade: Trade) -> bool:
    return not trade.parcels and trade.status in ("WAIT_BUYER_PAY", WAITING)
