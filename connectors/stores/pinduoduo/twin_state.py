"""The memory of Pinduoduo's twin: goods, orders, and two orderings of orders for the lists."""

import hashlib
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.kit.twin import KnownOrder, KnownParcel, Product
from mappings.canonical import PostalAddress
from mappings.china import beijing_text

SKUS_PER_GOODS = 25


@dataclass
class Sku:
    goods_id: int
    sku_id: int
    product: Product
    quantity: int

    @property
    def listing(self) -> str:
        return f"{self.goods_id}:{self.sku_id}"


@dataclass
class Order:
    """An order as the platform keeps it; nobody hears of it before it is confirmed."""

    order_sn: str
    sequence: int
    created: datetime
    updated: datetime
    items: Sequence[tuple[Sku, int]]
    ship_to: PostalAddress
    note: str
    postage: Decimal
    platform_discount: Decimal
    seller_discount: Decimal
    confirmed: datetime | None = None
    order_status: int = 1
    refund_status: int = 1
    under_review: bool = False
    closed_unpaid: bool = False
    remark: str = ""
    logistics_id: int = 0
    number: str = ""
    shipped: datetime | None = None

    @property
    def goods_amount(self) -> Decimal:
        return sum((sku.product.price * count for sku, count in self.items), Decimal(0))

    @property
    def discount(self) -> Decimal:
        return self.platform_discount + self.seller_discount

    @property
    def is_cancelled(self) -> bool:
        return self.closed_unpaid or (self.refund_status == 4 and self.order_status == 1)

    def known(self) -> KnownOrder:
        units = {sku.listing: count for sku, count in self.items}
        parcel = KnownParcel(tracking_number=self.number, carrier=str(self.logistics_id), quantities=units)
        return KnownOrder(
            order_id=self.order_sn,
            placed_at=self.created,
            cancelled=self.is_cancelled,
            quantities=dict.fromkeys(units, 0) if self.is_cancelled else units,
            parcels=[parcel] if self.number else [],
            delivered=self.order_status == 3,
        )


@dataclass
class Shelves:
    """What is on sale. Products whose code has a common first part are SKUs of the same goods."""

    by_code: dict[str, Sku] = field(default_factory=dict)
    by_id: dict[tuple[str, str], Sku] = field(default_factory=dict)
    goods: dict[int, list[Sku]] = field(default_factory=dict)
    _open: dict[str, int] = field(default_factory=dict)

    def offer(self, product: Product) -> None:
        known = self.by_code.get(product.sku)
        if known:
            known.product, known.quantity = product, product.stock
            return
        family = product.sku.rpartition("-")[0] or product.sku
        goods_id = self._open.get(family, 0)
        if not goods_id or len(self.goods[goods_id]) >= SKUS_PER_GOODS:
            goods_id = 100_000_000_001 + len(self.goods)
            self.goods[goods_id] = []
            self._open[family] = goods_id
        sku_id = 200_000_000_001 + len(self.by_code)
        sku = Sku(goods_id=goods_id, sku_id=sku_id, product=product, quantity=product.stock)
        self.goods[goods_id].append(sku)
        self.by_code[product.sku] = self.by_id[str(goods_id), str(sku_id)] = sku


class OrderBook:
    """All orders by id; the confirmed ones by update and by deal."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self._by_update: list[tuple[datetime, int, str]] = []
        self._by_deal: list[tuple[datetime, int, str]] = []

    def confirm(self, order: Order, now: datetime) -> None:
        order.confirmed = order.updated = now.astimezone(UTC).replace(microsecond=0)
        insort(self._by_deal, (order.confirmed, order.sequence, order.order_sn))
        insort(self._by_update, (order.updated, order.sequence, order.order_sn))

    def touch(self, order: Order, now: datetime) -> None:
        """Any change of a confirmed order moves its update time, which counts whole seconds."""
        if order.confirmed:
            del self._by_update[bisect_left(self._by_update, (order.updated, order.sequence))]
            order.updated = now.astimezone(UTC).replace(microsecond=0)
            insort(self._by_update, (order.updated, order.sequence, order.order_sn))

    def between(self, start: datetime, end: datetime, *, deal: bool) -> list[Order]:
        """Both ends included, newest first."""
        index = self._by_deal if deal else self._by_update
        found = index[bisect_left(index, (start,)) : bisect_right(index, (end, 2**63))]
        return [self.orders[order_sn] for _, _, order_sn in reversed(found)]


def new_order(sequence: int, now: datetime, **told: Any) -> Order:
    now = now.astimezone(UTC).replace(microsecond=0)
    order_sn = f"{beijing_text(now)[2:10].replace('-', '')}-{338_104_320_000_000 + sequence * 100}"
    return Order(order_sn=order_sn, sequence=sequence, created=now, updated=now, **told)


def cipher(text: str, edge: str) -> str:
    """The form of the platform's cipher texts: an index that is equal for equal values, and the cipher."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    parts = (digest[:4], digest[4:40]) if edge == "$" else (digest[4:40], digest[:4])
    return f"{edge}{parts[0]}{edge}{parts[1]}{edge}2{edge}{edge}"


def mask(text: str) -> str:
    return text[:1] + "*" * max(2, len(text) - 1) if text else ""


def render(order: Order) -> dict[str, Any]:
    """`order_info`; the receiver is there while the order waits and nobody reviews it."""
    address, street = order.ship_to, " ".join(order.ship_to.street)
    shown = order.order_status == 1 and not order.under_review and not order.is_cancelled
    receiver = _receiver(address, street)
    return {
        "order_sn": order.order_sn,
        "created_time": beijing_text(order.created),
        "pay_time": _text(order.confirmed),
        "confirm_time": _text(order.confirmed),
        "confirm_status": 1,
        "group_status": 1,
        "order_status": order.order_status,
        "refund_status": order.refund_status,
        "after_sales_status": {1: 0, 2: 2, 3: 4, 4: 10}[order.refund_status],
        "risk_control_status": int(order.under_review),
        "updated_at": beijing_text(order.updated),
        "last_ship_time": _text(order.confirmed),
        "shipping_time": _text(order.shipped),
        "receive_time": None,
        "goods_amount": order.goods_amount,
        "postage": order.postage,
        "discount_amount": order.discount,
        "platform_discount": order.platform_discount,
        "seller_discount": order.seller_discount,
        "capital_free_discount": 0,
        "order_change_amount": 0,
        "pay_amount": order.goods_amount - order.discount + order.postage,
        "pay_type": "WEIXIN",
        "country": "中国",
        "province": address.province,
        "city": address.city,
        "town": address.district,
        **(receiver if shown else dict.fromkeys(receiver, "")),
        "buyer_memo": order.note,
        "remark": order.remark,
        "logistics_id": order.logistics_id,
        "tracking_number": order.number,
        "trade_type": 0,
        "is_lucky_flag": 1,
        "gift_list": [],
        "service_fee_detail": [],
        "step_order_info": None,
        "order_tag_list": [{"name": "no_trace_delivery", "value": 0}],
        "item_list": [_item(sku, count) for sku, count in order.items],
    }


def _receiver(address: PostalAddress, street: str) -> dict[str, str]:
    return {
        "receiver_name": cipher(address.name, "~"),
        "receiver_name_mask": mask(address.name),
        "receiver_phone": cipher(address.telephone, "$"),
        "receiver_phone_mask": address.telephone[:1] + "********" + address.telephone[-2:],
        "receiver_address": cipher(street, "~"),
        "receiver_address_mask": mask(street),
        "address": cipher(street, "~"),
        "address_mask": mask(street),
    }


def _item(sku: Sku, count: int) -> dict[str, Any]:
    return {
        "goods_id": sku.goods_id,
        "goods_name": sku.product.title,
        "sku_id": sku.sku_id,
        "goods_spec": sku.product.sku,
        "outer_id": sku.product.sku,
        "outer_goods_id": "",
        "goods_price": sku.product.price,
        "goods_count": count,
    }


def _text(moment: datetime | None) -> str | None:
    return beijing_text(moment) if moment else None
