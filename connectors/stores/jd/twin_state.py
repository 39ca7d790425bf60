"""What the imitated shop remembers, and how JD writes its orders.

Times have whole seconds. The buyer's coupon of ten yuan comes off every order over fifty; one that pays at
the door has no time of payment. Notes do not move the time of change.
"""

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from mappings.canonical import PostalAddress
from mappings.china import beijing_text

FREIGHT = Decimal("6.00")
COUPON, COUPON_FROM = Decimal("10.00"), Decimal(50)
NOT_YET = "0001-01-01 00:00:00"

Json = dict[str, Any]


class Refused(Exception):
    """A method's own «no», in an `apiResult`."""

    def __init__(self, number: int, words: str) -> None:
        super().__init__(words)
        self.number = number


@dataclass
class Sku:
    id: str
    outer: str
    title: str
    price: Decimal
    stock: int


@dataclass
class Line:
    sku: Sku
    quantity: int
    price: Decimal


@dataclass
class Order:
    id: str
    created: datetime
    modified: datetime
    state: str
    pay_type: str
    paid_at: datetime | None
    pin: str
    note: str
    address: PostalAddress
    lines: list[Line]
    company: str = ""
    number: str = ""
    parent: str = "0"

    @property
    def goods(self) -> Decimal:
        return sum((line.price * line.quantity for line in self.lines), Decimal(0))

    @property
    def coupon(self) -> Decimal:
        return COUPON if self.goods >= COUPON_FROM else Decimal(0)


class Shop:
    """SKUs and orders."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.skus: dict[str, Sku] = {}
        self.by_outer: dict[str, Sku] = {}
        self.orders: dict[str, Order] = {}

    def now(self) -> datetime:
        return self._now().replace(microsecond=0)

    def offer(self, outer: str, title: str, price: Decimal, stock: int) -> None:
        sku = self.by_outer.get(outer)
        if sku is None:
            sku = Sku(str(10_054_887_745_652 + len(self.skus)), outer, title, price, stock)
            self.skus[sku.id] = self.by_outer[outer] = sku
        sku.title, sku.price, sku.stock = title, price, stock

    def place(self, goods: Iterable[tuple[str, int]], **facts: Any) -> Order:
        now = self.now()
        lines = [Line(self.by_outer[outer], units, self.by_outer[outer].price) for outer, units in goods]
        order = Order(str(249_786_309_732 + len(self.orders) * 3), now, now, lines=lines, **facts)
        self.orders[order.id] = order
        for line in lines:
            line.sku.stock -= line.quantity
        return order

    def move(self, order: Order, state: str) -> None:
        """What changes the state moves the time of change."""
        order.state, order.modified = state, self.now()

    def cancel(self, order: Order) -> None:
        for line in order.lines:
            line.sku.stock += line.quantity
        self.move(order, "TRADE_CANCELED")

    def split(self, order: Order) -> list[Order]:
        """JD cancels the whole and makes an order of each line."""
        parts = [
            self.place(
                [(line.sku.outer, line.quantity)],
                state=order.state,
                pay_type=order.pay_type,
                paid_at=order.paid_at,
                pin=order.pin,
                note=order.note,
                address=order.address,
            )
            for line in order.lines
        ]
        for part in parts:
            part.parent = order.id
        self.cancel(order)
        return parts

    def ship(self, order: Order, company: str, number: str) -> bool:
        """Ships, or replaces the number; false if nothing changed."""
        if order.state == "WAIT_GOODS_RECEIVE_CONFIRM" and (order.company, order.number) == (company, number):
            raise Refused(10400001, "订单已出库")
        if order.state not in ("WAIT_SELLER_STOCK_OUT", "WAIT_GOODS_RECEIVE_CONFIRM"):
            raise Refused(10400002, "订单状态不允许出库")
        order.company, order.number = company, number
        self.move(order, "WAIT_GOODS_RECEIVE_CONFIRM")
        return True

    def within(self, field: str, start: datetime, end: datetime) -> list[Order]:
        found = [it for it in self.orders.values() if start <= getattr(it, field) <= end]
        return sorted(found, key=lambda it: (getattr(it, field), it.id))


def _cipher(text: str) -> str:
    """As long as JD's, and nobody's to read."""
    return "AAS/" + base64.b64encode(sha256(text.encode()).digest() * 2).decode()


def _masked(telephone: str) -> str:
    return f"{telephone[:3]}*******{telephone[-1:]}"


def order_document(order: Order, fields: frozenset[str]) -> Json:
    """The fields that were asked for; `orderId` always comes."""
    whole = _whole(order)
    return {name: value for name, value in whole.items() if name in fields or name == "orderId"}


def _whole(order: Order) -> Json:
    paid = order.goods - order.coupon + FREIGHT
    is_done = order.state in ("FINISHED_L", "TRADE_CANCELED")
    coupon = {
        "orderId": order.id,
        "skuId": "",
        "couponType": "41-京东券优惠",
        "couponPrice": f"{order.coupon:.2f}",
    }
    return {
        "orderId": order.id,
        "venderId": "10000001",
        "orderType": "22",
        "payType": order.pay_type,
        "orderTotalPrice": f"{order.goods:.2f}",
        "orderSellerPrice": f"{order.goods:.2f}",
        "orderPayment": f"{paid:.2f}",
        "freightPrice": f"{FREIGHT:.2f}",
        "sellerDiscount": "0.00",
        "balanceUsed": "0.00",
        "orderState": order.state,
        "orderStateRemark": "",
        "orderRemark": order.note,
        "venderRemark": "",
        "orderStartTime": beijing_text(order.created),
        "orderEndTime": beijing_text(order.modified) if is_done else NOT_YET,
        "modified": beijing_text(order.modified),
        "paymentConfirmTime": beijing_text(order.paid_at) if order.paid_at else NOT_YET,
        "consigneeInfo": _consignee(order.address),
        "itemInfoList": [_item(line) for line in order.lines],
        "couponDetailList": [coupon] if order.coupon else [],
        "pin": order.pin,
        "returnOrder": "0",
        "waybill": order.number,
        "logisticsId": order.company,
        "parentOrderId": order.parent,
        "directParentOrderId": order.parent,
        "orderSource": "移动端订单",
    }


def _consignee(address: PostalAddress) -> Json:
    return {
        "fullname": _cipher(address.name),
        "mobile": _masked(address.telephone),
        "telephone": _masked(address.telephone),
        "fullAddress": _cipher("".join(address.street)),
        "province": address.province.removesuffix("省"),
        "city": address.city,
        "county": address.district,
        "town": "",
    }


def _item(line: Line) -> Json:
    return {
        "skuId": line.sku.id,
        "wareId": "10020665903516",
        "outerSkuId": line.sku.outer,
        "skuName": line.sku.title,
        "jdPrice": f"{line.price:.2f}",
        "itemTotal": str(line.quantity),
        "giftPoint": "0",
    }


def sku_document(sku: Sku) -> Json:
    return {
        "wareId": 10020665903516,
        "skuId": int(sku.id),
        "outerId": sku.outer,
        "skuName": sku.title,
        "stockNum": sku.stock,
    }


LONGEST_WINDOW = timedelta(days=31)
