"""An order as the hub knows it: what the platform says, how far we took it, and what we send where."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from mappings.canonical import SalesOrder, TrackingStatus
from mappings.structs import FrozenStruct


class Stage(StrEnum):
    """How far the hub took an order. What others report (payment, tracking) are facts beside it."""

    RECEIVED = "received"
    ON_HOLD = "on_hold"
    APPROVED = "approved"
    BACKORDERED = "backordered"
    ALLOCATED = "allocated"
    RELEASED = "released"
    DISPATCHED = "dispatched"
    CLOSED = "closed"
    CANCELLED = "cancelled"


MOVES: Mapping[Stage, frozenset[Stage]] = {
    Stage.RECEIVED: frozenset({Stage.APPROVED, Stage.ON_HOLD, Stage.CLOSED, Stage.CANCELLED}),
    Stage.ON_HOLD: frozenset({Stage.RECEIVED, Stage.CLOSED, Stage.CANCELLED}),
    Stage.APPROVED: frozenset(
        {Stage.APPROVED, Stage.ALLOCATED, Stage.BACKORDERED, Stage.RECEIVED, Stage.CLOSED}
    ),
    Stage.BACKORDERED: frozenset({Stage.APPROVED, Stage.RECEIVED, Stage.CANCELLED, Stage.CLOSED}),
    Stage.ALLOCATED: frozenset({Stage.RELEASED}),
    Stage.RELEASED: frozenset({Stage.DISPATCHED, Stage.RECEIVED, Stage.CANCELLED, Stage.CLOSED}),
    Stage.DISPATCHED: frozenset({Stage.CLOSED, Stage.RECEIVED, Stage.RELEASED}),
    Stage.CLOSED: frozenset(),
    Stage.CANCELLED: frozenset(),
}
"""Allowed moves; a test walks the graph for stages that cannot be reached or left."""

FINAL = frozenset({Stage.CLOSED, Stage.CANCELLED})


class Parcel(StrEnum):
    """How far one consignment got."""

    PLANNED = "planned"
    RELEASED = "released"
    BOOKED = "booked"
    CANCELLING = "cancelling"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"


LIVE = frozenset({Parcel.PLANNED, Parcel.RELEASED, Parcel.BOOKED, Parcel.CANCELLING, Parcel.DISPATCHED})
HANDED_OVER = frozenset({Parcel.DISPATCHED, Parcel.DELIVERED, Parcel.RETURNED, Parcel.LOST})


class Reserved(FrozenStruct):
    """So many units of one SKU at the consignment's location, promised to one order line."""

    line_id: str
    sku: str
    quantity: int


class Consignment(FrozenStruct):
    """What one location sends to one address, in one parcel. `consignment_id` is also our reference at
    the carrier, so it never changes over repetitions. `former_numbers` were its tracking numbers until a
    person corrected them. `shared_as` names the consignment, perhaps of another order, that is booked for all
    that share one parcel; empty: it travels alone. `department_id` and `service`: who sends it and how, where
    departments choose. `dispatch_on` is the location's day that it takes room of, where it has days."""

    consignment_id: str
    location_id: str
    lines: tuple[Reserved, ...]
    stage: Parcel = Parcel.PLANNED
    carrier_connection_id: str = ""
    carrier: str = ""
    tracking_number: str = ""
    carrier_order_id: str = ""
    booked_at: datetime | None = None
    handed_over_at: datetime | None = None
    status: TrackingStatus = TrackingStatus.PRE_TRANSIT
    status_at: datetime | None = None
    told: bool = False
    told_status: TrackingStatus | None = None
    former_numbers: tuple[str, ...] = ()
    collect: Decimal | None = None
    shared_as: str = ""
    department_id: str = ""
    service: str = ""
    dispatch_on: date | None = None

    @property
    def booked_as(self) -> str:
        """The consignment under whose id the carrier knows its parcel."""
        return self.shared_as or self.consignment_id

    @property
    def is_passenger(self) -> bool:
        """Another consignment is booked for it."""
        return self.booked_as != self.consignment_id

    @property
    def is_live(self) -> bool:
        return self.stage in LIVE

    @property
    def is_handed_over(self) -> bool:
        return self.stage in HANDED_OVER

    @property
    def waits_for_quotes(self) -> bool:
        """Carriers were asked for their price, and none is chosen yet."""
        is_open = self.stage is Parcel.RELEASED and not self.carrier_connection_id
        return is_open and bool(self.department_id)

    @property
    def may_be_told(self) -> bool:
        """The store knows it, or may have been told just now by somebody who has not reported yet."""
        return self.told or self.is_handed_over or self.stage in (Parcel.BOOKED, Parcel.CANCELLING)

    @property
    def is_told_in_vain(self) -> bool:
        """The store calls its units fulfilled, and it will never come: whatever ships instead corrects it."""
        return self.told and self.stage is Parcel.CANCELLED


def order_of(consignment_id: str) -> str:
    """The id of the order that a consignment belongs to."""
    return consignment_id.rpartition("-")[0]


def units_of(consignments: Iterable[Consignment]) -> dict[str, int]:
    """Line id → units in consignments."""
    units: dict[str, int] = {}
    for consignment in consignments:
        for part in consignment.lines:
            units[part.line_id] = units.get(part.line_id, 0) + part.quantity
    return units


class Reason(FrozenStruct, omit_defaults=True):
    """Why: a stable code for machines and a sentence for people. Never holds personal values.

    `until`: the reason ends by itself at this instant, and the order is audited again.
    """

    code: str
    text: str
    until: datetime | None = None


UNMAPPED = "unmapped_sku"
"""Code of the audit rule that every line has a SKU."""


class Order(FrozenStruct):
    """`waived` are codes of audit rules that a person overruled; `person_hold` is why a person stopped it.
    `skus` maps line ids to the SKUs that the last audit found, `elsewhere` to units that others shipped.
    `inbox_id` names the document that `sales` was read from, `refused_by` locations that cannot serve it;
    `crossing` is who ships across territories, where a person said so; at `due_at` everything must have
    left."""

    order_id: str
    connection_id: str
    store_id: str
    sales: SalesOrder
    inbox_id: str = ""
    stage: Stage = Stage.RECEIVED
    reasons: tuple[Reason, ...] = ()
    consignments: tuple[Consignment, ...] = ()
    skus: Mapping[str, str] = msgspec.field(default_factory=dict)
    elsewhere: Mapping[str, int] = msgspec.field(default_factory=dict)
    waived: tuple[str, ...] = ()
    person_hold: str = ""
    refused_by: tuple[str, ...] = ()
    crossing: str = ""
    due_at: datetime | None = None
    is_history: bool = False

    def units_in_hand(self, line_id: str) -> int:
        """Units of a line in consignments that are live or left us; cancelled ones gave theirs back."""
        return sum(
            part.quantity
            for consignment in self.consignments
            if consignment.stage is not Parcel.CANCELLED
            for part in consignment.lines
            if part.line_id == line_id
        )

    def units_to_ship(self) -> dict[str, int]:
        """Line id → units that we still have to ship. Lines without SKU are left out once a person waived
        that rule: somebody else ships them."""
        units = self.units_open()
        if UNMAPPED not in self.waived:
            return units
        return {line_id: quantity for line_id, quantity in units.items() if line_id in self.skus}

    def units_open(self) -> dict[str, int]:
        """Line id → units that nobody ships yet; only lines that are ours, only positive numbers.

        The platform learns late of units in our own consignments, and we of consignments that it forgot:
        the larger of both counts. What it was told of a parcel that was taken back does not count.
        """
        in_vain = units_of(each for each in self.consignments if each.is_told_in_vain)
        open_units = {
            line.line_id: line.quantity_wanted
            - max(
                line.quantity_fulfilled - in_vain.get(line.line_id, 0),
                self.elsewhere.get(line.line_id, 0) + self.units_in_hand(line.line_id),
            )
            for line in self.sales.lines
            if line.is_ours_to_ship
        }
        return {line_id: units for line_id, units in open_units.items() if units > 0}

    def with_sales(self, sales: SalesOrder) -> "Order":
        """The same order with what the platform says now. Units that it calls fulfilled beyond those that it
        can know from us were shipped by somebody else, and stay so when it hears of ours."""
        ours = units_of(each for each in self.consignments if each.may_be_told)
        elsewhere = {
            line.line_id: min(
                line.quantity_fulfilled,
                max(
                    self.elsewhere.get(line.line_id, 0),
                    line.quantity_fulfilled - ours.get(line.line_id, 0),
                ),
            )
            for line in sales.lines
        }
        others = {line_id: units for line_id, units in elsewhere.items() if units > 0}
        return msgspec.structs.replace(self, sales=sales, elsewhere=others)

    def consignment(self, consignment_id: str) -> Consignment:
        return next(each for each in self.consignments if each.consignment_id == consignment_id)

    def with_consignment(self, changed: Consignment) -> "Order":
        """The same order with one consignment replaced."""
        return msgspec.structs.replace(
            self,
            consignments=tuple(
                changed if each.consignment_id == changed.consignment_id else each
                for each in self.consignments
            ),
        )


def headline(order: Order) -> str:
    """One line for people, from the stage and the facts beside it."""
    if order.sales.cancelled_at and order.stage not in FINAL:
        return f"{order.stage}, but cancelled by the buyer"
    if any(each.stage is Parcel.CANCELLING for each in order.consignments):
        return f"{order.stage}, taking a booking back"
    if order.reasons and order.stage in (Stage.ON_HOLD, Stage.BACKORDERED, Stage.CLOSED, Stage.CANCELLED):
        return f"{order.stage}: {order.reasons[0].text}"
    return str(order.stage)
