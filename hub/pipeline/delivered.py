"""What became of outbox messages → orders. Recorded only where the message is still this worker's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hub.domain.dispatch import (
    booked,
    booking_cancelled,
    booking_failed,
    booking_stands,
    not_told,
    quoted,
    told,
)
from hub.domain.effects import Verb
from hub.domain.order import Order, Stage
from hub.domain.outcome import Outcome
from hub.domain.route import advance
from hub.domain.snapshot import Snapshot
from hub.pipeline import campaigns
from hub.pipeline.books import Books
from hub.pipeline.companions import passengers
from hub.pipeline.moved import Moved
from hub.storage import labels, parcels, quota_tellings, shipping
from hub.storage.database import UnitOfWork
from hub.storage.levels import forget_told
from hub.storage.orders import Stored
from hub.storage.outbox import Verdict, read_levels
from mappings.canonical import Booking, RateQuote, ShownCampaign, StockRefusal, TrackingStatus
from mappings.structs import FrozenStruct


class Delivered(FrozenStruct):
    """A verdict with what the platform answered, where that matters."""

    verdict: Verdict
    booking: Booking | None = None
    quotes: tuple[RateQuote, ...] = ()
    refusals: tuple[StockRefusal, ...] = ()
    status: TrackingStatus | None = None
    number: str = ""
    shown: ShownCampaign | None = None


def record(books: Books, uow: UnitOfWork, delivered: Sequence[Delivered], now: datetime) -> int:
    """Write verdicts and what follows from them, in one transaction; returns how many were still ours."""
    order_ids = [each.verdict.message.order_id for each in delivered if each.verdict.message.order_id]
    stored = books.orders.by_ids(uow, order_ids)
    carried = _passengers(uow, stored, delivered)
    stored |= books.orders.by_ids(
        uow, {order_id for each in carried.values() for order_id, _ in each} - stored.keys()
    )
    snapshot = (
        books.snapshots.load(uow, now, known=[each.order for each in stored.values()]) if stored else None
    )
    ours = books.outbox.record(uow, [each.verdict for each in delivered], now)
    for each in delivered:
        if each.verdict.message.verb is Verb.PUSH_STOCK and each.verdict.message.id in ours:
            _stock_answered(books, uow, each, now)
        if each.verdict.message.verb in _CAMPAIGNS and each.verdict.message.id in ours:
            campaigns.answered(uow, each.verdict, each.shown, now)
    if snapshot is not None:
        told = [each for each in delivered if each.verdict.message.id in ours]
        told, snapshot = _with_quotes(books, uow, told, snapshot)
        _move(books, uow, stored, told, carried, snapshot)
        labels.keep(uow, _labels(books, stored, told), now)
    parcels.rematch(uow, [each.booking.tracking_number for each in delivered if each.booking])
    return len(ours)


_CAMPAIGNS = (Verb.RUN_CAMPAIGN, Verb.END_CAMPAIGN)


def _with_quotes(
    books: Books, uow: UnitOfWork, delivered: list[Delivered], snapshot: Snapshot
) -> tuple[list[Delivered], Snapshot]:
    """Quotes are kept, and decided about when the last carrier that was asked has answered: those that leave
    others open are not handed on."""
    quoting = [each for each in delivered if each.verdict.message.verb is Verb.QUOTE]
    if not quoting:
        return delivered, snapshot
    answers = {
        (each.verdict.message.subject, each.verdict.message.connection_id): each.quotes
        for each in quoting
        if each.verdict.state == "done"
    }
    shipping.keep_quotes(uow, answers, snapshot.now)
    still_open = books.outbox.asking(uow, [each.verdict.message.subject for each in quoting])
    handed_on = [
        each
        for each in delivered
        if each.verdict.message.verb is not Verb.QUOTE or each.verdict.message.subject not in still_open
    ]
    return handed_on, replace(snapshot, shipping=snapshot.shipping.with_quotes(answers))


def _labels(books: Books, stored: Mapping[str, Stored], delivered: Sequence[Delivered]) -> dict[str, bytes]:
    """What carriers gave to print, sealed with the keys of the stores."""
    found = {}
    for each in delivered:
        message = each.verdict.message
        if each.booking and each.booking.label_url and message.order_id in stored:
            key = books.connections.key(stored[message.order_id].order.connection_id)
            found[message.subject] = key.seal(
                each.booking.label_url.encode(), labels.purpose(message.subject)
            )
    return found


def _move(
    books: Books,
    uow: UnitOfWork,
    stored: Mapping[str, Stored],
    delivered: Sequence[Delivered],
    carried: Mapping[str, Sequence[tuple[str, str]]],
    snapshot: Snapshot,
) -> None:
    moved = {order_id: Moved(stored=each, order=each.order, outcomes=()) for order_id, each in stored.items()}
    for each in delivered:
        message = each.verdict.message
        for order_id, consignment_id in [(message.order_id, message.subject), *carried.get(message.id, ())]:
            if order_id in moved:
                moved[order_id] = _followed(moved[order_id], consignment_id, each, snapshot)
    books.save(uow, [each for each in moved.values() if each.outcomes], snapshot)


def _passengers(
    uow: UnitOfWork, stored: Mapping[str, Stored], delivered: Sequence[Delivered]
) -> dict[str, list[tuple[str, str]]]:
    """Message about a booking → (order id, consignment id) of those that share it."""
    messages = [
        each.verdict.message
        for each in delivered
        if each.verdict.message.verb in (Verb.BOOK, Verb.CANCEL_BOOKING)
        and each.verdict.message.order_id in stored
    ]
    leads = [stored[each.order_id].order.consignment(each.subject) for each in messages]
    found = passengers(uow, leads)
    return {each.id: found[each.subject] for each in messages if each.subject in found}


def _followed(before: Moved, consignment_id: str, delivered: Delivered, snapshot: Snapshot) -> Moved:
    outcome = _outcome(before.order, consignment_id, delivered, snapshot)
    if outcome is None:
        return before
    order, outcomes = outcome.order, (*before.outcomes, outcome)
    if order.stage is Stage.RECEIVED:
        order, more = advance(order, snapshot)
        outcomes = (*outcomes, *more)
    return Moved(stored=before.stored, order=order, outcomes=outcomes)


def _outcome(order: Order, subject: str, delivered: Delivered, snapshot: Snapshot) -> Outcome | None:
    verdict = delivered.verdict
    is_done = verdict.outcome == "done"
    match verdict.message.verb:
        case Verb.QUOTE:
            return quoted(order, subject, snapshot)
        case Verb.BOOK if is_done and delivered.booking:
            return booked(order, subject, delivered.booking, snapshot)
        case Verb.BOOK if verdict.outcome == "refused" or verdict.state == "withdrawn":
            return booking_failed(order, subject, snapshot)
        case Verb.CANCEL_BOOKING if is_done:
            return booking_cancelled(order, subject, snapshot)
        case Verb.CANCEL_BOOKING if verdict.outcome == "refused":
            return booking_stands(order, subject, verdict.error, snapshot)
        case Verb.PUSH_FULFILMENT if is_done:
            return told(order, subject, None, snapshot, delivered.number)
        case Verb.PUSH_FULFILMENT if verdict.state == "withdrawn":
            return not_told(order, subject, snapshot)
        case Verb.PUSH_STATUS if is_done:
            return told(order, subject, delivered.status, snapshot)
        case _:
            return None


def _stock_answered(books: Books, uow: UnitOfWork, delivered: Delivered, now: datetime) -> None:
    """Levels that the store did not take are told again with the next change; quotas of which nobody knows
    whether it took them are closed at once."""
    message, verdict = delivered.verdict.message, delivered.verdict
    levels = read_levels(message.document)
    refused = {each.listing_id for each in (levels if verdict.state == "parked" else delivered.refusals)}
    if verdict.state == "done":
        accepted = [each for each in levels if each.listing_id not in refused]
        quota_tellings.taken(uow, message.connection_id, accepted, now)
    else:
        again = quota_tellings.doubted(uow, message.connection_id, levels)
        if again:
            books.outbox.put_stock(uow, {message.connection_id: again}, now)
    forget_told(uow, message.connection_id, sorted(refused))
