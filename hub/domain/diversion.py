"""How much a store sells outside its territory (窜货), and at which price against the territory's owner.

The owner's price of a SKU is the mean of what it sold units for in the same month and currency, net of all
discounts. Orders pass twice: first for prices (`Prices`), then for the score (`Diversion`); what is kept
grows with stores, SKUs and months, not with orders.
"""

from decimal import Decimal
from heapq import heappush, heappushpop

from hub.domain.order import Order
from hub.domain.settlement import nets, units_covered
from hub.domain.territories import TerritoryMap
from mappings.canonical import minor_unit
from mappings.structs import FrozenStruct


class Sold(FrozenStruct):
    """Units of one SKU in an order, each for `price`."""

    sku: str
    units: int
    price: Decimal


class Sale(FrozenStruct):
    """One order; `owner_id` is the store whose territory it went to, empty: nobody's."""

    order_id: str
    number: str
    store_id: str
    owner_id: str
    month: str
    currency: str
    parts: tuple[Sold, ...]

    @property
    def units(self) -> int:
        return sum(each.units for each in self.parts)

    @property
    def is_outside(self) -> bool:
        return self.owner_id not in ("", self.store_id)


class Diverted(FrozenStruct):
    """An order outside of the territory. `ratio` is the mean of price ÷ owner's price over its units, null
    where the owner sold none of it in that month."""

    order_id: str
    number: str
    owner_id: str
    units: int
    ratio: Decimal | None


class Score(FrozenStruct):
    """Of one store. `score` is 0 (nothing outside) to 100: the share of units outside in percent, each of
    which counts more the further it is under the owner's price. `compared` are units outside whose owner sold
    the same in the same month."""

    store_id: str
    orders: int
    orders_outside: int
    units: int
    units_outside: int
    compared: int
    ratio: Decimal | None
    score: Decimal
    worst: tuple[Diverted, ...]


def sale_of(order: Order, territories: TerritoryMap) -> Sale | None:
    """What counts of an order: not tests, nothing cancelled, no gifts, no unlinked goods."""
    sales = order.sales
    if sales.is_test or sales.cancelled_at or sales.ship_to is None:
        return None
    owner = territories.owner(sales.ship_to)
    unit = minor_unit(sales.currency)
    parts = tuple(
        Sold(sku=order.skus[line.line_id], units=line.quantity_wanted, price=net * unit / units_covered(line))
        for line, net in zip(sales.lines, nets(sales), strict=True)
        if line.line_id in order.skus and line.quantity_wanted and not line.is_gift
    )
    return Sale(
        order_id=order.order_id,
        number=sales.order_number,
        store_id=order.store_id,
        owner_id=owner.store_id if owner else "",
        month=f"{sales.placed_at:%Y-%m}",
        currency=sales.currency,
        parts=parts,
    )


class Prices:
    """What each store sold units of a SKU for."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str, str, str], tuple[int, Decimal]] = {}

    def count(self, sale: Sale) -> None:
        for each in sale.parts:
            key = (sale.store_id, each.sku, sale.currency, sale.month)
            units, amount = self._sums.get(key, (0, Decimal(0)))
            self._sums[key] = units + each.units, amount + each.units * each.price

    def ratio(self, sale: Sale, part: Sold) -> Decimal | None:
        """Price ÷ the territory owner's; null where that is not known or nothing."""
        units, amount = self._sums.get((sale.owner_id, part.sku, sale.currency, sale.month), (0, Decimal(0)))
        return part.price * units / amount if amount else None


class _Tally:
    """Sums of one store."""

    def __init__(self) -> None:
        self.orders = self.orders_outside = self.units = self.units_outside = self.compared = 0
        self.ratios = self.weighed = Decimal(0)
        self.worst: list[tuple[Decimal, int, str, Diverted]] = []


class Diversion:
    """Scores stores order by order. `weight`: how much more a unit counts at no price at all than at the
    owner's price; `worst`: orders that are named per store."""

    def __init__(self, prices: Prices, *, weight: Decimal = Decimal(1), worst: int = 5) -> None:
        self._prices, self._weight, self._worst = prices, weight, worst
        self._tallies: dict[str, _Tally] = {}

    def count(self, sale: Sale) -> None:
        tally = self._tallies.setdefault(sale.store_id, _Tally())
        tally.orders += 1
        tally.units += sale.units
        if sale.is_outside and sale.units:
            tally.orders_outside += 1
            tally.units_outside += sale.units
            self._outside(sale, tally)

    def _outside(self, sale: Sale, tally: _Tally) -> None:
        compared, ratios, under = 0, Decimal(0), Decimal(0)
        for part in sale.parts:
            if (ratio := self._prices.ratio(sale, part)) is not None:
                compared += part.units
                ratios += part.units * ratio
                under += part.units * max(Decimal(0), 1 - ratio)
        tally.compared += compared
        tally.ratios += ratios
        tally.weighed += sale.units + self._weight * under
        named = Diverted(
            order_id=sale.order_id,
            number=sale.number,
            owner_id=sale.owner_id,
            units=sale.units,
            ratio=_rounded(ratios / compared) if compared else None,
        )
        if self._worst:
            push = heappush if len(tally.worst) < self._worst else heappushpop
            push(tally.worst, (under, sale.units, sale.order_id, named))

    def found(self) -> list[Score]:
        """The highest score first."""
        scores = (_score(store_id, tally) for store_id, tally in self._tallies.items())
        return sorted(scores, key=lambda each: (-each.score, each.store_id))


def _score(store_id: str, tally: _Tally) -> Score:
    share = min(Decimal(1), tally.weighed / tally.units) if tally.units else Decimal(0)
    return Score(
        store_id=store_id,
        orders=tally.orders,
        orders_outside=tally.orders_outside,
        units=tally.units,
        units_outside=tally.units_outside,
        compared=tally.compared,
        ratio=_rounded(tally.ratios / tally.compared) if tally.compared else None,
        score=round(100 * share, 1),
        worst=tuple(each[-1] for each in sorted(tally.worst, reverse=True)),
    )


def _rounded(ratio: Decimal) -> Decimal:
    return round(ratio, 3)
