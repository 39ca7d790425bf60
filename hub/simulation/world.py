"""The world outside of the hub: buyers, sellers and carriers act on the twins, by a plan drawn from a seed.

The world knows twins only by their interfaces (`connectors/kit/twin.py`) and nothing of who runs the hub, so
simulation and demo drive the same one: call `act(now)` when `next_act()` is due. What was planted is
remembered in `plans`, so that the closing comparison knows what must come of each order.
"""

import heapq
import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

import msgspec

from connectors.kit.twin import CarrierTwin, Product, Purchase, StoreTwin, Twin
from hub.simulation import people
from hub.simulation.brand import NEVER_COUNTED, SCARCE, Brand, Restock, Storefront
from mappings.canonical import PostalAddress

Act = Callable[[datetime], None]
LAST_ACT_WITHIN = timedelta(hours=48)


class Plan(StrEnum):
    """What happens to an order after it was placed, or what is wrong with it."""

    PLAIN = "plain"
    CANCELLED_SOON = "cancelled soon"
    CANCELLED_LATE = "cancelled late"
    MOVES_HOUSE = "moves house"
    REFUNDED_IN_PART = "refunded in part"
    PAID_LATER = "paid later"
    ON_DELIVERY = "cash on delivery"
    TEST = "test order"
    NEVER_PAID = "never paid"
    UNMAPPED = "unmapped SKU"
    NO_STREET = "incomplete address"
    STREET_LATER = "address completed later"
    TOO_MANY = "more units than exist"
    ORDERED_TWICE = "suspected duplicate"


EVERY_FIFTY: Mapping[Plan, int] = {
    Plan.CANCELLED_SOON: 4,
    Plan.CANCELLED_LATE: 3,
    Plan.MOVES_HOUSE: 4,
    Plan.REFUNDED_IN_PART: 4,
    Plan.PAID_LATER: 3,
    Plan.ON_DELIVERY: 1,
    Plan.TEST: 1,
    Plan.NEVER_PAID: 1,
    Plan.UNMAPPED: 1,
    Plan.NO_STREET: 1,
    Plan.STREET_LATER: 1,
    Plan.TOO_MANY: 1,
    Plan.ORDERED_TWICE: 1,
}
"""Of fifty orders; the rest is plain."""

MASKING = frozenset({"taobao"})
"""Platforms whose receivers come masked: nobody can tell whether a street is missing."""
NO_CASH = frozenset({"shopify", "vendure"})
"""Our carriers collect yuan; the twins of these platforms sell in other money, or take no cash at all."""
NO_TESTS = frozenset({"taobao", "vendure"})


@dataclass
class Placed:
    """One order as the world remembers it. `duplicate_of` is the other order of a suspected pair."""

    store_id: str
    order_id: str
    plan: Plan
    lines: int
    ship_to: PostalAddress
    placed_at: datetime
    duplicate_of: str = ""
    cancelled_at: datetime | None = None


@dataclass
class World:
    """`scheduled` acts are ordered by time, then by the order of planning."""

    brand: Brand
    twins: Mapping[str, Twin]
    random: Random
    placed: dict[tuple[str, str], Placed] = field(default_factory=dict)
    restocks: list[Restock] = field(default_factory=list)
    happened: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._scheduled: list[tuple[datetime, int, Act]] = []
        self._order = itertools.count()
        self._buyers: dict[str, list[tuple[people.Buyer, datetime]]] = {}
        self._products: list[Product] = [
            each for each in self.brand.products if each.sku not in (SCARCE, NEVER_COUNTED)
        ]
        self._stores = {sid: twin for sid, twin in self.twins.items() if isinstance(twin, StoreTwin)}
        self._carriers = [twin for twin in self.twins.values() if isinstance(twin, CarrierTwin)]

    def plan(self, start: datetime, orders: int, days: float) -> None:
        """Draw `orders` purchases with Poisson arrivals over about so many days, and some restocks."""
        plans = self._deck(orders)
        at = start
        for plan in plans:
            at += timedelta(days=self.random.expovariate(orders / days))
            self._at(at, self._purchase(plan))
        for _ in range(max(1, orders // 12)):
            self.restocks.append(self._restock(start, days))
        self.restocks.sort(key=lambda restock: restock.at)

    def _deck(self, orders: int) -> list[Plan]:
        fifty = [plan for plan, count in EVERY_FIFTY.items() for _ in range(count)]
        fifty += [Plan.PLAIN] * (50 - len(fifty))
        deck: list[Plan] = []
        while len(deck) < orders:
            self.random.shuffle(fifty)
            deck += fifty
        return deck[:orders]

    def _restock(self, start: datetime, days: float) -> Restock:
        return Restock(
            at=start + timedelta(days=self.random.uniform(0, days + 0.5)),
            sku=self.random.choice(self._products).sku,
            location_id=self.random.choice(self.brand.locations).location_id,
            quantity=self.random.randint(1, 12),
        )

    def _at(self, at: datetime, act: Act) -> None:
        heapq.heappush(self._scheduled, (at, next(self._order), act))

    def next_act(self) -> datetime | None:
        """When something happens next (an order, a change, a scan); null: nothing ever again, as things
        stand."""
        moments = [twin.advance() for twin in self._carriers]
        if self._scheduled:
            moments.append(self._scheduled[0][0])
        return min((each for each in moments if each is not None), default=None)

    @property
    def is_over(self) -> bool:
        """Nobody will order, change or cancel anything any more; parcels may still travel."""
        return not self._scheduled

    def act(self, now: datetime) -> None:
        """Do what is due: buyers first, then parcels move."""
        while self._scheduled and self._scheduled[0][0] <= now:
            heapq.heappop(self._scheduled)[2](now)
        for twin in self._carriers:
            twin.advance()

    def expected(self, store_id: str, order_id: str) -> Placed | None:
        return self.placed.get((store_id, order_id))

    # ---------------------------------------------------------------------- buying

    def _purchase(self, plan: Plan) -> Act:
        def buy(now: datetime) -> None:
            storefront = self._storefront(plan)
            buyer = self._buyer(storefront, now)
            placed = self._place(storefront, plan, buyer, now)
            if plan is Plan.ORDERED_TWICE:
                again = now + timedelta(seconds=self.random.uniform(20, 400))
                self._at(again, self._repeat(storefront, placed, self._last_purchase))
            else:
                self._follow(placed, now)

        return buy

    def _storefront(self, plan: Plan) -> Storefront:
        """Some stores cannot have some of the problems."""
        unfit: dict[Plan, frozenset[str]] = {
            Plan.NO_STREET: MASKING,
            Plan.STREET_LATER: MASKING,
            Plan.ON_DELIVERY: NO_CASH,
            Plan.TEST: NO_TESTS,
        }
        fit = [each for each in self.brand.storefronts if each.platform not in unfit.get(plan, frozenset())]
        return self.random.choices(fit, [each.share for each in fit])[0]

    def _buyer(self, storefront: Storefront, now: datetime) -> people.Buyer:
        """Two in five are customers of before, but nobody orders twice within two hours (unless planned)."""
        store_id = storefront.store.store_id
        known = self._buyers.setdefault(store_id, [])
        rested = [position for position, (_, last) in enumerate(known) if now - last > timedelta(hours=2)]
        if rested and self.random.random() < 0.4:
            position = self.random.choice(rested)
            known[position] = (known[position][0], now)
            return known[position][0]
        region = storefront.region
        if self.random.random() < 0.2:  # a traveller, or a present
            region = self.random.choice(sorted(people.PLACES))
        fresh = people.buyer(self.random, store_id, len(known) + 1, region)
        known.append((fresh, now))
        return fresh

    def _place(self, storefront: Storefront, plan: Plan, buyer: people.Buyer, now: datetime) -> Placed:
        ship_to = buyer.home
        if plan in (Plan.NO_STREET, Plan.STREET_LATER):
            ship_to = msgspec.structs.replace(ship_to, street=())
        purchase = Purchase(
            buyer_reference=buyer.reference,
            ship_to=ship_to,
            items=self._basket(plan),
            email=buyer.email,
            note=self.random.choice(("", "", "", "请放门口", "ring twice\nplease")),
            paid=plan not in (Plan.PAID_LATER, Plan.NEVER_PAID, Plan.ON_DELIVERY),
            cash_on_delivery=plan is Plan.ON_DELIVERY,
            is_test=plan is Plan.TEST,
        )
        return self._ordered(storefront, plan, purchase, now)

    def _ordered(self, storefront: Storefront, plan: Plan, purchase: Purchase, now: datetime) -> Placed:
        self._last_purchase = purchase
        store_id = storefront.store.store_id
        placed = Placed(
            store_id=store_id,
            order_id=self._stores[store_id].place_order(purchase),
            plan=plan,
            lines=len(purchase.items),
            ship_to=purchase.ship_to,
            placed_at=now,
        )
        self.placed[store_id, placed.order_id] = placed
        self._count("placed")
        return placed

    def _repeat(self, storefront: Storefront, first: Placed, purchase: Purchase) -> Act:
        def again(now: datetime) -> None:
            second = self._ordered(storefront, Plan.ORDERED_TWICE, purchase, now)
            first.duplicate_of, second.duplicate_of = second.order_id, first.order_id

        return again

    def _basket(self, plan: Plan) -> list[tuple[str, int]]:
        """Heavy-tailed: most want one thing, a few want a dozen."""
        if plan is Plan.TOO_MANY:
            return [(SCARCE, 500)]
        size = min(12, max(1, math.floor(self.random.paretovariate(1.6))))
        weights = [1 / (position + 2) for position in range(len(self._products))]
        skus = dict.fromkeys(each.sku for each in self.random.choices(self._products, weights, k=size))
        units = [min(6, math.floor(self.random.paretovariate(2.2))) for _ in skus]
        basket = list(zip(skus, units, strict=True))
        if plan is Plan.UNMAPPED:
            basket.append((NEVER_COUNTED, 1))
        elif plan is Plan.REFUNDED_IN_PART and len(basket) == 1:
            basket.append((self._products[-1].sku if basket[0][0] != self._products[-1].sku else "CUP01", 1))
        return basket

    # ------------------------------------------------------------- what comes after

    def _follow(self, placed: Placed, now: datetime) -> None:
        follow: dict[Plan, tuple[float, float, Act]] = {
            Plan.CANCELLED_SOON: (0.02, 2, lambda at: self._cancel(placed, at)),
            Plan.CANCELLED_LATE: (3, 47, lambda at: self._cancel(placed, at)),
            Plan.MOVES_HOUSE: (0.05, 8, lambda at: self._move(placed, at)),
            Plan.STREET_LATER: (0.5, 12, lambda at: self._move(placed, at)),
            Plan.REFUNDED_IN_PART: (0.05, 8, lambda at: self._refund(placed, at)),
            Plan.PAID_LATER: (0.2, 20, lambda at: self._pay(placed, at)),
        }
        if placed.plan in follow:
            earliest, latest, act = follow[placed.plan]
            self._at(now + timedelta(hours=self.random.uniform(earliest, latest)), act)

    def _cancel(self, placed: Placed, now: datetime) -> None:
        if self._stores[placed.store_id].cancel_order(placed.order_id):
            placed.cancelled_at = now
            self._count("cancelled")

    def _move(self, placed: Placed, now: datetime) -> None:
        """Back to the former address in one case of four: A → B → A."""
        storefront = next(each for each in self.brand.storefronts if each.store.store_id == placed.store_id)
        former = placed.ship_to
        new = people.address(self.random, storefront.region)
        if self._stores[placed.store_id].change_address(placed.order_id, new):
            placed.ship_to = new
            self._count("moved")
            if placed.plan is Plan.MOVES_HOUSE and self.random.random() < 0.25:
                back = now + timedelta(minutes=self.random.uniform(1, 90))
                self._at(back, lambda at: self._move_back(placed, former))

    def _move_back(self, placed: Placed, former: PostalAddress) -> None:
        if self._stores[placed.store_id].change_address(placed.order_id, former):
            placed.ship_to = former
            self._count("moved back")

    def _refund(self, placed: Placed, now: datetime) -> None:
        """One line; whole where the platform gives back lines only whole."""
        twin = self._stores[placed.store_id]
        position = self.random.randrange(placed.lines)
        if any(twin.refund_line(placed.order_id, position, units) for units in range(1, 7)):
            self._count("refunded")

    def _pay(self, placed: Placed, now: datetime) -> None:
        self._stores[placed.store_id].pay_order(placed.order_id)
        self._count("paid later")

    def _count(self, what: str) -> None:
        self.happened[what] = self.happened.get(what, 0) + 1
