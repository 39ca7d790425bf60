"""One order judged from both sides: does what the hub did follow from what the platform says?

An order may end otherwise than shipped only for the reason that the world planted (`Placed.plan`), or because
there really is no stock.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from connectors.kit.twin import CarriedParcel, KnownOrder, KnownParcel
from hub.domain.effects import CaseKind
from hub.domain.order import Consignment, Order, Parcel, Stage
from hub.domain.policies import StorePolicy
from hub.simulation.world import Placed, Plan
from mappings.canonical import TrackingStatus

HOLDS: Mapping[Plan, frozenset[str]] = {
    Plan.NEVER_PAID: frozenset({"unpaid"}),
    Plan.UNMAPPED: frozenset({"unmapped_sku"}),
    Plan.NO_STREET: frozenset({"address"}),
    Plan.ORDERED_TWICE: frozenset({"suspected_duplicate"}),
}
"""What may hold an order of a plan; any order of a store without a fitting carrier is held as masked."""

_TOO_LATE = frozenset({CaseKind.CANCELLED_TOO_LATE, CaseKind.CHANGED_TOO_LATE, CaseKind.SHIPPED_ELSEWHERE})


@dataclass(frozen=True)
class Books:
    """Everything that the comparison reads from the hub, by store."""

    orders: Mapping[tuple[str, str], Order]
    cases: Mapping[str, frozenset[str]]
    available: Mapping[str, int]
    shown_as: Sequence[tuple[str, str, str]]
    """(connection id, platform's SKU, our SKU) of linked listings."""
    masked_out: frozenset[str]
    """Stores none of whose carriers reads receiver tokens of their platform."""


@dataclass(frozen=True)
class Judged:
    """One order from both sides."""

    known: KnownOrder
    order: Order
    placed: Placed | None
    books: Books
    carried: Mapping[str, CarriedParcel]

    @property
    def plan(self) -> str:
        return self.placed.plan if self.placed else "not of this world"

    @property
    def is_too_late(self) -> bool:
        """A person knows that something came after the parcel had left."""
        return bool(self.books.cases.get(self.order.order_id, frozenset()) & _TOO_LATE)

    def problems(self) -> Iterable[str]:
        """Why this order does not close."""
        yield from self._document()
        match self.order.stage:
            case Stage.ON_HOLD:
                yield from self._held()
            case Stage.BACKORDERED:
                yield from self._waiting()
            case Stage.CANCELLED:
                if not self.known.cancelled and any(self.known.quantities.values()):
                    yield "cancelled in the hub, wanted on the platform"
            case Stage.CLOSED if not self.order.consignments:
                if self.plan != Plan.TEST:
                    yield f"closed without a parcel: {[reason.code for reason in self.order.reasons]}"
            case Stage.CLOSED | Stage.DISPATCHED:
                yield from self._shipped()
            case stage:
                yield f"still {stage}: {[str(each.stage) for each in self.order.consignments]}"
        yield from self._parcels()

    def _document(self) -> Iterable[str]:
        """The last that the platform said is what the hub believes."""
        wanted = {line.line_id: line.quantity_wanted for line in self.order.sales.lines}
        if wanted != dict(self.known.quantities) and not self.known.cancelled:
            yield f"the platform wants {dict(self.known.quantities)}, the hub believes {wanted}"
        if self.known.cancelled and self.order.sales.cancelled_at is None and any(wanted.values()):
            yield "the hub does not know that it is cancelled"
        address = self.order.sales.ship_to
        if self.placed and address and not address.masked and address.street != self.placed.ship_to.street:
            yield "the hub has another address"

    def _held(self) -> Iterable[str]:
        codes = {reason.code for reason in self.order.reasons}
        planted = HOLDS.get(self.placed.plan, frozenset()) if self.placed else frozenset()
        if self._nobody_reads_the_receiver():
            planted |= {"masked_receiver"}
        if self.known.cancelled:
            yield "on hold, but cancelled on the platform"
        elif not codes & planted:
            yield f"on hold for {sorted(codes)}, which nobody planted"

    def _waiting(self) -> Iterable[str]:
        if self.known.cancelled:
            yield "back-ordered, but cancelled on the platform"
        asked: Counter[str] = Counter()
        for line_id, units in self.order.units_to_ship().items():
            asked[self.order.skus[line_id]] += units
        if all(self.books.available.get(sku, 0) >= units for sku, units in asked.items()):
            yield "back-ordered, but everything is there"

    def _shipped(self) -> Iterable[str]:
        if self._was_to_be_held():
            yield f"shipped, but «{self.plan}» was to be held"
        if self.known.cancelled and not self.is_too_late:
            yield "shipped although cancelled, and no case tells anybody"
        left = Counter({line.line_id: 0 for line in self.order.sales.lines})
        for each in self.order.consignments:
            if each.is_handed_over:
                left.update(_quantities(each))
        wanted = dict(self.known.quantities)
        if {line: left[line] for line in wanted} != wanted and not self.is_too_late:
            yield f"{dict(left)} left, {wanted} are wanted"
        if self.order.stage is Stage.DISPATCHED and not self._is_with_carrier():
            yield "dispatched, and nothing more is on its way"
        yield from self._collected()

    def _collected(self) -> Iterable[str]:
        """Carriers ask the buyer for exactly what is owed, however many parcels there are."""
        owed = self.order.sales.total if self.order.sales.cash_on_delivery else Decimal(0)
        parcels = [self.carried.get(each.tracking_number) for each in self.order.consignments]
        amounts = [each.collects for each in parcels if each and not each.cancelled]
        if amounts and None not in amounts and not self.is_too_late:
            collected = sum((each for each in amounts if each is not None), Decimal(0))
            if collected != owed:
                yield f"carriers collect {collected} at the door, the buyer owes {owed}"

    def _was_to_be_held(self) -> bool:
        if self.placed is None:
            return False
        if self._nobody_reads_the_receiver():
            return True
        if self.placed.plan is Plan.ORDERED_TWICE:
            return self._both_shipped(self.placed)
        return self.placed.plan in (*HOLDS, Plan.TOO_MANY, Plan.TEST)

    def _nobody_reads_the_receiver(self) -> bool:
        address = self.order.sales.ship_to
        return bool(address and address.masked) and self.order.store_id in self.books.masked_out

    def _both_shipped(self, placed: Placed) -> bool:
        other = self.books.orders.get((placed.store_id, placed.duplicate_of))
        if other is None or other.stage in (Stage.ON_HOLD, Stage.BACKORDERED):
            return False
        window = StorePolicy().duplicate_window
        return abs(other.sales.placed_at - self.order.sales.placed_at) <= window

    def _is_with_carrier(self) -> bool:
        """The carrier's last word was not «delivered», and the hub knows it, or the store was not told
        because it was cancelled there."""
        for each in self.order.consignments:
            parcel = self.carried.get(each.tracking_number)
            if not each.is_handed_over or parcel is None:
                continue
            if each.stage is Parcel.DISPATCHED and parcel.status is not TrackingStatus.DELIVERED:
                return parcel.status is each.status
            if self._platform_refuses(each):
                return True
        return False

    def _platform_refuses(self, each: Consignment) -> bool:
        """More left than is wanted now, and a person knows: no platform takes such a parcel any more."""
        is_too_much = any(
            units > self.known.quantities.get(line, 0) for line, units in _quantities(each).items()
        )
        return not each.told and self.is_too_late and (self.known.cancelled or is_too_much)

    def _parcels(self) -> Iterable[str]:
        """The platform knows exactly the parcels that left (or, told at booking, will leave)."""
        told = {each.tracking_number: each for each in self.order.consignments if each.told}
        there = Counter(parcel.tracking_number for parcel in self.known.parcels)
        for number, times in sorted(there.items()):
            if times > 1:
                yield f"the platform knows parcel {number} {times} times"
            if number not in told:
                yield f"the platform knows parcel {number}, the hub did not tell it"
        for number, each in sorted(told.items()):
            parcel = next((one for one in self.known.parcels if one.tracking_number == number), None)
            if parcel is None:
                yield f"told parcel {number} is unknown to the platform"
            elif not self._holds(each, parcel):
                yield f"parcel {number} holds {_quantities(each)}, the platform says {parcel.quantities}"
        for each in self.order.consignments:
            if each.is_handed_over and not each.told and not self._platform_refuses(each):
                yield f"parcel {each.tracking_number} left and the platform was not told"
            yield from self._carried(each)
        if self._all_told_delivered() and not self.known.delivered and not self._was_cut():
            yield "told delivered, the platform does not show it"

    def _holds(self, each: Consignment, parcel: KnownParcel) -> bool:
        """The platform names what we sent; less, where units were refunded after the parcel had left."""
        ours, theirs = _quantities(each), {line: units for line, units in parcel.quantities.items() if units}
        is_part = all(units <= ours.get(line, 0) for line, units in theirs.items())
        return ours == theirs or (self.is_too_late and is_part)

    def _carried(self, each: Consignment) -> Iterable[str]:
        parcel = self.carried.get(each.tracking_number)
        if each.stage is Parcel.CANCELLED:
            if parcel and not parcel.cancelled:
                yield f"the carrier still carries {each.tracking_number}, whose booking was taken back"
        elif each.tracking_number and parcel is None:
            yield f"no carrier knows {each.tracking_number}"
        elif parcel and parcel.cancelled:
            yield f"the carrier has cancelled {each.tracking_number}"
        elif parcel and parcel.status is TrackingStatus.DELIVERED and each.stage is not Parcel.DELIVERED:
            yield f"{each.tracking_number} was delivered, the hub says {each.stage}"

    def _was_cut(self) -> bool:
        """Units were cancelled: Vendure lets a part-shipped order never become wholly delivered then."""
        return any(line.quantity_cancelled for line in self.order.sales.lines)

    def _all_told_delivered(self) -> bool:
        handed = [each for each in self.order.consignments if each.is_handed_over]
        return bool(handed) and all(each.told_status is TrackingStatus.DELIVERED for each in handed)


def _quantities(consignment: Consignment) -> dict[str, int]:
    units: Counter[str] = Counter()
    for part in consignment.lines:
        units[part.line_id] += part.quantity
    return dict(units)
