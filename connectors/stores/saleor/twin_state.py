"""What the imitated server remembers, and the rules by which Saleor changes it.

Placing an order allocates its units; a fulfilment takes them from the warehouse. A refund before shipping is
a fulfilment `REFUNDED`, which counts as fulfilled and lowers what is charged.
"""

from base64 import b64encode
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from random import Random
from uuid import UUID

from mappings.canonical import PostalAddress

SHIPPING = Decimal("5.00")
TAX = Decimal("0.06")
CENT = Decimal("0.01")


def global_id(kind: str, key: object) -> str:
    return b64encode(f"{kind}:{key}".encode()).decode()


WAREHOUSE = global_id("Warehouse", UUID(int=7))


class Refusal(Exception):
    """What a mutation says no to, inside its result."""

    def __init__(self, code: str, message: str, field_name: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field = field_name


@dataclass
class Variant:
    id: str
    sku: str
    name: str
    price: Decimal
    quantity: int = 0
    allocated: int = 0


@dataclass
class Line:
    id: str
    variant: Variant
    quantity: int
    price: Decimal
    fulfilled: int = 0
    """Refunded units too."""

    @property
    def total(self) -> Decimal:
        return self.price * self.quantity


@dataclass
class Fulfilment:
    id: str
    status: str
    tracking: str
    units: Mapping[str, int]
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass
class Order:
    id: str
    number: int
    status: str
    created: datetime
    updated: datetime
    customer: str
    email: str
    note: str
    address: PostalAddress
    lines: list[Line]
    charged: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    fulfilments: list[Fulfilment] = field(default_factory=list)
    rendered: bytes | None = None
    """The order as it was sent last, until something changes."""

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), SHIPPING)

    @property
    def charge_status(self) -> str:
        if self.charged <= 0:
            return "NONE"
        return "FULL" if self.charged >= self.total else "PARTIAL"

    @property
    def is_untouched(self) -> bool:
        return self.status == "UNFULFILLED" or (
            self.status == "PARTIALLY_FULFILLED" and all(it.status == "REFUNDED" for it in self.fulfilments)
        )


class Store:
    """Variants, orders, and all orders by time of change."""

    def __init__(self, now: Callable[[], datetime], announce: Callable[[str, Order], None]) -> None:
        self.now = now
        self.auto_approve = True
        self._announce = announce
        self._random = Random(4711)
        self._count = 0
        self.variants: dict[str, Variant] = {}
        self.by_sku: dict[str, Variant] = {}
        self.orders: dict[str, Order] = {}
        self.customers: dict[str, str] = {}
        self.fulfilments: dict[str, tuple[Order, Fulfilment]] = {}
        self._changes: list[tuple[datetime, int, str]] = []
        """(updated, number, id), oldest first."""

    def count(self) -> int:
        self._count += 1
        return self._count

    def _uuid(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def offer(self, sku: str, name: str, price: Decimal, stock: int) -> None:
        variant = self.by_sku.get(sku)
        if variant is None:
            variant = Variant(global_id("ProductVariant", self.count()), sku, name, price)
            self.by_sku[sku] = self.variants[variant.id] = variant
        variant.name, variant.price, variant.quantity = name, price, stock + variant.allocated

    def place(
        self, goods: Iterable[tuple[str, int]], buyer: str, email: str, note: str, address: PostalAddress
    ) -> Order:
        now = self.now()
        order = Order(
            id=global_id("Order", self._uuid()),
            number=len(self.orders) + 1,
            status="UNFULFILLED",
            created=now,
            updated=now,
            customer=self.customers.setdefault(buyer, global_id("User", self.count())),
            email=email,
            note=note,
            address=address,
            lines=[self._line(self.by_sku[sku], units) for sku, units in goods],
        )
        self.orders[order.id] = order
        insort(self._changes, (now, order.number, order.id))
        self._announce("ORDER_CREATED", order)
        return order

    def _line(self, variant: Variant, quantity: int) -> Line:
        variant.allocated += quantity
        return Line(global_id("OrderLine", self._uuid()), variant, quantity, variant.price)

    def touch(self, order: Order, event: str = "ORDER_UPDATED") -> None:
        """The order's row is saved: its `updatedAt` moves."""
        del self._changes[bisect_left(self._changes, (order.updated, order.number, order.id))]
        order.updated, order.rendered = self.now(), None
        insort(self._changes, (order.updated, order.number, order.id))
        self._announce(event, order)

    def charge(self, order: Order) -> None:
        order.charged = order.total
        self.touch(order)

    def cancel(self, order: Order) -> None:
        for line in order.lines:
            line.variant.allocated -= line.quantity - line.fulfilled
        order.status = "CANCELED"
        self.touch(order, "ORDER_CANCELLED")

    def refund(self, order: Order, line: Line, quantity: int) -> None:
        """Of units that did not leave, as a fulfilment of its own."""
        line.fulfilled += quantity
        line.variant.allocated -= quantity
        amount = (line.total / line.quantity * quantity).quantize(CENT)
        order.charged, order.refunded = order.charged - amount, order.refunded + amount
        self._add(order, "REFUNDED", "", {line.id: quantity})
        self._settle(order)

    def fulfil(self, order: Order, units: Mapping[str, int], tracking: str) -> Fulfilment:
        """Units that are not open any more refuse the whole call."""
        lines = {line.id: line for line in order.lines}
        if order.status not in ("UNFULFILLED", "PARTIALLY_FULFILLED"):
            raise Refusal("INVALID", "Order in this status cannot be fulfilled.")
        for line_id, quantity in units.items():
            if line_id not in lines:
                raise Refusal("NOT_FOUND", "Couldn't resolve to a node.", "orderLineId")
            if not 0 < quantity <= lines[line_id].quantity - lines[line_id].fulfilled:
                raise Refusal("FULFILL_ORDER_LINE", "Only some items remaining to fulfill.", "orderLineId")
        for line_id, quantity in units.items():
            lines[line_id].fulfilled += quantity
            lines[line_id].variant.allocated -= quantity
            lines[line_id].variant.quantity -= quantity
        status = "FULFILLED" if self.auto_approve else "WAITING_FOR_APPROVAL"
        fulfilment = self._add(order, status, tracking, units)
        self._settle(order)
        return fulfilment

    def _add(self, order: Order, status: str, tracking: str, units: Mapping[str, int]) -> Fulfilment:
        fulfilment = Fulfilment(global_id("Fulfillment", self.count()), status, tracking, dict(units))
        order.fulfilments.append(fulfilment)
        self.fulfilments[fulfilment.id] = (order, fulfilment)
        return fulfilment

    def _settle(self, order: Order) -> None:
        is_done = all(line.fulfilled == line.quantity for line in order.lines)
        order.status = "FULFILLED" if is_done else "PARTIALLY_FULFILLED"
        self.touch(order)

    def changed_since(self, moment: datetime | None) -> list[str]:
        start = bisect_left(self._changes, moment, key=lambda it: it[0]) if moment else 0
        return [order_id for _, _, order_id in self._changes[start:]]
