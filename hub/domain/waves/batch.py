"""Orders and a snapshot → a `Problem`, and the way back from its plan to locations of lines.

What a shipment costs: its freight by the location's template, else so much by distance; more from another
store's room in a territory, and more where the location is asked last. Among equals, the place in the ranked
list counts. Orders that must leave in one parcel are left out: a plan divides orders as it likes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hub.domain.allocation import rank
from hub.domain.crossing import precedence
from hub.domain.order import Order
from hub.domain.policies import RankBy
from hub.domain.snapshot import Location, Ranked, Snapshot
from hub.domain.sourcing.filters import candidates
from hub.domain.sourcing.ranks import TYPICAL_GRAMS, View, freight, remoteness
from hub.domain.waves.problem import DEAREST, NEVER, UNSERVED, Problem
from mappings.canonical import minor_unit

SHIPMENT = 800
REMOTE = 400
OTHER_STORE = 200
ASKED_LAST = 2000
PICKING = 100
"""Minor units: a parcel in the same city without template, each step of remoteness, a room that is not the
territory's, a location that filters put off, and one line that is picked."""

UNSERVED_LINE = 100_000
"""A line that is left costs at least this, and ten times the dearest shipment."""

Fees = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Batch:
    """`lines` are (order id, line id) and `locations` ids, both as the problem numbers them."""

    lines: Sequence[tuple[str, str]]
    locations: Sequence[str]
    problem: Problem

    def plan(self, found: Sequence[int]) -> Mapping[str, Mapping[str, str]]:
        """Order id → line id → location id; without lines where the plan leaves one of them."""
        planned: dict[str, dict[str, str]] = {}
        left = set()
        for (order_id, line_id), location in zip(self.lines, found, strict=True):
            planned.setdefault(order_id, {})
            if location == UNSERVED:
                left.add(order_id)
            else:
                planned[order_id][line_id] = self.locations[location]
        return {key: {} if key in left else lines for key, lines in planned.items()}


def batch(orders: Sequence[Order], snapshot: Snapshot, weights: Mapping[str, int]) -> Batch:
    """The orders in their sequence. `weights`: grams of one unit, by SKU."""
    wanted = {
        order.order_id: [(line, units) for line, units in order.units_to_ship().items() if line in order.skus]
        for order in orders
        if not order.sales.one_parcel
    }
    planned = [order for order in orders if wanted.get(order.order_id)]
    lines = [(order, line, units) for order in planned for line, units in wanted[order.order_id]]
    skus = {sku: number for number, sku in enumerate(sorted({order.skus[line] for order, line, _ in lines}))}
    fees = _Fees(snapshot, weights)
    fee = np.array([fees.of(order, dict(wanted[order.order_id])) for order in planned], np.int32)
    fee = fee.reshape(len(planned), len(snapshot.locations))
    numbers = {order.order_id: number for number, order in enumerate(planned)}
    return Batch(
        lines=[(order.order_id, line) for order, line, _ in lines],
        locations=[each.location_id for each in snapshot.locations],
        problem=Problem(
            order=np.array([numbers[order.order_id] for order, _, _ in lines], np.int64),
            sku=np.array([skus[order.skus[line]] for order, line, _ in lines], np.int64),
            quantity=np.array([units for _, _, units in lines], np.int64),
            penalty=np.full(len(lines), _penalty(fee), np.int64),
            fee=fee,
            picking=np.full(len(snapshot.locations), PICKING, np.int64),
            stock=_stock(snapshot, skus),
        ),
    )


def _penalty(fee: Fees) -> int:
    dearest = int(fee.max(initial=0, where=fee < NEVER))
    return min(DEAREST, max(UNSERVED_LINE, 10 * dearest))


def _stock(snapshot: Snapshot, skus: Mapping[str, int]) -> npt.NDArray[np.int64]:
    stock = np.zeros((len(skus), len(snapshot.locations)), np.int64)
    columns = {each.location_id: number for number, each in enumerate(snapshot.locations)}
    for sku, row in skus.items():
        if snapshot.stock.is_escrowed(sku):  # each store has its own: such lines are allocated alone
            continue
        for location_id, units in snapshot.stock.locations_of(sku).items():
            if location_id in columns:
                stock[row, columns[location_id]] = max(0, units)
    return stock


class _Fees:
    """Rows of fees; orders that look alike share one."""

    def __init__(self, snapshot: Snapshot, weights: Mapping[str, int]) -> None:
        self._snapshot = snapshot
        self._weights = weights
        self._columns = {each.location_id: number for number, each in enumerate(snapshot.locations)}
        self._known: dict[tuple[int, int], Fees] = {}

    def of(self, order: Order, units: Mapping[str, int]) -> Fees:
        first = precedence(order, self._snapshot).first
        by = self._snapshot.policy(order.store_id).rank_by
        ranked = rank(order.sales.ship_to, self._snapshot, first, by)
        asked = candidates(order, ranked, self._snapshot)
        view = View(first=first, address=order.sales.ship_to, snapshot=self._snapshot)
        grams = self._grams(order, units)
        if asked is not ranked or RankBy.LOAD in by:
            return self._row(asked, view, grams, by)
        key = (id(ranked), grams)  # the snapshot keeps the list, so its id stays its own
        if key not in self._known:
            self._known[key] = self._row(asked, view, grams, by)
        return self._known[key]

    def _grams(self, order: Order, units: Mapping[str, int]) -> int:
        """A typical parcel where a weight is not known."""
        known = [(self._weights.get(order.skus[line]), number) for line, number in units.items()]
        if any(weight is None for weight, _ in known):
            return TYPICAL_GRAMS
        return sum((weight or 0) * number for weight, number in known)

    def _row(self, asked: Ranked, view: View, grams: int, by: Sequence[RankBy]) -> Fees:
        row = np.full(len(self._columns), NEVER, np.int32)
        for position, location in enumerate(asked.locations):
            fee = _carriage(location, view, grams) + position
            if RankBy.TERRITORY in by and view.first and location.store_id != view.first:
                fee += OTHER_STORE
            if location.location_id in asked.removed:
                fee += ASKED_LAST
            row[self._columns[location.location_id]] = min(fee, DEAREST)
        return row


def _carriage(location: Location, view: View, grams: int) -> int:
    amount = freight(location, view.address, grams)
    if amount is None or location.freight is None:
        return SHIPMENT + REMOTE * remoteness(location, view)
    return round(amount / minor_unit(location.freight.currency))
