"""The shop behind the twin: what buyers do there, and what can be looked at.

One merchant location; a test may move units to another one, to a fulfilment service, or put them on hold.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any, ClassVar

from connectors.kit.twin import KnownOrder, KnownParcel, Product, Purchase, StoreTwin
from mappings.canonical import PostalAddress

LOCATION, OTHER_LOCATION, SERVICE_LOCATION = 655441491, 655441492, 655441493
SHIPPING = Decimal("4.90")


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


@dataclass
class ShopVariant:
    id: int
    product: Product
    available: int
    updated_at: datetime

    @property
    def inventory_item(self) -> str:
        return gid("InventoryItem", self.id + 1_000_000)


@dataclass
class ShopLine:
    id: int
    variant: ShopVariant
    quantity: int
    current: int
    unfulfilled: int


@dataclass
class ShopFulfilmentOrder:
    """`units`: fulfilment order line id → [line, total, remaining]."""

    id: int
    location: int
    status: str = "OPEN"
    hold: str = ""
    units: dict[int, tuple[ShopLine, list[int]]] = field(default_factory=dict)

    @property
    def can_be_fulfilled(self) -> bool:
        return self.status in ("OPEN", "IN_PROGRESS") and self.location != SERVICE_LOCATION


@dataclass
class ShopFulfilment:
    id: int
    number: str
    company: str
    url: str
    quantities: dict[int, int]
    events: list[tuple[str, datetime]] = field(default_factory=list)


@dataclass
class ShopOrder:
    id: int
    purchase: Purchase
    ship_to: PostalAddress
    placed_at: datetime
    updated_at: datetime
    paid: bool
    lines: list[ShopLine]
    fulfilment_orders: list[ShopFulfilmentOrder] = field(default_factory=list)
    fulfilments: list[ShopFulfilment] = field(default_factory=list)
    cancelled_at: datetime | None = None
    refunded: Decimal = Decimal(0)

    @property
    def name(self) -> str:
        return f"#{1000 + self.id}"

    @property
    def goods(self) -> Decimal:
        return sum((line.variant.product.price * line.quantity for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.goods + SHIPPING

    @property
    def financial_status(self) -> str:
        if not self.paid:
            return "VOIDED" if self.cancelled_at else "PENDING"
        if self.refunded == 0:
            return "PAID"
        return "REFUNDED" if self.refunded >= self.total else "PARTIALLY_REFUNDED"


@dataclass
class ShopDiscount:
    """An automatic discount on variants: `percentage` (1 is everything) or an `amount` off each unit."""

    title: str
    starts_at: datetime
    ends_at: datetime | None
    tags: list[str]
    percentage: Decimal | None
    amount: Decimal | None
    variants: list[str]


class ShopifyWorld(StoreTwin):
    """Orders are kept in the order of (updatedAt, id), as the change feed walks them.

    `subscriptions`: id → (topic, address); `idempotent`: key → (digest of the input, answer).
    """

    platform: ClassVar[str] = "shopify"

    def __init__(self, now: Callable[[], datetime], random: Random) -> None:
        super().__init__(now, random)
        self.scopes: set[str] = set()
        self.subscriptions: dict[int, tuple[str, str]] = {}
        self.idempotent: dict[str, tuple[str, dict[str, Any]]] = {}
        self._variants: dict[str, ShopVariant] = {}
        self._inventory: dict[str, ShopVariant] = {}
        self._orders: dict[int, ShopOrder] = {}
        self._by_update: list[tuple[datetime, int]] = []
        self._fulfilment_orders: dict[int, tuple[ShopOrder, ShopFulfilmentOrder]] = {}
        self._fulfilments: dict[int, tuple[ShopOrder, ShopFulfilment]] = {}
        self.discounts: dict[int, ShopDiscount] = {}
        self._last_id = 0

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def tell(self, topic: str, order: ShopOrder) -> None:
        """Post to whoever subscribed to the topic (`ORDERS_CREATE`)."""

    def sells(self, variant_id: str) -> bool:
        return any(gid("ProductVariant", each.id) == variant_id for each in self._variants.values())

    # What the world does.

    def offer(self, products: Sequence[Product]) -> None:
        for product in products:
            known = self._variants.get(product.sku)
            if known:
                known.product, known.updated_at = product, self._second()
                continue
            made = ShopVariant(self.next_id(), product, product.stock, self._second())
            self._variants[product.sku] = self._inventory[made.inventory_item] = made

    def place_order(self, purchase: Purchase) -> str:
        lines = [self._line(sku, quantity) for sku, quantity in purchase.items]
        moment = self._second()
        order = ShopOrder(
            id=len(self._orders) + 1,
            purchase=purchase,
            ship_to=purchase.ship_to,
            placed_at=moment,
            updated_at=moment,
            paid=purchase.paid and not purchase.cash_on_delivery,
            lines=lines,
        )
        units = {self.next_id(): (line, [line.quantity, line.quantity]) for line in lines}
        self._enter_fulfilment_order(order, ShopFulfilmentOrder(self.next_id(), LOCATION, units=units))
        self._orders[order.id] = order
        insort(self._by_update, (moment, order.id))
        self.tell("ORDERS_CREATE", order)
        return gid("Order", order.id)

    def _line(self, sku: str, quantity: int) -> ShopLine:
        variant = self._variants[sku]
        variant.available -= quantity
        return ShopLine(self.next_id(), variant, quantity, quantity, quantity)

    def pay_order(self, order_id: str) -> None:
        order = self.order(order_id)
        order.paid = True
        self.touch(order, "ORDERS_PAID")

    def cancel_order(self, order_id: str) -> bool:
        order = self.order(order_id)
        if order.cancelled_at or order.fulfilments:
            return False
        order.cancelled_at = self._second()
        order.refunded = order.total if order.paid else Decimal(0)
        for line in order.lines:
            self._withdraw(order, line, line.current)
        for one in order.fulfilment_orders:
            one.status = "CANCELLED"
        self.touch(order, "ORDERS_CANCELLED")
        return True

    def change_address(self, order_id: str, ship_to: PostalAddress) -> bool:
        order = self.order(order_id)
        if order.cancelled_at or order.fulfilments:
            return False
        order.ship_to = ship_to
        self.touch(order, "ORDERS_UPDATED")
        return True

    def refund_line(self, order_id: str, position: int, quantity: int) -> bool:
        order = self.order(order_id)
        line = order.lines[position]
        if order.cancelled_at or not order.paid or not 0 < quantity <= line.unfulfilled:
            return False
        self._withdraw(order, line, quantity)
        order.refunded += line.variant.product.price * quantity
        self.touch(order, "ORDERS_UPDATED")
        return True

    def _withdraw(self, order: ShopOrder, line: ShopLine, quantity: int) -> None:
        """Units leave the order before shipping and go back on sale."""
        line.current -= quantity
        line.unfulfilled -= quantity
        line.variant.available += quantity
        for one in order.fulfilment_orders:
            for owner, counts in one.units.values():
                taken = min(counts[1], quantity) if owner is line else 0
                counts[1] -= taken
                quantity -= taken
            if all(counts[1] == 0 for _, counts in one.units.values()):
                one.status = "CLOSED"

    def hold(self, order_id: str, reason: str = "OTHER") -> None:
        """Put the first fulfilment order on hold; as feared, `updatedAt` of the order does not move."""
        one = self.order(order_id).fulfilment_orders[0]
        one.status, one.hold = "ON_HOLD", reason

    def release(self, order_id: str) -> None:
        one = self.order(order_id).fulfilment_orders[0]
        one.status, one.hold = "OPEN", ""

    def move(self, order_id: str, position: int, quantity: int, location: int) -> None:
        """Give units of the line at `position` to another location, as a new fulfilment order."""
        order = self.order(order_id)
        line = order.lines[position]
        source = next(counts for owner, counts in order.fulfilment_orders[0].units.values() if owner is line)
        source[0] -= quantity
        source[1] -= quantity
        units = {self.next_id(): (line, [quantity, quantity])}
        self._enter_fulfilment_order(order, ShopFulfilmentOrder(self.next_id(), location, units=units))
        self.touch(order, "ORDERS_UPDATED")

    def drift(self) -> None:
        if self._by_update:
            _, number = self._by_update[self.random.randrange(len(self._by_update))]
            self.touch(self._orders[number], "ORDERS_UPDATED")

    # What can be looked at.

    def orders(self) -> Sequence[KnownOrder]:
        return [self._known(order) for order in self._orders.values()]

    def _known(self, order: ShopOrder) -> KnownOrder:
        return KnownOrder(
            order_id=gid("Order", order.id),
            placed_at=order.placed_at,
            cancelled=order.cancelled_at is not None,
            quantities={gid("LineItem", line.id): line.current for line in order.lines},
            parcels=[
                KnownParcel(
                    tracking_number=one.number,
                    carrier=one.company,
                    quantities={gid("LineItem", line): count for line, count in one.quantities.items()},
                    status=one.events[-1][0] if one.events else "",
                )
                for one in order.fulfilments
            ],
            delivered=bool(order.fulfilments)
            and all(any(code == "DELIVERED" for code, _ in one.events) for one in order.fulfilments),
        )

    def stock_shown(self) -> Mapping[str, int]:
        return {sku: variant.available for sku, variant in self._variants.items()}

    # Shared with the interface.

    def order(self, order_id: str) -> ShopOrder:
        return self._orders[int(order_id.rpartition("/")[2])]

    def order_by_number(self, number: int) -> ShopOrder | None:
        return self._orders.get(number)

    def placed_orders(self) -> Sequence[ShopOrder]:
        return list(self._orders.values())

    def variants(self) -> Sequence[ShopVariant]:
        return list(self._variants.values())

    def variant_of_item(self, inventory_item: str) -> ShopVariant | None:
        return self._inventory.get(inventory_item)

    def fulfilment_order_by_number(self, number: int) -> tuple[ShopOrder, ShopFulfilmentOrder] | None:
        return self._fulfilment_orders.get(number)

    def fulfilment_by_number(self, number: int) -> tuple[ShopOrder, ShopFulfilment] | None:
        return self._fulfilments.get(number)

    def enter_fulfilment(self, order: ShopOrder, made: ShopFulfilment) -> None:
        order.fulfilments.append(made)
        self._fulfilments[made.id] = (order, made)
        self.touch(order, "ORDERS_UPDATED")

    def _enter_fulfilment_order(self, order: ShopOrder, one: ShopFulfilmentOrder) -> None:
        order.fulfilment_orders.append(one)
        self._fulfilment_orders[one.id] = (order, one)

    def touch(self, order: ShopOrder, topic: str) -> None:
        """The order changed now: it moves to the end of the change feed."""
        del self._by_update[bisect_left(self._by_update, (order.updated_at, order.id))]
        order.updated_at = max(self._second(), order.updated_at)
        insort(self._by_update, (order.updated_at, order.id))
        self.tell(topic, order)

    def changed_after(self, position: tuple[datetime, int]) -> Iterator[ShopOrder]:
        """Orders behind a position of the change feed, oldest first."""
        for at in range(bisect_left(self._by_update, position), len(self._by_update)):
            yield self._orders[self._by_update[at][1]]

    def _second(self) -> datetime:
        return self.now().replace(microsecond=0)
