"""What would have become of an order under these rules? The route itself, without its effects.

The order is taken as it came: nothing shipped, nothing asked back, no person's hold; what persons waived
stays waived. It is judged at the instant at which it was placed; a hold that ends by itself is waited for. A
back-order stays one: that later stock would have served it is not replayed.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from hub.domain.order import Consignment, Order, Stage
from hub.domain.route import advance
from hub.domain.snapshot import Snapshot
from hub.domain.sourcing.ranks import View, remoteness
from mappings.canonical import OrderLine, PaymentStatus
from mappings.structs import FrozenStruct

MOST_WAITS = 20
"""Holds by time that follow each other; then the order counts as held."""

DISTANCES = ("same city", "same province", "same country", "abroad")

_PAID_ONCE = frozenset({PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED})


class Fate(FrozenStruct):
    """`sources` are (location id, units); `distances` one index into `DISTANCES` per parcel; `held_by` the
    rules that hold it until a person acts, `waited_for` those that ended by themselves. `decided_at` is when
    the route was done with it."""

    stage: Stage
    sources: tuple[tuple[str, int], ...] = ()
    distances: tuple[int, ...] = ()
    held_by: tuple[str, ...] = ()
    waited_for: tuple[str, ...] = ()
    decided_at: datetime
    is_late: bool = False

    @property
    def where(self) -> str:
        """In words for a list."""
        if self.sources:
            return " + ".join(f"{units} {location_id}" for location_id, units in self.sources)
        return f"{self.stage}: {', '.join(self.held_by)}" if self.held_by else str(self.stage)


@dataclass
class Tally:
    """Fates, summed up; its size does not depend on how many there were."""

    orders: int = 0
    parcels: int = 0
    split: int = 0
    late: int = 0
    waited: timedelta = timedelta(0)
    stages: Counter[Stage] = field(default_factory=Counter)
    distances: Counter[str] = field(default_factory=Counter)
    holds: Counter[str] = field(default_factory=Counter)

    def add(self, fate: Fate, placed_at: datetime) -> None:
        self.orders += 1
        self.parcels += len(fate.distances)
        self.split += len(fate.sources) > 1
        self.late += fate.is_late
        self.waited += fate.decided_at - placed_at
        self.stages[fate.stage] += 1
        self.distances.update(DISTANCES[each] for each in fate.distances)
        self.holds.update((*fate.held_by, *fate.waited_for))


def as_it_came(order: Order) -> Order:
    """The platform's last word, without what came later: shipped units, refunds and requests for them. Who
    cancelled later is not undone: such an order ships nothing in the replay either."""
    sales = order.sales
    was_paid = sales.payment_status in _PAID_ONCE and sales.cancelled_at is None
    return Order(
        order_id=order.order_id,
        connection_id=order.connection_id,
        store_id=order.store_id,
        sales=msgspec.structs.replace(
            sales,
            lines=tuple(_line_as_it_came(line) for line in sales.lines),
            payment_status=PaymentStatus.PAID if was_paid else sales.payment_status,
        ),
        waived=order.waived,
    )


def _line_as_it_came(line: OrderLine) -> OrderLine:
    if not line.quantity_fulfilled and not line.refund_requested:
        return line
    return msgspec.structs.replace(line, quantity_fulfilled=0, refund_requested=False)


def judge(order: Order, snapshot: Snapshot) -> Fate:
    """`order` as `as_it_came` makes it. The snapshot's stock book is used up by what is allocated."""
    waited_for: set[str] = set()
    shown = snapshot.at(order.sales.placed_at)
    after, _ = advance(order, shown)
    for _ in range(MOST_WAITS):
        ends = _ends_by_itself(after)
        if ends is None or ends <= shown.now:
            break
        waited_for |= {reason.code for reason in after.reasons}
        shown = snapshot.at(ends)
        after, _ = advance(order, shown)
    return _fate(after, shown, tuple(sorted(waited_for)))


def _ends_by_itself(order: Order) -> datetime | None:
    """When the last reason of an order on hold has ended; null if one waits for a person, or none holds."""
    if order.stage is not Stage.ON_HOLD:
        return None
    ends = [reason.until for reason in order.reasons if reason.until]
    return max(ends) if len(ends) == len(order.reasons) else None


def _fate(order: Order, snapshot: Snapshot, waited_for: tuple[str, ...]) -> Fate:
    units: Counter[str] = Counter()
    for each in order.consignments:
        units[each.location_id] += sum(part.quantity for part in each.lines)
    leaves = bool(units)
    return Fate(
        stage=order.stage,
        sources=tuple(sorted(units.items())),
        distances=tuple(_distance(each, order, snapshot) for each in order.consignments),
        held_by=tuple(r.code for r in order.reasons) if order.stage is Stage.ON_HOLD else (),
        waited_for=waited_for,
        decided_at=snapshot.now,
        is_late=leaves and order.due_at is not None and snapshot.now > order.due_at,
    )


def _distance(consignment: Consignment, order: Order, snapshot: Snapshot) -> int:
    location = next(each for each in snapshot.locations if each.location_id == consignment.location_id)
    return remoteness(location, View(first="", address=order.sales.ship_to, snapshot=snapshot))
