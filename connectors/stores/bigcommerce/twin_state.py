"""What the imitated store remembers, and the rules by which BigCommerce changes it.

Times have whole seconds. Placing an order takes its units from the inventory; cancelling and refunding put
them back. Shipments move the status to 3 and 2, refunds to 14 and 4.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from mappings.canonical import PostalAddress

CENT = Decimal("0.01")
SHIPPING = Decimal("5.00")
TAX = Decimal("1.06")
FIRST_ID = 101
LOCATION = 1
INCOMPLETE, SHIPPED, PARTLY_SHIPPED, REFUNDED, CANCELLED, UNPAID, READY, PARTLY_REFUNDED = (
    0,
    2,
    3,
    4,
    5,
    7,
    11,
    14,
)
SHIPPABLE = (1, PARTLY_SHIPPED, UNPAID, 8, 9, READY, PARTLY_REFUNDED)


class Refusal(Exception):
    """What the store says no to. V2 and V3 word it in their own ways."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Item:
    """A variant in the inventory. What is sold is on hand less the safety stock."""

    variant: int
    product: int
    sku: str
    name: str
    price: Decimal
    safety: int
    on_hand: int = 0


@dataclass
class Line:
    id: int
    item: Item
    quantity: int
    price: Decimal
    shipped: int = 0
    refunded: int = 0

    @property
    def total(self) -> Decimal:
        return (self.price * self.quantity * TAX).quantize(CENT, ROUND_HALF_UP)

    @property
    def open(self) -> int:
        return self.quantity - self.shipped - self.refunded


@dataclass
class Shipment:
    id: int
    created: datetime
    fields: dict[str, Any]
    units: Mapping[int, int]


@dataclass
class Refund:
    id: int
    at: datetime
    amount: Decimal
    line: int
    quantity: int


@dataclass
class Order:
    id: int
    address_id: int
    status: int
    method: str
    payment: str
    created: datetime
    modified: datetime
    customer: int
    email: str
    note: str
    address: PostalAddress
    lines: list[Line]
    archived: bool = False
    shipments: list[Shipment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    rendered: bytes | None = None
    """The order as it was sent last, until something changes."""

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), SHIPPING)

    @property
    def is_untouched(self) -> bool:
        return self.status in (UNPAID, READY, PARTLY_REFUNDED) and not self.shipments


class Store:
    """Items, orders, and all orders by time of change."""

    def __init__(self, now: Callable[[], datetime], announce: Callable[[str, Order], None]) -> None:
        self._now = now
        self._announce = announce
        self._ids = FIRST_ID
        self.items: dict[int, Item] = {}
        self.by_sku: dict[str, Item] = {}
        self.orders: dict[int, Order] = {}
        self.customers: dict[str, int] = {}
        self._changes: list[tuple[datetime, int]] = []
        """(modified, id) of all that are not archived, oldest first."""

    def now(self) -> datetime:
        return self._now().replace(microsecond=0)

    def new_id(self) -> int:
        self._ids += 1
        return self._ids

    def offer(self, sku: str, name: str, price: Decimal, stock: int) -> None:
        """Of every third SKU two units are kept back."""
        item = self.by_sku.get(sku)
        if item is None:
            safety = 2 if len(self.by_sku) % 3 == 1 else 0
            item = Item(self.new_id(), self.new_id(), sku, name, price, safety)
            self.items[item.variant] = self.by_sku[sku] = item
        item.name, item.price, item.on_hand = name, price, stock + item.safety

    def place(self, goods: Iterable[tuple[str, int]], buyer: str, **facts: Any) -> Order:
        now = self.now()
        order = Order(
            id=self.new_id(),
            address_id=self.new_id(),
            created=now,
            modified=now,
            customer=self.customers.setdefault(buyer, len(self.customers) + 1),
            lines=[
                Line(self.new_id(), self.by_sku[sku], units, self.by_sku[sku].price) for sku, units in goods
            ],
            **facts,
        )
        self.orders[order.id] = order
        insort(self._changes, (now, order.id))
        for line in order.lines:
            line.item.on_hand -= line.quantity
        self._announce("created", order)
        return order

    def touch(self, order: Order, event: str = "updated") -> None:
        """Something that moves `date_modified`."""
        place = bisect_left(self._changes, (order.modified, order.id))
        if self._changes[place : place + 1] == [(order.modified, order.id)]:
            del self._changes[place]
        order.modified, order.rendered = self.now(), None
        if not order.archived:
            insort(self._changes, (order.modified, order.id))
        self._announce(event, order)

    def set_status(self, order: Order, status: int) -> None:
        if status != order.status:
            order.status = status
            self._announce("statusUpdated", order)
        self.touch(order)

    def archive(self, order: Order) -> None:
        order.archived = True
        self.touch(order, "archived")

    def cancel(self, order: Order) -> None:
        for line in order.lines:
            line.item.on_hand += line.open
        self.set_status(order, CANCELLED)

    def refund(self, order: Order, line: Line, quantity: int) -> None:
        line.refunded += quantity
        line.item.on_hand += quantity
        amount = (line.total / line.quantity * quantity).quantize(CENT, ROUND_HALF_UP)
        order.refunds.append(Refund(self.new_id(), self.now(), amount, line.id, quantity))
        is_all = all(it.refunded == it.quantity for it in order.lines)
        order.payment = "refunded" if is_all else "partially refunded"
        self._announce("refund/created", order)
        self.set_status(order, REFUNDED if is_all else PARTLY_REFUNDED)

    def ship(self, order: Order, fields: dict[str, Any], units: Mapping[int, int]) -> Shipment:
        """Units that are not open any more refuse the whole shipment."""
        lines = {line.id: line for line in order.lines}
        if order.status not in SHIPPABLE:
            raise Refusal(400, "The order cannot be shipped in its present status.")
        for line_id, quantity in units.items():
            if line_id not in lines:
                raise Refusal(400, f"The order product {line_id} does not exist in this order.")
            if not 0 < quantity <= lines[line_id].open:
                raise Refusal(400, "The quantity of an item is more than is left to ship.")
        for line_id, quantity in units.items():
            lines[line_id].shipped += quantity
        shipment = Shipment(self.new_id(), self.now(), fields, dict(units))
        order.shipments.append(shipment)
        self.set_status(order, PARTLY_SHIPPED if any(it.open for it in order.lines) else SHIPPED)
        return shipment

    def changed(self, first: datetime | None, last: datetime | None) -> list[int]:
        """Ids, oldest change first; both bounds are inclusive."""
        start = bisect_left(self._changes, first, key=lambda it: it[0]) if first else 0
        end = bisect_right(self._changes, last, key=lambda it: it[0]) if last else len(self._changes)
        return [order_id for _, order_id in self._changes[start:end]]
