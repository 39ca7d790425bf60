"""Carriers' reports → consignments. Known events vanish; new ones move the consignment by their own time."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hub.domain.dispatch import booked
from hub.domain.order import Stage
from hub.domain.route import advance
from hub.domain.tracking import tracked
from hub.pipeline.books import Books
from hub.pipeline.moved import Moved
from hub.storage import parcels
from hub.storage.database import UnitOfWork
from hub.storage.inbox import InboxRow, Result
from hub.storage.parcels import Found
from mappings.canonical import Booking, TrackingEvent, TrackingReport
from mappings.structs import FrozenStruct


class Reported(FrozenStruct):
    """A tracking document and the reports in it."""

    row: InboxRow
    reports: tuple[TrackingReport, ...]


def take_reports(books: Books, uow: UnitOfWork, reported: Sequence[Reported], now: datetime) -> list[Result]:
    """Apply reports; one about no parcel of ours waits as `unmatched` until its number is booked."""
    if not reported:
        return []
    reports = [(each.row, report) for each in reported for report in each.reports]
    found = parcels.find(
        uow,
        [report.tracking_number for _, report in reports],
        [report.reference for _, report in reports],
    )
    matched = {each.row.id for each in reported if not each.reports}
    events: dict[str, dict[str, TrackingEvent]] = {}
    owners: dict[str, str] = {}
    learnt: dict[str, Booking] = {}
    for row, report in reports:
        for parcel in _of_report(report, found):
            matched.add(row.id)
            owners[parcel.consignment_id] = parcel.order_id
            if not parcel.tracking_number:
                learnt[parcel.consignment_id] = _booking(report)
            fresh = events.setdefault(parcel.consignment_id, {})
            fresh.update({parcels.identity(event): event for event in report.events})
    _apply(books, uow, events, owners, learnt, now)
    return [_result(each.row, each.row.id in matched) for each in reported]


def _booking(report: TrackingReport) -> Booking:
    """A report under our reference whose number we do not know: the booking's own answer was lost or is still
    to be read back, and the store must not be told of a parcel without a number."""
    return Booking(reference=report.reference, carrier=report.carrier, tracking_number=report.tracking_number)


def _result(row: InboxRow, is_matched: bool) -> Result:
    if is_matched:
        return Result(id=row.id, state="done")
    return Result(id=row.id, state="unmatched", reason="no parcel of ours has this number yet")


def _of_report(report: TrackingReport, found: Sequence[Found]) -> list[Found]:
    if report.reference and any(each.consignment_id == report.reference for each in found):
        return [each for each in found if report.reference in (each.consignment_id, each.shared_as)]
    same = [each for each in found if each.tracking_number == report.tracking_number]
    return [each for each in same if each.carrier == report.carrier] or _together(same)


def _together(same: Sequence[Found]) -> list[Found]:
    """The first, and what shares its parcel."""
    return [each for each in same if each == same[0] or each.shared_as == same[0].shared_as != ""]


def _apply(
    books: Books,
    uow: UnitOfWork,
    events: Mapping[str, Mapping[str, TrackingEvent]],
    owners: Mapping[str, str],
    learnt: Mapping[str, Booking],
    now: datetime,
) -> None:
    if not events:
        return
    stored = books.orders.by_ids(uow, owners.values())
    known = parcels.known_events(uow, sorted(events))
    snapshot = books.snapshots.load(uow, now, known=[each.order for each in stored.values()])
    moved = {order_id: Moved(stored=each, order=each.order, outcomes=()) for order_id, each in stored.items()}
    added: list[tuple[str, TrackingEvent]] = []
    for consignment_id in sorted(events):
        seen = known.get(consignment_id, {})
        fresh = tuple(event for identity, event in events[consignment_id].items() if identity not in seen)
        if not fresh:
            continue
        added += [(consignment_id, event) for event in fresh]
        before = moved[owners[consignment_id]]
        if booking := learnt.get(consignment_id):
            told = booked(before.order, consignment_id, booking, snapshot)
            before = Moved(stored=before.stored, order=told.order, outcomes=(*before.outcomes, told))
        outcome = tracked(before.order, consignment_id, fresh, tuple(seen.values()), snapshot)
        order, outcomes = outcome.order, (*before.outcomes, outcome)
        if order.stage is Stage.RECEIVED:
            order, more = advance(order, snapshot)
            outcomes = (*outcomes, *more)
        moved[order.order_id] = Moved(stored=before.stored, order=order, outcomes=outcomes)

    def seal(text: str, consignment_id: str) -> bytes:
        key = books.connections.key(moved[owners[consignment_id]].order.connection_id)
        return key.seal(text.encode(), f"tracking:{consignment_id}")

    parcels.add_events(uow, added, seal, now)
    books.save(uow, [each for each in moved.values() if each.outcomes], snapshot)
