"""Who is not asked, or asked last, and why. Each filter has a name that `explain` tells.

`STANDING` filters look at location and address alone, once for a batch; `OF_ORDERS` at the order too. Both
remove. `PUT_OFF` removes nobody: such a location is asked after all others, because an order that leaves late
is better than one that never leaves.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from hub.domain.order import Order
from hub.domain.reach import Spot, within
from hub.domain.snapshot import Location, Ranked, Snapshot

STANDING: Mapping[str, Callable[[Location, Spot | None], bool]] = {
    "inactive": lambda location, spot: not location.is_active,
    "not_served": lambda location, spot: bool(location.serves and spot and not within(location.serves, spot)),
}

OF_ORDERS: Mapping[str, Callable[[Location, Order], bool]] = {
    "refused": lambda location, order: location.location_id in order.refused_by,
}

PUT_OFF: Mapping[str, Callable[[Location, Order, Snapshot], bool]] = {
    "closed": lambda location, order, snapshot: next_dispatch(location, snapshot) is None,
    "full": lambda location, order, snapshot: is_full(location, snapshot),
    "too_late": lambda location, order, snapshot: _is_late(location, order, snapshot),
}

WORDS: Mapping[str, str] = {
    "inactive": "not active",
    "not_served": "does not send there",
    "refused": "refused it",
    "no_stock": "out of stock",
    "closed": "closed for long",
    "full": "full on its next day",
    "too_late": "leaves after the deadline",
}


def removed_by_standing(location: Location, spot: Spot | None) -> str:
    """The name of the first filter that holds it back; empty: none."""
    return next((name for name, holds_back in STANDING.items() if holds_back(location, spot)), "")


def candidates(order: Order, ranked: Ranked, snapshot: Snapshot) -> Ranked:
    """Those that this order may ask. Put-off ones are last, and named among the removed too."""
    if ranked.is_plain and not order.refused_by:
        return ranked
    asked, last, removed = [], [], dict(ranked.removed)
    for location in ranked.locations:
        if name := next((name for name, holds in OF_ORDERS.items() if holds(location, order)), ""):
            removed[location.location_id] = name
        elif name := _put_off(location, order, snapshot):
            removed[location.location_id] = name
            last.append(location)
        else:
            asked.append(location)
    return Ranked(asked + last, removed, ranked.is_plain)


def _put_off(location: Location, order: Order, snapshot: Snapshot) -> str:
    if location.is_plain:
        return ""
    return next((name for name, holds in PUT_OFF.items() if holds(location, order, snapshot)), "")


def next_dispatch(location: Location, snapshot: Snapshot) -> tuple[date, datetime] | None:
    """The next day on which something leaves, full or not, and the instant; once for a batch."""
    known = snapshot.dispatches
    if location.location_id not in known:
        known[location.location_id] = next(location.hours.dispatches(snapshot.now), None)
    return known[location.location_id]


def is_full(location: Location, snapshot: Snapshot, day: date | None = None) -> bool:
    """On that day, else on the next."""
    if day is None:
        found = next_dispatch(location, snapshot)
        day = found[0] if found else None
    if day is None or not location.is_limited:
        return False
    orders, parcels = snapshot.loads.promised(location.location_id, day)
    return (location.most_orders is not None and orders >= location.most_orders) or (
        location.most_parcels is not None and parcels >= location.most_parcels
    )


def _is_late(location: Location, order: Order, snapshot: Snapshot) -> bool:
    found = next_dispatch(location, snapshot)
    return bool(found and order.due_at and found[1] > order.due_at)


def dispatch_day(location: Location, snapshot: Snapshot) -> date | None:
    """The first day on which it has room for one order more; null where it has neither hours nor limits, or
    no such day that can be foreseen."""
    if location.is_plain:
        return None
    days = (day for day, _ in location.hours.dispatches(snapshot.now))
    return next((day for day in days if not is_full(location, snapshot, day)), None)
