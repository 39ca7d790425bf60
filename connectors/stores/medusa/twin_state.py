"""What the imitated shop remembers, and the rules by which Medusa 2.21 changes it.

Rules as seen on a server (2.21.2, 2026-11): units are reserved when an order is placed, sold (stocked and
reserved go down) when a fulfilment is added, whatever its parcel does. `Order.updated` moves on fulfilments,
shipments, deliveries, edits and cancellations, never on a capture, nor on the refund after an edit. The
cancellation of a captured order refunds it and adds a credit line.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from random import Random

from mappings.canonical import PostalAddress

SHIPPING = Decimal("4.90")
TAX = Decimal("0.19")
LOCATIONS = ("sloc_01TWIN00000000000000000001", "sloc_01TWIN00000000000000000002")


class Refusal(Exception):
    """Medusa's error answer: a status and a `type`."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


def not_found(message: str) -> Refusal:
    return Refusal(404, "not_found", message)


def invalid(message: str) -> Refusal:
    return Refusal(400, "invalid_data", message)


def not_allowed(message: str) -> Refusal:
    return Refusal(400, "not_allowed", message)


def unknown_error() -> Refusal:
    return Refusal(500, "unknown_error", "An unknown error occurred.")


def entity_id(kind: str, number: int) -> str:
    """Sorts by number, as a ULID sorts by time."""
    return f"{kind}_01TWIN{number:020}"


@dataclass
class Level:
    stocked: int
    reserved: int = 0


@dataclass
class Variant:
    """`levels` by location; `required` units of the inventory item are in one unit of the variant."""

    id: str
    item_id: str
    sku: str
    title: str
    price: Decimal
    levels: dict[str, Level]
    required: int = 1
    manage_inventory: bool = True

    @property
    def available(self) -> int:
        return sum(level.stocked - level.reserved for level in self.levels.values()) // self.required


@dataclass
class Line:
    id: str
    variant: Variant
    quantity: int
    location: str
    fulfilled: int = 0
    return_requested: int = 0

    @property
    def level(self) -> Level:
        return self.variant.levels[self.location]

    @property
    def net(self) -> Decimal:
        return self.variant.price * self.quantity

    @property
    def total(self) -> Decimal:
        return self.net * (1 + TAX)


@dataclass
class Payment:
    id: str
    amount: Decimal
    captured: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)


@dataclass
class Fulfilment:
    id: str
    quantities: Mapping[str, int]
    location: str
    metadata: Mapping[str, object] | None
    packed_at: datetime
    numbers: Sequence[str] = ()
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    canceled_at: datetime | None = None


@dataclass
class Order:
    number: int
    id: str
    created: datetime
    updated: datetime
    customer_id: str
    email: str
    address: PostalAddress
    lines: list[Line]
    payment: Payment
    status: str = "pending"
    version: int = 1
    credited: Decimal = Decimal(0)
    canceled_at: datetime | None = None
    fulfilments: list[Fulfilment] = field(default_factory=list)
    rendered: dict[str, bytes] = field(default_factory=dict)
    """The order as it was sent last, by selection, until something changes."""

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), SHIPPING * (1 + TAX)) - self.credited

    @property
    def standing(self) -> list[Fulfilment]:
        return [fulfilment for fulfilment in self.fulfilments if fulfilment.canceled_at is None]

    @property
    def payment_status(self) -> str:
        paid = self.payment
        if not paid.captured:
            return "canceled" if self.status == "canceled" else "authorized"
        if paid.refunded:
            return "refunded" if paid.refunded >= paid.captured else "partially_refunded"
        return "captured" if paid.captured >= paid.amount else "partially_captured"

    @property
    def fulfillment_status(self) -> str:
        if not self.standing:
            return "canceled" if self.fulfilments else "not_fulfilled"
        whole = all(line.quantity <= line.fulfilled for line in self.lines)
        for stage, reached in _STAGES:
            done = [reached(fulfilment) for fulfilment in self.standing]
            if any(done):
                return stage if whole and all(done) else f"partially_{stage}"
        return "fulfilled"

    def line(self, line_id: str) -> Line:
        found = next((line for line in self.lines if line.id == line_id), None)
        if found is None:
            raise invalid(f"Items with ids {line_id} does not exist in order with id {self.id}.")
        return found


_STAGES: tuple[tuple[str, Callable[[Fulfilment], bool]], ...] = (
    ("delivered", lambda fulfilment: fulfilment.delivered_at is not None),
    ("shipped", lambda fulfilment: fulfilment.shipped_at is not None),
    ("fulfilled", lambda fulfilment: True),
)


class Shop:
    """Products, stock and orders; every list that grows is indexed."""

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.now = now
        self.random = random
        self.variants: dict[str, Variant] = {}
        self.by_sku: dict[str, Variant] = {}
        self.by_item: dict[str, Variant] = {}
        self.orders: dict[str, Order] = {}
        self.lines = 0
        self.fulfilments = 0
        self.stamps: list[tuple[datetime, str]] = []
        """(touched at, order id), oldest first: the index of lists by time."""

    def offer(self, sku: str, title: str, price: Decimal, stock: int) -> None:
        variant = self.by_sku.get(sku)
        if variant is None:
            number = len(self.variants) + 1
            variant = Variant(
                id=entity_id("variant", number),
                item_id=entity_id("iitem", number),
                sku=sku,
                title=title,
                price=price,
                levels={LOCATIONS[0]: Level(stock)},
            )
            self.variants[variant.id] = self.by_sku[sku] = self.by_item[variant.item_id] = variant
        variant.title, variant.price = title, price
        variant.levels[LOCATIONS[0]].stocked = stock

    def place(
        self, items: Iterable[tuple[str, int]], address: PostalAddress, buyer: str, email: str
    ) -> Order:
        """An order with an authorised payment; its units are reserved."""
        now, number = self.now(), len(self.orders) + 1
        order = Order(
            number=number,
            id=entity_id("order", number),
            created=now,
            updated=now,
            customer_id=f"cus_{buyer}",
            email=email,
            address=address,
            lines=[self._reserved(self.by_sku[sku], units) for sku, units in items],
            payment=Payment(id=entity_id("pay", number), amount=Decimal(0)),
        )
        order.payment.amount = order.total
        self.orders[order.id] = order
        insort(self.stamps, (now, order.id))
        return order

    def _reserved(self, variant: Variant, units: int) -> Line:
        """At the location that can give most."""
        self.lines += 1
        free = {place: level.stocked - level.reserved for place, level in variant.levels.items()}
        line = Line(
            id=entity_id("ordli", self.lines),
            variant=variant,
            quantity=units,
            location=max(free, key=lambda place: free[place]),
        )
        line.level.reserved += units * variant.required
        return line

    def capture(self, order: Order) -> None:
        if order.status != "canceled":
            order.payment.captured = order.payment.amount
            order.rendered.clear()

    def touch(self, order: Order) -> None:
        """Something that moves `updated_at`."""
        order.updated, order.version = self.now(), order.version + 1
        order.rendered.clear()
        insort(self.stamps, (order.updated, order.id))

    def touched_since(self, moment: datetime) -> set[str]:
        """Ids of the orders that were placed or touched at `moment` or later."""
        start = bisect_left(self.stamps, moment, key=lambda stamp: stamp[0])
        return {order_id for _, order_id in self.stamps[start:]}

    def order(self, order_id: str) -> Order:
        found = self.orders.get(order_id)
        if found is None:
            raise not_found(f"Order id not found: {order_id}")
        return found

    def cancel(self, order: Order) -> None:
        if order.status == "canceled":
            raise invalid(f"Order with id {order.id} has been canceled.")
        if order.standing:
            raise not_allowed("All fulfillments must be canceled before canceling an order")
        for line in order.lines:
            line.level.reserved -= line.quantity * line.variant.required
        order.status, order.canceled_at = "canceled", self.now()
        if order.payment.captured:
            order.credited = order.total
            order.payment.refunded = order.payment.captured
        self.touch(order)

    def reduce(self, order: Order, line: Line, units: int) -> None:
        """A confirmed order edit, which removes a line without units, and the refund of the difference."""
        line.quantity -= units
        line.level.reserved -= units * line.variant.required
        order.lines = [it for it in order.lines if it.quantity]
        self.touch(order)
        order.payment.refunded += line.variant.price * units * (1 + TAX)

    def add_fulfilment(
        self,
        order: Order,
        quantities: Mapping[str, int],
        location: str | None,
        metadata: Mapping[str, object] | None,
    ) -> Fulfilment:
        if order.status == "canceled":
            raise invalid(f"Order with id {order.id} has been canceled.")
        if location is not None and location not in LOCATIONS:
            raise not_found(f"StockLocation id not found: {location}")
        lines = [(order.line(line_id), units) for line_id, units in quantities.items()]
        for line, units in lines:
            open_units = line.quantity - line.fulfilled
            if not units or not open_units:
                raise invalid(f"No stock reservation found for item {line.id} - {line.variant.title}")
            if units > open_units:
                raise invalid(f"Quantity to fulfill exceeds the reserved quantity for the item: {line.id}")
        for line, units in lines:
            self._sell(line, units)
        self.fulfilments += 1
        fulfilment = Fulfilment(
            id=entity_id("ful", self.fulfilments),
            quantities=dict(quantities),
            location=location or LOCATIONS[0],
            metadata=metadata,
            packed_at=self.now(),
        )
        order.fulfilments.append(fulfilment)
        self.touch(order)
        return fulfilment

    def _sell(self, line: Line, units: int) -> None:
        line.fulfilled += units
        line.level.reserved -= units * line.variant.required
        line.level.stocked -= units * line.variant.required

    def ship(self, order: Order, fulfilment: Fulfilment, numbers: Sequence[str]) -> None:
        if fulfilment.canceled_at:
            raise not_allowed("Cannot create a shipment for a canceled fulfillment")
        if fulfilment.shipped_at:
            raise not_allowed("Shipment has already been created")
        fulfilment.shipped_at, fulfilment.numbers = self.now(), numbers
        self.touch(order)

    def deliver(self, order: Order, fulfilment: Fulfilment) -> None:
        if fulfilment.canceled_at:
            raise not_allowed("Cannot mark an already canceled fulfillment as delivered")
        if fulfilment.delivered_at:
            raise not_allowed("Fulfillment has already been marked delivered")
        fulfilment.delivered_at = self.now()
        self.touch(order)

    def cancel_fulfilment(self, order: Order, fulfilment: Fulfilment) -> None:
        if fulfilment.shipped_at:
            raise not_allowed(
                "The fulfillment has already been shipped. Shipped fulfillments cannot be canceled"
            )
        for line_id, units in fulfilment.quantities.items():
            self._sell(order.line(line_id), -units)
        fulfilment.canceled_at = self.now()
        self.touch(order)
