"""What the imitated shop remembers, and the rules by which Vendure 3.7 changes it.

Rules as in vendure-ecommerce/vendure 1633446f (read 2026-11): default-order-process.ts,
default-fulfillment-process.ts, order-modifier.ts, stock-movement.service.ts. Stock is allocated when an order
is placed, sold (allocated and on hand go down) when a fulfilment is added, whatever its parcel does.
`Order.updated` moves on cancellations and edits, never on payment, fulfilment and refund.
"""

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from mappings.canonical import PostalAddress

SHIPPING = 500
NEXT_ORDER_STATES = {
    "PaymentSettled": {"PartiallyShipped", "Shipped", "PartiallyDelivered", "Delivered", "Cancelled"},
    "PartiallyShipped": {"Shipped", "PartiallyDelivered", "Cancelled"},
    "Shipped": {"PartiallyDelivered", "Delivered", "Cancelled"},
    "PartiallyDelivered": {"Delivered", "Cancelled"},
}
NEXT_FULFILMENT_STATES = {
    "Pending": ("Shipped", "Delivered", "Cancelled"),
    "Shipped": ("Delivered", "Cancelled"),
    "Delivered": ("Cancelled",),
}


class Refusal(Exception):
    """A member of a result union that is an `ErrorResult`."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.result = {"errorCode": code, **details}


class NoSuchEntity(Exception):
    """Vendure's EntityNotFoundError."""

    def __init__(self, kind: str, entity_id: str) -> None:
        super().__init__(f'No {kind} with the id "{entity_id}" could be found')


@dataclass
class Variant:
    id: str
    sku: str
    name: str
    price: int
    on_hand: int
    allocated: int = 0
    threshold: int | None = None
    """Units that are never sold; null: the shop's threshold."""


@dataclass
class Line:
    id: str
    variant: Variant
    unit_price: int
    placed: int
    quantity: int


@dataclass
class Refund:
    total: int
    quantities: Mapping[str, int]


@dataclass
class Payment:
    amount: int
    state: str
    refunds: list[Refund] = field(default_factory=list)


@dataclass
class Fulfilment:
    id: str
    method: str
    tracking_code: str
    quantities: Mapping[str, int]
    state: str = "Pending"


@dataclass
class Order:
    number: int
    code: str
    state: str
    created: datetime
    updated: datetime
    placed: datetime
    buyer: str
    email: str
    address: PostalAddress
    lines: list[Line]
    payment: Payment
    note: str = ""
    shipping: int = SHIPPING
    fulfilments: list[Fulfilment] = field(default_factory=list)
    rendered: bytes | None = None
    """The order as it was sent last, until something changes."""

    @property
    def id(self) -> str:
        return str(self.number)

    @property
    def total(self) -> int:
        return sum(line.unit_price * line.quantity for line in self.lines) + self.shipping

    def standing(self) -> Iterable[Fulfilment]:
        return (fulfilment for fulfilment in self.fulfilments if fulfilment.state != "Cancelled")

    def fulfilled(self) -> Counter[str]:
        units = Counter[str]()
        for fulfilment in self.standing():
            units.update(fulfilment.quantities)
        return units

    def all_are(self, state: str) -> bool:
        """Is every unit that is left in a fulfilment of this state?"""
        units = self.fulfilled()
        complete = all(line.quantity <= units[line.id] for line in self.lines)
        return complete and all(fulfilment.state == state for fulfilment in self.standing())


class Shop:
    """Products, stock and orders; every list that grows is indexed."""

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        self.now = now
        self.random = random
        self.threshold = 0
        self.variants: dict[str, Variant] = {}
        self.by_sku: dict[str, Variant] = {}
        self.orders: dict[str, Order] = {}
        self.order_of_line: dict[str, Order] = {}
        self.order_of_fulfilment: dict[str, Order] = {}
        self.stamps: list[tuple[datetime, int]] = []
        """(placed or touched at, order number), oldest first: the index of lists by time."""

    def saleable(self, variant: Variant) -> int:
        threshold = self.threshold if variant.threshold is None else variant.threshold
        return variant.on_hand - variant.allocated - threshold

    def offer(self, sku: str, name: str, price: int, stock: int) -> None:
        variant = self.by_sku.get(sku)
        if variant is None:
            variant = Variant(id=str(len(self.variants) + 1), sku=sku, name=name, price=price, on_hand=stock)
            self.variants[variant.id] = self.by_sku[sku] = variant
        variant.name, variant.price, variant.on_hand = name, price, stock

    def place(
        self, items: Iterable[tuple[str, int]], address: PostalAddress, buyer: str, email: str, note: str
    ) -> Order:
        """An order with an authorised payment; its stock is allocated. The cart is older than the order."""
        now = self.now()
        first = len(self.order_of_line) + 1
        lines = [
            Line(
                id=str(first + position),
                variant=self.by_sku[sku],
                unit_price=self.by_sku[sku].price,
                placed=units,
                quantity=units,
            )
            for position, (sku, units) in enumerate(items)
        ]
        order = Order(
            number=len(self.orders) + 1,
            code="".join(self.random.choices("ABCDEFGHJKLMNPQRSTUVWXYZ123456789", k=16)),
            state="PaymentAuthorized",
            created=now - timedelta(seconds=2),
            updated=now - timedelta(milliseconds=1038),
            placed=now,
            buyer=buyer,
            email=email,
            address=address,
            lines=lines,
            payment=Payment(amount=0, state="Authorized"),
            note=note,
        )
        order.payment.amount = order.total
        self.orders[order.id] = order
        for line in lines:
            self.order_of_line[line.id] = order
            line.variant.allocated += line.quantity
        insort(self.stamps, (order.updated, order.number))
        insort(self.stamps, (order.placed, order.number))
        return order

    def settle_payment(self, order: Order) -> None:
        if order.state == "PaymentAuthorized":
            order.state, order.payment.state = "PaymentSettled", "Settled"
            order.rendered = None

    def touch(self, order: Order) -> None:
        """Something that moves `updatedAt`."""
        order.updated, order.rendered = self.now(), None
        insort(self.stamps, (order.updated, order.number))

    def stamped_after(self, moment: datetime) -> list[Order]:
        """The orders that were placed or touched after `moment`, each once."""
        start = bisect_right(self.stamps, moment, key=lambda stamp: stamp[0])
        numbers = {number for _, number in self.stamps[start:]}
        return [self.orders[str(number)] for number in numbers]

    def newest_first(self) -> Iterator[tuple[datetime, Order]]:
        """Every stamp with its order."""
        return ((moment, self.orders[str(number)]) for moment, number in reversed(self.stamps))

    def cancel(self, order: Order, quantities: Mapping[str, int], *, shipping: bool = False) -> None:
        """`cancelOrder` for units that are in no fulfilment: quantities and allocation go down."""
        for line in order.lines:
            units = quantities.get(line.id, 0)
            line.quantity -= units
            line.variant.allocated -= units
        if shipping:
            order.shipping = 0
        if not any(line.quantity for line in order.lines):
            order.state = "Cancelled"
        self.touch(order)

    def refund(self, order: Order, amount: int, quantities: Mapping[str, int]) -> None:
        """`refundOrder` and `settleRefund`."""
        order.payment.refunds.append(Refund(total=amount, quantities=quantities))
        order.rendered = None

    def add_fulfilment(self, quantities: Mapping[str, int], method: str, tracking_code: str) -> Fulfilment:
        if not sum(quantities.values()):
            raise Refusal("EMPTY_ORDER_LINE_SELECTION_ERROR")
        lines = {line_id: self._line(line_id) for line_id in quantities}
        order = self.order_of_line[next(iter(lines))]
        fulfilled = order.fulfilled()
        if any(lines[it].quantity - fulfilled[it] < units for it, units in quantities.items()):
            raise Refusal("ITEMS_ALREADY_FULFILLED_ERROR")
        for line_id, units in quantities.items():
            if lines[line_id].variant.on_hand < units:
                raise Refusal("INSUFFICIENT_STOCK_ON_HAND_ERROR", stockOnHand=lines[line_id].variant.on_hand)
        fulfilment = Fulfilment(
            id=str(len(self.order_of_fulfilment) + 1),
            method=method,
            tracking_code=tracking_code,
            quantities=dict(quantities),
        )
        self._move_stock(order, fulfilment, -1)
        order.fulfilments.append(fulfilment)
        order.rendered = None
        self.order_of_fulfilment[fulfilment.id] = order
        return fulfilment

    def move_fulfilment(self, fulfilment_id: str, state: str) -> Fulfilment:
        order = self.order_of_fulfilment.get(fulfilment_id)
        if order is None:
            raise NoSuchEntity("Fulfillment", fulfilment_id)
        fulfilment = next(it for it in order.fulfilments if it.id == fulfilment_id)
        if state not in NEXT_FULFILMENT_STATES.get(fulfilment.state, ()):
            raise Refusal("FULFILLMENT_STATE_TRANSITION_ERROR", fromState=fulfilment.state)
        fulfilment.state = state
        if state == "Cancelled":
            self._move_stock(order, fulfilment, 1)
        else:
            wanted = state if order.all_are(state) else f"Partially{state}"
            if wanted in NEXT_ORDER_STATES.get(order.state, ()):
                order.state = wanted
        order.rendered = None
        return fulfilment

    def _line(self, line_id: str) -> Line:
        order = self.order_of_line.get(line_id)
        if order is None:
            raise NoSuchEntity("OrderLine", line_id)
        return next(line for line in order.lines if line.id == line_id)

    def _move_stock(self, order: Order, fulfilment: Fulfilment, direction: int) -> None:
        for line in order.lines:
            units = direction * fulfilment.quantities.get(line.id, 0)
            line.variant.allocated += units
            line.variant.on_hand += units
