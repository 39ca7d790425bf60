"""Orders that waited and may go on: stock arrived, links were made, a person decided."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from hub.domain.by_hand import renumbered, shipped_by_hand
from hub.domain.changes import hold, make_history, release
from hub.domain.crossing import answer
from hub.domain.crossing_policy import Ships
from hub.domain.order import Order, Stage
from hub.domain.outcome import Outcome
from hub.domain.route import advance
from hub.domain.sharing import groups, merge, part
from hub.domain.snapshot import Snapshot, WavePlan
from hub.pipeline.books import Books
from hub.pipeline.moved import Moved
from hub.storage import holds, parcels
from hub.storage.database import UnitOfWork
from hub.storage.orders import Stored
from mappings.canonical import LineQuantity

PAGE = 200

Decide = Callable[[Order, frozenset[str], Snapshot], Outcome]
"""(order, consignments whose booking may have reached a carrier, snapshot) → outcome."""


def resume_backorders(books: Books, uow: UnitOfWork, skus: Sequence[str], after: str, now: datetime) -> str:
    """Route up to a page of back-orders that want one of these SKUs, oldest first; returns the id to go on
    from, or empty at the end."""
    ids = books.orders.backordered(uow, skus, after, PAGE)
    decide_again(books, uow, ids, _again, now)
    return ids[-1] if len(ids) == PAGE else ""


def reaudit(books: Books, uow: UnitOfWork, after: str, now: datetime) -> str:
    """Audit up to a page of held orders again, because facts changed; returns the id to go on from."""
    ids = books.orders.held(uow, after, PAGE)
    decide_again(books, uow, ids, _again, now)
    return ids[-1] if len(ids) == PAGE else ""


def release_by_time(books: Books, uow: UnitOfWork, after: str, now: datetime) -> str:
    """Audit up to a page of held orders again of which a reason ended by itself; they are then held until
    later or no more. Returns the last id if there may be more of them."""
    ids = holds.ended(uow, now, PAGE)
    decide_again(books, uow, ids, _again, now)
    return ids[-1] if len(ids) == PAGE and ids[-1] != after else ""


def _again(order: Order, sent: frozenset[str], snapshot: Snapshot) -> Outcome:
    """Somebody else may have taken the order on since its id was read: then it is left alone."""
    if order.stage in (Stage.ON_HOLD, Stage.BACKORDERED):
        order = msgspec.structs.replace(order, stage=Stage.RECEIVED)
    return Outcome(step="again", order=order)


def decide_again(
    books: Books,
    uow: UnitOfWork,
    order_ids: Sequence[str],
    decide: Decide,
    now: datetime,
    *,
    actor: str = "hub",
    wave: WavePlan | None = None,
) -> list[Order]:
    """Apply a decision to orders and take them along the route; an unchanged order leaves no trace. Those
    that wait for a wave go on only where one is given that lets them go."""
    stored = books.orders.by_ids(uow, order_ids)
    if not stored:
        return []
    snapshot = books.snapshots.load(uow, now, known=[each.order for each in stored.values()], wave=wave)
    sent = books.outbox.sent_bookings(uow, [each.order for each in stored.values()])
    moved = []
    for order_id in sorted(stored):
        each = stored[order_id]
        moved.append(
            _decided(each, decide(each.order, sent.get(order_id, frozenset()), snapshot), snapshot, actor)
        )
    books.save(uow, [each for each in moved if each.outcomes], snapshot)
    return [each.order for each in moved]


def _decided(stored: Stored, outcome: Outcome, snapshot: Snapshot, actor: str) -> Moved:
    order = outcome.order
    outcomes: tuple[Outcome, ...] = (outcome,) if outcome.reasons or outcome.effects else ()
    if order.stage is Stage.RECEIVED:
        order, more = advance(order, snapshot)
        is_same = not outcomes and order.stage is stored.order.stage and order.reasons == stored.order.reasons
        outcomes = () if is_same else (*outcomes, *more)
    return Moved(stored=stored, order=order, outcomes=outcomes, actor=actor)


def hold_orders(
    books: Books, uow: UnitOfWork, ids: Sequence[str], why: str, actor: str, now: datetime
) -> list[Order]:
    """A person stops orders; what has not left is taken back."""
    return decide_again(
        books, uow, ids, lambda order, sent, snapshot: hold(order, why, sent, snapshot), now, actor=actor
    )


def release_orders(
    books: Books,
    uow: UnitOfWork,
    ids: Sequence[str],
    why: str,
    actor: str,
    now: datetime,
    only: Sequence[str] = (),
) -> list[Order]:
    """A person overrules the reasons for which orders are held (`only` those with these codes, if any are
    given). Raises `ValueError` if one cannot be."""
    return decide_again(
        books, uow, ids, lambda order, sent, snapshot: release(order, why, only), now, actor=actor
    )


def answer_crossing(
    books: Books, uow: UnitOfWork, ids: Sequence[str], ships: Ships, why: str, actor: str, now: datetime
) -> list[Order]:
    """A person says who ships orders across territories. Raises `ValueError` where that is no question."""
    return decide_again(
        books, uow, ids, lambda order, sent, snapshot: answer(order, ships, why, snapshot), now, actor=actor
    )


def ship_by_hand(
    books: Books,
    uow: UnitOfWork,
    order_id: str,
    carrier: str,
    number: str,
    lines: Sequence[LineQuantity],
    actor: str,
    now: datetime,
) -> list[Order]:
    """A parcel that was booked elsewhere. Raises `ValueError` if that is not possible now."""

    def decide(order: Order, sent: frozenset[str], snapshot: Snapshot) -> Outcome:
        return shipped_by_hand(order, carrier, number, lines, sent, snapshot)

    return decide_again(books, uow, [order_id], decide, now, actor=actor)


def renumber(
    books: Books,
    uow: UnitOfWork,
    order_id: str,
    consignment_id: str,
    carrier: str,
    number: str,
    actor: str,
    now: datetime,
) -> list[Order]:
    """A parcel's tracking number was wrong, for all that share it. Raises `ValueError` if there is none to
    correct."""
    shared = {each.order_id: each.consignment_id for each in parcels.travelling_with(uow, consignment_id)}
    named = {**shared, order_id: consignment_id}

    def decide(order: Order, sent: frozenset[str], snapshot: Snapshot) -> Outcome:
        return renumbered(order, named[order.order_id], carrier, number, snapshot)

    return decide_again(books, uow, list(named), decide, now, actor=actor)


def merge_orders(
    books: Books, uow: UnitOfWork, order_ids: Sequence[str], actor: str, now: datetime
) -> list[Order]:
    """What waits of these orders travels together; the parcel is booked as the first one's. Raises
    `ValueError` if that is not possible now."""
    stored = books.orders.by_ids(uow, order_ids)
    orders = [stored[each].order for each in order_ids]
    snapshot = books.snapshots.load(uow, now, known=orders)
    outcomes = merge(orders, books.outbox.sent_bookings(uow, orders), snapshot)
    moved = [
        Moved(stored=stored[each.order.order_id], order=each.order, outcomes=(each,), actor=actor)
        for each in outcomes
        if each.reasons
    ]
    books.save(uow, moved, snapshot)
    return [each.order for each in outcomes]


def mergeable(books: Books, uow: UnitOfWork, limit: int) -> list[list[Order]]:
    """Up to `limit` groups of orders that may travel together and do not yet; the oldest of each first."""
    found = parcels.mergeable(uow, limit)
    stored = books.orders.by_ids(uow, [each for ids in found for each in ids], locked=False)
    return [group for ids in found for group in groups([stored[each].order for each in ids])]


def part_order(books: Books, uow: UnitOfWork, order_id: str, actor: str, now: datetime) -> list[Order]:
    """An order travels alone again. Raises `ValueError` if it shares nothing that waits."""
    return decide_again(books, uow, [order_id], lambda order, sent, _: part(order, sent), now, actor=actor)


def settle_history(books: Books, uow: UnitOfWork, connection_id: str, after: str, now: datetime) -> str:
    """A page of a connection's open orders that are older than its arming: they become history."""
    ids = books.orders.before_arming(uow, connection_id, after, PAGE)
    decide_again(books, uow, ids, make_history, now)
    return ids[-1] if len(ids) == PAGE else ""
