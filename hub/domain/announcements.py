"""What the hub tells programs that asked for it (outgoing webhooks): which decisions are announced, and how
little is said of each. Identifiers, numbers, stages and codes of reasons; whoever wants more asks the API.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from hub.domain.effects import OpenCase
from hub.domain.order import Consignment, Order, Parcel, Reason, Stage
from hub.domain.outcome import Outcome
from mappings.structs import FrozenStruct


class EventType(StrEnum):
    """Names that endpoints choose from; a name never changes its meaning."""

    ORDER_RECEIVED = "order.received"
    ORDER_HELD = "order.held"
    ORDER_APPROVED = "order.approved"
    ORDER_BACKORDERED = "order.backordered"
    ORDER_ALLOCATED = "order.allocated"
    ORDER_RELEASED = "order.released"
    ORDER_DISPATCHED = "order.dispatched"
    ORDER_CLOSED = "order.closed"
    ORDER_CANCELLED = "order.cancelled"
    PARCEL_BOOKED = "parcel.booked"
    PARCEL_DISPATCHED = "parcel.dispatched"
    PARCEL_DELIVERED = "parcel.delivered"
    PARCEL_RETURNED = "parcel.returned"
    PARCEL_LOST = "parcel.lost"
    PARCEL_CANCELLED = "parcel.cancelled"
    CASE_OPENED = "case.opened"
    WEBHOOK_TEST = "webhook.test"


OF_STAGES: Mapping[Stage, EventType] = {
    Stage.ON_HOLD: EventType.ORDER_HELD,
    Stage.APPROVED: EventType.ORDER_APPROVED,
    Stage.BACKORDERED: EventType.ORDER_BACKORDERED,
    Stage.ALLOCATED: EventType.ORDER_ALLOCATED,
    Stage.RELEASED: EventType.ORDER_RELEASED,
    Stage.DISPATCHED: EventType.ORDER_DISPATCHED,
    Stage.CLOSED: EventType.ORDER_CLOSED,
    Stage.CANCELLED: EventType.ORDER_CANCELLED,
}
OF_PARCELS: Mapping[Parcel, EventType] = {
    Parcel.BOOKED: EventType.PARCEL_BOOKED,
    Parcel.DISPATCHED: EventType.PARCEL_DISPATCHED,
    Parcel.DELIVERED: EventType.PARCEL_DELIVERED,
    Parcel.RETURNED: EventType.PARCEL_RETURNED,
    Parcel.LOST: EventType.PARCEL_LOST,
    Parcel.CANCELLED: EventType.PARCEL_CANCELLED,
}


class Facts(FrozenStruct, omit_defaults=True):
    """The `data` of an announcement. `external_id` and `order_number` are the platform's; `case` is its
    kind."""

    order_id: str = ""
    store_id: str = ""
    external_id: str = ""
    order_number: str = ""
    stage: str = ""
    reasons: tuple[str, ...] = ()
    parcel_id: str = ""
    location_id: str = ""
    carrier: str = ""
    tracking_number: str = ""
    case: str = ""


class Announcement(FrozenStruct):
    """The body of a webhook."""

    type: EventType
    timestamp: datetime
    data: Facts


def announce(
    before: Order | None, after: Order, outcomes: Sequence[Outcome], now: datetime
) -> list[Announcement]:
    """What happened to an order, in its order. `before` null: it is new. History has no effects, so it
    announces nothing."""
    if after.is_history:
        return []
    found = [] if before else [(EventType.ORDER_RECEIVED, _order(after, Stage.RECEIVED, ()))]
    if before is None or _standing(before) != _standing(after):
        found += _stages(before.stage if before else Stage.RECEIVED, outcomes)
    found += _parcels(before.consignments if before else (), after)
    return [Announcement(type=kind, timestamp=now, data=facts) for kind, facts in found]


def announce_case(case: OpenCase, order: Order, now: datetime) -> Announcement:
    """A parcel that a person has to look after."""
    facts = Facts(
        order_id=order.order_id,
        store_id=order.store_id,
        external_id=order.sales.external_id,
        order_number=order.sales.order_number,
        parcel_id=case.consignment_id,
        case=case.kind,
    )
    return Announcement(type=EventType.CASE_OPENED, timestamp=now, data=facts)


def _standing(order: Order) -> tuple[Stage, tuple[str, ...]]:
    """An order that was audited again and waits as before is no news."""
    return order.stage, tuple(each.code for each in order.reasons)


def _stages(stage: Stage, outcomes: Sequence[Outcome]) -> list[tuple[EventType, Facts]]:
    found = []
    for outcome in outcomes:
        reached = outcome.order.stage
        if reached in OF_STAGES and (reached is not stage or reached is Stage.ON_HOLD):
            found.append((OF_STAGES[reached], _order(outcome.order, reached, outcome.order.reasons)))
        stage = reached
    return found


def _parcels(before: Sequence[Consignment], after: Order) -> list[tuple[EventType, Facts]]:
    stages = {each.consignment_id: each.stage for each in before}
    return [
        (OF_PARCELS[each.stage], _parcel(after, each))
        for each in after.consignments
        if each.stage in OF_PARCELS and each.stage is not stages.get(each.consignment_id)
    ]


def _order(order: Order, stage: Stage, reasons: Sequence[Reason]) -> Facts:
    return Facts(
        order_id=order.order_id,
        store_id=order.store_id,
        external_id=order.sales.external_id,
        order_number=order.sales.order_number,
        stage=stage,
        reasons=tuple(dict.fromkeys(each.code for each in reasons)),
    )


def _parcel(order: Order, parcel: Consignment) -> Facts:
    return Facts(
        order_id=order.order_id,
        store_id=order.store_id,
        external_id=order.sales.external_id,
        order_number=order.sales.order_number,
        stage=parcel.stage,
        parcel_id=parcel.consignment_id,
        location_id=parcel.location_id,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
    )
