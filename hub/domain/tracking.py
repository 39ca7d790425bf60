"""What a carrier says becomes how far a consignment got: by the events' own time, never by arrival."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from hub.domain.dispatch import booking_cancelled, handed_over, settle, status_news
from hub.domain.effects import CaseKind, Effect, OpenCase
from hub.domain.order import Order, Parcel, Reason
from hub.domain.outcome import Outcome
from hub.domain.snapshot import Snapshot
from mappings.canonical import TrackingEvent, TrackingStatus

replace = msgspec.structs.replace

MOVING = frozenset(TrackingStatus) - {
    TrackingStatus.PRE_TRANSIT,
    TrackingStatus.CANCELLED,
    TrackingStatus.UNKNOWN,
    TrackingStatus.EXCEPTION,
    TrackingStatus.LOST,
}
"""The carrier has the parcel in hand."""

_ENDS = {
    TrackingStatus.DELIVERED: Parcel.DELIVERED,
    TrackingStatus.RETURNED: Parcel.RETURNED,
    TrackingStatus.LOST: Parcel.LOST,
}

_REOPENS: dict[TrackingStatus, frozenset[TrackingStatus]] = {
    TrackingStatus.DELIVERED: frozenset({TrackingStatus.RETURNING, TrackingStatus.RETURNED}),
    TrackingStatus.RETURNED: frozenset(),
    TrackingStatus.LOST: frozenset(TrackingStatus) - {TrackingStatus.UNKNOWN, TrackingStatus.PRE_TRANSIT},
}
"""Ends are sticky: a late upload or a photo after delivery must not reopen a parcel; these newer news do."""


def progress(events: Iterable[TrackingEvent]) -> tuple[TrackingStatus, datetime | None]:
    """The status after all events of a parcel, whatever order they arrived in. Events without a known time
    count only while no timed one is known; among them, and among equal times, the furthest decides."""
    known = [event for event in events if event.status is not TrackingStatus.UNKNOWN]
    timed = [event for event in known if event.occurred_at is not None]
    status, status_at = TrackingStatus.PRE_TRANSIT, None
    for event in sorted(timed or known, key=_turn):
        if event.status in _REOPENS.get(status, _ANY):
            status, status_at = event.status, event.occurred_at
    return status, status_at


def _turn(event: TrackingEvent) -> tuple[datetime, int]:
    return event.occurred_at or _EVER, _JOURNEY.index(event.status)


_ANY = frozenset(TrackingStatus)
_JOURNEY = tuple(TrackingStatus)
_EVER = datetime.max.replace(tzinfo=UTC)


def tracked(
    order: Order,
    consignment_id: str,
    fresh: tuple[TrackingEvent, ...],
    known: tuple[TrackingEvent, ...],
    snapshot: Snapshot,
) -> Outcome:
    """Apply the events of one parcel that are new to us, beside those that are `known`."""
    consignment = order.consignment(consignment_id)
    status, status_at = progress((*known, *fresh))
    if consignment.stage is Parcel.CANCELLED:
        return _after_cancellation(order, consignment_id, fresh)
    if status is TrackingStatus.CANCELLED and not consignment.is_handed_over:
        return _cancelled_by_carrier(order, consignment_id, snapshot)
    effects: list[Effect] = []
    first_move = min(
        (each.occurred_at or snapshot.now for each in fresh if each.status in MOVING), default=None
    )
    if first_move is not None and not consignment.is_handed_over:
        order, gone = handed_over(order, consignment_id, first_move, snapshot)
        effects += gone
    consignment = replace(order.consignment(consignment_id), status=status, status_at=status_at)
    if consignment.is_handed_over:
        stage = _ENDS.get(status, Parcel.DISPATCHED)
        if stage is not consignment.stage:
            effects += _news(order, consignment_id, stage)
        consignment = replace(consignment, stage=stage)
    was = order.consignment(consignment_id).stage
    order = order.with_consignment(consignment)
    if consignment.stage is Parcel.DELIVERED and was is not Parcel.DELIVERED:
        effects += status_news(order, consignment_id, snapshot)
    reasons = (Reason(code=f"tracking_{status}", text=f"{consignment.tracking_number} is {status}"),)
    return Outcome(step="track", order=settle(order, snapshot), reasons=reasons, effects=tuple(effects))


def _news(order: Order, consignment_id: str, stage: Parcel) -> list[Effect]:
    kinds = {Parcel.RETURNED: CaseKind.RETURNED, Parcel.LOST: CaseKind.LOST}
    if stage not in kinds:
        return []
    return [
        OpenCase(
            order_id=order.order_id,
            kind=kinds[stage],
            consignment_id=consignment_id,
            reason=f"the carrier reports the parcel as {stage}",
        )
    ]


def _cancelled_by_carrier(order: Order, consignment_id: str, snapshot: Snapshot) -> Outcome:
    if order.consignment(consignment_id).stage is Parcel.CANCELLING:
        return booking_cancelled(order, consignment_id, snapshot)
    case = OpenCase(
        order_id=order.order_id,
        kind=CaseKind.CANCELLED_BY_CARRIER,
        consignment_id=consignment_id,
        reason="the carrier cancelled the waybill without being asked",
    )
    reasons = (Reason(code="cancelled_by_carrier", text=case.reason),)
    return Outcome(step="track", order=order, reasons=reasons, effects=(case,))


def _after_cancellation(order: Order, consignment_id: str, events: tuple[TrackingEvent, ...]) -> Outcome:
    if not any(event.status in MOVING for event in events):
        return Outcome(step="track", order=order)
    case = OpenCase(
        order_id=order.order_id,
        kind=CaseKind.MOVED_AFTER_CANCELLATION,
        consignment_id=consignment_id,
        reason="the carrier moves a parcel whose booking was taken back",
    )
    reasons = (Reason(code="moved_after_cancellation", text=case.reason),)
    return Outcome(step="track", order=order, reasons=reasons, effects=(case,))
