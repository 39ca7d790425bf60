"""Which money belongs to which units.

A platform's order is never changed by it: its lines stay as the platform tells them, and each consignment
names the units of them that it carries. So whatever is split or joined, what a store is told is right.

Money follows the units exactly. The units of a line are numbered; the share of the first k units of n is
the line's amount times k / n, rounded down to the currency's smallest unit, and unit k is worth what it adds.
Any set of units therefore has one value, and the values of all sets of a partition add up to the amount,
in whatever order they were split and joined.
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from itertools import accumulate, pairwise

import msgspec

from hub.domain.order import Order, Parcel, Reserved
from mappings.canonical import minor_unit


def share(amount: Decimal, start: int, stop: int, units: int, currency: str) -> Decimal:
    """What the units numbered from `start` (counted from 0) up to `stop` of `units` are worth."""
    return _first(amount, stop, units, currency) - _first(amount, start, units, currency)


def _first(amount: Decimal, count: int, units: int, currency: str) -> Decimal:
    if count == units:
        return amount
    return (amount * count / units).quantize(minor_unit(currency), ROUND_DOWN)


def apportion(amount: Decimal, weights: Sequence[Decimal], currency: str) -> tuple[Decimal, ...]:
    """Divide an amount in proportion to weights (equally if they are all zero), exactly."""
    if not any(weights):
        weights = [Decimal(1)] * len(weights)
    whole, reached = sum(weights), [Decimal(0)]
    for upto in accumulate(weights):
        reached.append(
            amount if upto == whole else (amount * upto / whole).quantize(minor_unit(currency), ROUND_DOWN)
        )
    return tuple(after - before for before, after in pairwise(reached))


def with_collections(order: Order) -> Order:
    """What each planned parcel of an order that is paid at the door collects: together with the parcels that
    were on their way before, exactly the order's total."""
    sales = order.sales
    planned = [each for each in order.consignments if each.stage is Parcel.PLANNED]
    if not sales.cash_on_delivery or not planned:
        return order
    others = (each for each in order.consignments if each.stage not in (Parcel.PLANNED, Parcel.CANCELLED))
    outstanding = sales.total - sum((each.collect or Decimal(0) for each in others), Decimal(0))
    parts = apportion(
        max(outstanding, Decimal(0)), [worth(order, each.lines) for each in planned], sales.currency
    )
    for consignment, part in zip(planned, parts, strict=True):
        order = order.with_consignment(msgspec.structs.replace(consignment, collect=part))
    return order


def worth(order: Order, lines: Sequence[Reserved]) -> Decimal:
    """What the buyer pays for units, before charges for the whole order."""
    by_id = {line.line_id: line for line in order.sales.lines}
    return sum(
        (by_id[part.line_id].unit_price * part.quantity for part in lines if part.line_id in by_id),
        Decimal(0),
    )
