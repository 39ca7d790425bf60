"""What the imitated shop remembers, and the rules by which WooCommerce 11 changes it.

Times have whole seconds. A refund touches its order and restocks; with the whole amount it sets `refunded`.
Stock goes down when an order leaves the waiting statuses, and up again when it is cancelled.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from mappings.canonical import PostalAddress

SHIPPING = Decimal("5.00")
TAX = Decimal("0.06")
CENT = Decimal("0.01")
FIRST_ID = 701
WAITING = ("pending", "on-hold", "failed")
STATUSES = (*WAITING, "processing", "completed", "cancelled", "refunded", "checkout-draft")


@dataclass
class Item:
    """A product, or a variation of `parent`; a variable product is an item without stock."""

    id: int
    sku: str
    name: str
    price: Decimal
    stock: int = 0
    parent: int = 0
    kind: str = "simple"
    manages_stock: bool = True


@dataclass
class Line:
    id: int
    item: Item
    quantity: int
    price: Decimal
    refunded: int = 0

    @property
    def total(self) -> Decimal:
        return self.price * self.quantity

    @property
    def tax(self) -> Decimal:
        return (self.total * TAX).quantize(CENT)


@dataclass
class Refund:
    id: int
    amount: Decimal
    at: datetime
    units: Mapping[int, int]
    """Line id → units given back."""


@dataclass
class Parcel:
    """A core fulfilment, or a tracking of the extension (then `units` is what was left to ship)."""

    id: str
    number: str
    carrier: str
    units: dict[int, int]
    meta: list[dict[str, object]] = field(default_factory=list)
    shipped_on: str = ""
    link: str = ""


@dataclass
class Note:
    """`units` is what was left to ship when it was written."""

    id: int
    text: str
    to_customer: bool
    at: datetime
    units: Mapping[int, int]


@dataclass
class Order:
    id: int
    status: str
    method: str
    created: datetime
    modified: datetime
    paid: datetime | None
    customer: int
    email: str
    note: str
    address: PostalAddress
    lines: list[Line]
    completed: datetime | None = None
    stock_taken: bool = False
    before_trash: str = ""
    refunds: list[Refund] = field(default_factory=list)
    fulfilments: list[Parcel] = field(default_factory=list)
    trackings: list[Parcel] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    rendered: bytes | None = None
    """The order as it was sent last, until something changes."""

    @property
    def tax(self) -> Decimal:
        return sum((line.tax for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), SHIPPING) + self.tax

    @property
    def shipped(self) -> Counter[int]:
        units = Counter[int]()
        for parcel in (*self.fulfilments, *self.trackings):
            units.update(parcel.units)
        return units

    def left(self) -> dict[int, int]:
        """Units that are neither refunded nor in a parcel."""
        shipped = self.shipped
        rest = {line.id: line.quantity - line.refunded - shipped[line.id] for line in self.lines}
        return {line_id: units for line_id, units in rest.items() if units > 0}

    def is_in(self, name: str) -> bool:
        """Is it in this one of the shop's two lists?"""
        return (self.status == "trash") == (name == "trash")

    @property
    def is_untouched(self) -> bool:
        is_told = self.fulfilments or self.trackings or any("Shipped" in note.text for note in self.notes)
        return self.status in (*WAITING, "processing") and not is_told


class Shop:
    """Items, orders and the two lists of orders by time of change."""

    def __init__(self, now: Callable[[], datetime], announce: Callable[[str, Order], None]) -> None:
        self._now = now
        self._announce = announce
        self._ids = FIRST_ID
        self.items: dict[int, Item] = {}
        self.by_sku: dict[str, Item] = {}
        self.orders: dict[int, Order] = {}
        self.customers: dict[str, int] = {}
        self.lists: dict[str, list[tuple[datetime, int]]] = {"any": [], "trash": []}
        """List → (changed at, order id), oldest first."""

    def now(self) -> datetime:
        return self._now().replace(microsecond=0)

    def new_id(self) -> int:
        self._ids += 1
        return self._ids

    def offer(self, sku: str, name: str, price: Decimal, stock: int) -> None:
        """Every third SKU is the variation of a variable product of its own."""
        item = self.by_sku.get(sku)
        if item is None:
            parent = 0
            if len(self.by_sku) % 3 == 1:
                parent = self.new_id()
                self.items[parent] = Item(parent, "", name, price, kind="variable", manages_stock=False)
            item = Item(self.new_id(), sku, name, price, parent=parent)
            item.kind = "variation" if parent else "simple"
            self.items[item.id] = self.by_sku[sku] = item
        item.name, item.price, item.stock = name, price, stock

    def place(
        self,
        goods: Iterable[tuple[str, int]],
        address: PostalAddress,
        *,
        buyer: str,
        email: str,
        note: str,
        status: str,
        method: str,
    ) -> Order:
        now = self.now()
        order = Order(
            id=self.new_id(),
            status="pending",
            method=method,
            created=now,
            modified=now,
            paid=None,
            customer=self.customers.setdefault(buyer, len(self.customers) + 1),
            email=email,
            note=note,
            address=address,
            lines=[
                Line(self.new_id(), self.by_sku[sku], units, self.by_sku[sku].price) for sku, units in goods
            ],
        )
        self.orders[order.id] = order
        insort(self.lists["any"], (now, order.id))
        self._set(order, status)
        self._announce("order.created", order)
        return order

    def set_status(self, order: Order, status: str) -> None:
        if order.status == status:
            return
        self._set(order, status)
        self.touch(order)

    def _set(self, order: Order, status: str) -> None:
        """Also what a status brings with it: payment, completion, stock."""
        order.status = status
        is_paid_by = ("completed",) if order.method == "cod" else ("processing", "completed")
        if status in is_paid_by and order.paid is None:
            order.paid = self.now()
        if status == "completed" and order.completed is None:
            order.completed = self.now()
        if status in ("processing", "completed", "on-hold") and not order.stock_taken:
            self._move_stock(order, -1)
        if status in ("cancelled", "pending") and order.stock_taken:
            self._move_stock(order, 1)

    def _move_stock(self, order: Order, direction: int) -> None:
        order.stock_taken = direction < 0
        for line in order.lines:
            line.item.stock += direction * (line.quantity - line.refunded)

    def touch(self, order: Order, topic: str = "order.updated") -> None:
        """Something that moves `date_modified`."""
        self._move(order, "trash" if order.is_in("trash") else "any")
        self._announce(topic, order)

    def _move(self, order: Order, name: str) -> None:
        for listed in self.lists.values():
            place = bisect_left(listed, (order.modified, order.id))
            if place < len(listed) and listed[place] == (order.modified, order.id):
                del listed[place]
        order.modified, order.rendered = self.now(), None
        insort(self.lists[name], (order.modified, order.id))

    def trash(self, order: Order) -> None:
        """The merchant moves the order to the bin."""
        order.before_trash, order.status = order.status, "trash"
        self.touch(order, "order.deleted")

    def restore(self, order: Order) -> None:
        order.status = order.before_trash
        self.touch(order, "order.restored")

    def refund(self, order: Order, units: Mapping[int, int], amount: Decimal) -> Refund:
        refund = Refund(self.new_id(), amount, self.now(), dict(units))
        order.refunds.append(refund)
        for line in order.lines:
            back = units.get(line.id, 0)
            line.refunded += back
            line.item.stock += back if order.stock_taken else 0
        if sum((it.amount for it in order.refunds), Decimal(0)) >= order.total:
            self._set(order, "refunded")
        self.touch(order)
        return refund

    def changed(
        self, name: str, after: datetime | None, before: datetime | None
    ) -> list[tuple[datetime, int]]:
        """Entries of one of the lists, oldest first; both bounds are strict."""
        listed = self.lists[name]
        first = bisect_right(listed, after, key=lambda it: it[0]) if after else 0
        last = bisect_left(listed, before, key=lambda it: it[0]) if before else len(listed)
        return listed[first:last]
