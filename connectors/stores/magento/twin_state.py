"""What the imitated store remembers, and the rules by which Magento 2.4 changes it.

Times have whole seconds. The source holds physical units; what was ordered and not shipped is reserved and
not for sale. An invoice pays, a shipment takes units from the source, a credit memo gives units back.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from mappings.canonical import PostalAddress

CENT = Decimal("0.01")
SHIPPING = Decimal("5.00")
TAX = Decimal("0.06")
FIRST_ID = 1001
SOURCE = "default"
SHIPPABLE = ("new", "processing", "complete")


class Refusal(Exception):
    """What Magento says no to; `parameters` fill the places of its message."""

    def __init__(self, status: int, message: str, parameters: Mapping[str, str] | Sequence[str] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.parameters = parameters


def no_entity(field_name: str, value: object) -> Refusal:
    words = "No such entity with %fieldName = %fieldValue"
    return Refusal(404, words, {"fieldName": field_name, "fieldValue": str(value)})


@dataclass
class Product:
    """`parent` is the id of the configurable that it is a variant of; 0 for none."""

    id: int
    sku: str
    name: str
    price: Decimal
    parent: int = 0
    quantity: int = 0
    in_stock: int = 1
    reserved: int = 0

    @property
    def salable(self) -> int:
        """Below zero where more was sold than there is."""
        return (self.quantity if self.in_stock else 0) - self.reserved


@dataclass
class Item:
    """`part_id` is the id of the simple part, if the product is a variant."""

    id: int
    part_id: int
    product: Product
    quantity: int
    price: Decimal
    shipped: int = 0
    refunded: int = 0
    cancelled: int = 0

    @property
    def row_total(self) -> Decimal:
        return self.price * self.quantity

    @property
    def tax(self) -> Decimal:
        return (self.row_total * TAX).quantize(CENT, ROUND_HALF_UP)

    @property
    def open(self) -> int:
        return self.quantity - self.shipped - self.refunded - self.cancelled


@dataclass
class Track:
    id: int
    number: str
    title: str
    carrier: str


@dataclass
class Shipment:
    id: int
    created: datetime
    units: Mapping[int, int]
    tracks: list[Track]


@dataclass
class Order:
    id: int
    state: str
    method: str
    created: datetime
    updated: datetime
    customer: int
    email: str
    note: str
    address: PostalAddress
    items: list[Item]
    paid: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    shipments: list[Shipment] = field(default_factory=list)
    rendered: bytes | None = None
    """The order as it was sent last, until something changes."""

    @property
    def tax(self) -> Decimal:
        return sum((item.tax for item in self.items), Decimal(0))

    @property
    def total(self) -> Decimal:
        return sum((item.row_total for item in self.items), SHIPPING) + self.tax

    @property
    def is_untouched(self) -> bool:
        return self.state in ("new", "processing") and not self.shipments


class Store:
    """Products, orders, and all orders by time of change."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._ids = FIRST_ID
        self.products: dict[str, Product] = {}
        self.parents: dict[int, Product] = {}
        self.orders: dict[int, Order] = {}
        self.customers: dict[str, int] = {}
        self._changes: list[tuple[datetime, int]] = []
        """(updated, id), oldest first."""

    def now(self) -> datetime:
        return self._now().replace(microsecond=0)

    def new_id(self) -> int:
        self._ids += 1
        return self._ids

    def offer(self, sku: str, name: str, price: Decimal, stock: int) -> None:
        """Every third SKU is the variant of a configurable product of its own."""
        product = self.products.get(sku)
        if product is None:
            product = Product(self.new_id(), sku, name, price)
            if len(self.products) % 3 == 1:
                product.parent = self.new_id()
                self.parents[product.parent] = Product(product.parent, f"{sku}-any", name, price)
            self.products[sku] = product
        product.name, product.price, product.in_stock = name, price, 1
        product.quantity = stock + product.reserved

    def place(
        self,
        goods: Iterable[tuple[str, int]],
        buyer: str,
        *,
        method: str,
        email: str,
        note: str,
        address: PostalAddress,
    ) -> Order:
        now = self.now()
        order = Order(
            id=self.new_id(),
            state="new",
            method=method,
            created=now,
            updated=now,
            customer=self.customers.setdefault(buyer, len(self.customers) + 1),
            email=email,
            note=note,
            address=address,
            items=[self._item(self.products[sku], units) for sku, units in goods],
        )
        self.orders[order.id] = order
        insort(self._changes, (now, order.id))
        return order

    def _item(self, product: Product, quantity: int) -> Item:
        product.reserved += quantity
        return Item(self.new_id(), self.new_id() if product.parent else 0, product, quantity, product.price)

    def touch(self, order: Order) -> None:
        """The order is saved: its `updated_at` moves."""
        del self._changes[bisect_left(self._changes, (order.updated, order.id))]
        order.updated, order.rendered = self.now(), None
        insort(self._changes, (order.updated, order.id))

    def invoice(self, order: Order) -> None:
        order.paid, order.state = order.total, "processing"
        self._settle(order)

    def cancel(self, order: Order) -> None:
        for item in order.items:
            item.product.reserved -= item.open
            item.cancelled += item.open
        order.state = "canceled"
        self.touch(order)

    def refund(self, order: Order, item: Item, quantity: int) -> None:
        """A credit memo over units that did not leave, with their tax."""
        item.refunded += quantity
        item.product.reserved -= quantity
        each = (item.row_total + item.tax) / item.quantity
        order.refunded += (each * quantity).quantize(CENT, ROUND_HALF_UP)
        if all(it.refunded == it.quantity for it in order.items):
            order.state, order.refunded = "closed", order.paid
        self._settle(order)

    def ship(self, order: Order, units: Mapping[int, int], tracks: list[Track]) -> Shipment:
        """Refuses the whole shipment as Magento's validators do."""
        items = {item.id: item for item in order.items}
        if order.state not in SHIPPABLE or not any(item.open for item in order.items):
            raise _invalid(f"A shipment cannot be created when an order has a status of {order.state}")
        for item_id, quantity in units.items():
            if item_id not in items:
                raise _invalid(f'The shipment contains product item "{item_id}" not of the original order.')
            if not 0 < quantity <= items[item_id].open:
                raise _invalid("The quantity to ship must not be greater than the unshipped quantity.")
        for item_id, quantity in units.items():
            items[item_id].shipped += quantity
            items[item_id].product.quantity -= quantity
            items[item_id].product.reserved -= quantity
        shipment = Shipment(self.new_id(), self.now(), dict(units), tracks)
        order.shipments.append(shipment)
        self._settle(order)
        return shipment

    def _settle(self, order: Order) -> None:
        is_done = not any(item.open for item in order.items)
        if order.state == "processing" and is_done and order.shipments and order.paid:
            order.state = "complete"
        self.touch(order)

    def changed_since(self, moment: datetime | None) -> list[int]:
        start = bisect_left(self._changes, moment, key=lambda it: it[0]) if moment else 0
        return [order_id for _, order_id in self._changes[start:]]


def _invalid(reason: str) -> Refusal:
    return Refusal(400, "Shipment Document Validation Error(s):\n%1", [reason])
