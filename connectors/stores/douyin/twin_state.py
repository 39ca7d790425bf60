"""The memory of Douyin's twin: products, orders, parcels, and two orderings of orders for the lists."""

import hashlib
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.kit.twin import KnownOrder, KnownParcel, Product
from mappings.canonical import PostalAddress

FIRST_ORDER = 6_936_476_692_437_472_000
"""Beyond 2 to the 53rd, as real ones are."""
SKUS_PER_PRODUCT = 25


@dataclass
class Sku:
    product_id: int
    sku_id: int
    product: Product
    quantity: int

    @property
    def price(self) -> int:
        return int(self.product.price * 100)


@dataclass
class Line:
    order_id: str
    sku: Sku
    num: int
    pay_amount: int
    sent: int = 0
    closed: bool = False
    after_sale_status: int = 0

    @property
    def left(self) -> int:
        return 0 if self.closed else self.num - self.sent


@dataclass
class Pack:
    pack_id: str
    company: str
    number: str
    units: dict[str, int]
    at: datetime


@dataclass
class Order:
    """An order as the platform keeps it. `main_status` tells how a closed one ended."""

    order_id: str
    sequence: int
    created: datetime
    updated: datetime
    lines: list[Line]
    ship_to: PostalAddress
    buyer: str
    words: str
    post_amount: int
    pay_type: int = 2
    order_status: int = 1
    main_status: int = 1
    paid: datetime | None = None
    seller_words: str = ""
    packs: list[Pack] = field(default_factory=list)
    request_ids: set[str] = field(default_factory=set)

    @property
    def pay_amount(self) -> int:
        return sum(line.pay_amount for line in self.lines) + self.post_amount

    def settle(self) -> None:
        """The status as the lines make it."""
        living = [line for line in self.lines if not line.closed]
        if not living:
            self.order_status, self.main_status = 4, 22 if self.packs else 21
        elif not any(line.left for line in living):
            self.order_status = self.main_status = 3
        elif self.packs:
            self.order_status = self.main_status = 101

    def known(self) -> KnownOrder:
        closed = self.order_status == 4
        return KnownOrder(
            order_id=self.order_id,
            placed_at=self.created,
            cancelled=closed,
            quantities={it.order_id: 0 if closed or it.closed else it.num for it in self.lines},
            parcels=[
                KnownParcel(tracking_number=it.number, carrier=it.company, quantities=it.units)
                for it in self.packs
            ],
            delivered=self.order_status == 5,
        )


@dataclass
class Shelves:
    """What is on sale. Products whose code has a common first part are SKUs of the same product."""

    by_code: dict[str, Sku] = field(default_factory=dict)
    by_id: dict[tuple[int, int], Sku] = field(default_factory=dict)
    products: dict[int, list[Sku]] = field(default_factory=dict)
    _open: dict[str, int] = field(default_factory=dict)

    def offer(self, product: Product) -> None:
        known = self.by_code.get(product.sku)
        if known:
            known.product, known.quantity = product, product.stock
            return
        family = product.sku.rpartition("-")[0] or product.sku
        product_id = self._open.get(family, 0)
        if not product_id or len(self.products[product_id]) >= SKUS_PER_PRODUCT:
            product_id = 3_660_207_428_038_974_000 + len(self.products)
            self.products[product_id] = []
            self._open[family] = product_id
        sku_id = 3_410_716_076_201_000 + len(self.by_code)
        sku = Sku(product_id=product_id, sku_id=sku_id, product=product, quantity=product.stock)
        self.products[product_id].append(sku)
        self.by_code[product.sku] = self.by_id[product_id, sku_id] = sku


class OrderBook:
    """All orders by id, update and creation."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self._by_update: list[tuple[datetime, int, str]] = []
        self._by_creation: list[tuple[datetime, int, str]] = []

    def add(self, order: Order) -> None:
        self.orders[order.order_id] = order
        insort(self._by_creation, (order.created, order.sequence, order.order_id))
        insort(self._by_update, (order.updated, order.sequence, order.order_id))

    def touch(self, order: Order, now: datetime) -> None:
        """Any change moves the update time, which counts whole seconds."""
        del self._by_update[bisect_left(self._by_update, (order.updated, order.sequence))]
        order.updated = now.astimezone(UTC).replace(microsecond=0)
        insort(self._by_update, (order.updated, order.sequence, order.order_id))

    def between(self, start: datetime, end: datetime, *, created: bool, ascending: bool) -> list[Order]:
        """Both ends included."""
        index = self._by_creation if created else self._by_update
        found = index[bisect_left(index, (start,)) : bisect_right(index, (end, 2**63))]
        return [self.orders[it] for _, _, it in (found if ascending else reversed(found))]


def new_order(sequence: int, now: datetime, items: Sequence[tuple[Sku, int]], **told: Any) -> Order:
    """One of the lines has the order's own id."""
    now = now.astimezone(UTC).replace(microsecond=0)
    first = FIRST_ORDER + sequence * 100
    lines = [
        Line(order_id=str(first + position), sku=sku, num=num, pay_amount=sku.price * num)
        for position, (sku, num) in enumerate(items)
    ]
    return Order(order_id=str(first), sequence=sequence, created=now, updated=now, lines=lines, **told)


def seconds(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0


def cipher(text: str, edge: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{edge}{digest[:40]}*{digest[40:]}{edge[0]}1{edge}"


def mask(text: str) -> str:
    return text[:1] + "*" * max(2, len(text) - 1) if text else ""


def render(order: Order) -> dict[str, Any]:
    """A row of order.searchList, `shop_order_detail`."""
    address, street = order.ship_to, " ".join(order.ship_to.street)
    regions = {
        "province": {"name": address.province, "id": "44"},
        "city": {"name": address.city, "id": "440300"},
        "town": {"name": address.district, "id": "440305"},
        "street": {"name": "", "id": ""},
    }
    goods = sum(line.sku.price * line.num for line in order.lines)
    return {
        "shop_id": 7000001,
        "order_id": order.order_id,
        "order_level": 2,
        "order_type": 0,
        "order_status": order.order_status,
        "main_status": order.main_status,
        "pay_type": order.pay_type,
        "pay_time": seconds(order.paid),
        "create_time": seconds(order.created),
        "update_time": seconds(order.updated),
        "finish_time": 0,
        "exp_ship_time": seconds(order.created) + 172800,
        "cancel_reason": "",
        "order_amount": goods,
        "pay_amount": order.pay_amount,
        "post_amount": order.post_amount,
        "packing_amount": 0,
        "promotion_amount": goods + order.post_amount - order.pay_amount,
        "promotion_platform_amount": 0,
        "promotion_detail": {},
        "buyer_words": order.words,
        "seller_words": order.seller_words,
        "seller_remark_stars": 0,
        "doudian_open_id": "1@#" + hashlib.sha256(order.buyer.encode()).hexdigest()[:40],
        "open_address_id": "#" + hashlib.sha256(f"{address.name}{street}".encode()).hexdigest(),
        "encrypt_post_receiver": cipher(address.name, "##"),
        "encrypt_post_tel": cipher(address.telephone, "$$"),
        "post_addr": {**regions, "encrypt_detail": cipher(street, "##")},
        "mask_post_receiver": mask(address.name),
        "mask_post_tel": address.telephone[:3] + "****" + address.telephone[-4:],
        "mask_post_addr": {**regions, "detail": mask(street)},
        "logistics_info": [_pack(pack) for pack in order.packs],
        "sku_order_list": [_line(line, order) for line in order.lines],
    }


def _pack(pack: Pack) -> dict[str, Any]:
    units = pack.units.items()
    return {
        "tracking_no": pack.number,
        "company": pack.company,
        "ship_time": seconds(pack.at),
        "delivery_id": pack.pack_id,
        "product_info": [{"sku_order_id": it, "product_count": count} for it, count in units],
    }


def _line(line: Line, order: Order) -> dict[str, Any]:
    status = 4 if line.closed else 3 if not line.left and order.packs else order.order_status
    return {
        "order_id": line.order_id,
        "parent_order_id": order.order_id,
        "order_level": 3,
        "order_status": status,
        "product_id": line.sku.product_id,
        "sku_id": line.sku.sku_id,
        "code": line.sku.product.sku,
        "out_sku_id": "",
        "product_name": line.sku.product.title,
        "spec": [{"name": "款式", "value": line.sku.product.sku}],
        "goods_type": 0,
        "item_num": line.num,
        "origin_amount": line.sku.price,
        "sum_amount": line.sku.price * line.num,
        "promotion_amount": line.sku.price * line.num - line.pay_amount,
        "pay_amount": line.pay_amount,
        "given_product_type": "",
        "after_sale_info": {"after_sale_status": line.after_sale_status},
    }
