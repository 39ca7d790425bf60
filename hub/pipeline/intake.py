"""Documents → orders along the route. One batch, one transaction:

claim documents → read each (the unreadable are parked one by one, never the batch)
→ find known orders → one snapshot → new ones take the route, changed ones are amended
→ save orders, decisions, reservations, outbox → mark the documents
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from hub.domain.changes import amend, is_older
from hub.domain.order import Order, Reason, Stage
from hub.domain.outcome import Outcome
from hub.domain.route import advance
from hub.domain.snapshot import ConnectionFacts, Snapshot
from hub.pipeline.books import Books
from hub.pipeline.moved import Moved
from hub.pipeline.tracking import Reported, take_reports
from hub.storage import drift, levels, stores
from hub.storage.database import UnitOfWork
from hub.storage.inbox import InboxRow, Result
from hub.storage.orders import Stored
from mappings.canonical import Listing, SalesOrder
from mappings.contracts import Mappings, StoreMapping
from mappings.errors import MappingError

DRIFT_SAMPLE = 5
"""Documents per batch that are searched for fields nobody named; all of them in a small batch."""

LARGEST_DOCUMENT = 8 * 2**20
"""Bytes; the largest orders that platforms allow (Shopify: 500 lines) stay below a tenth of it."""


@dataclass
class _Batch:
    orders: list[tuple[InboxRow, SalesOrder]] = field(default_factory=list)
    listings: list[tuple[InboxRow, Listing]] = field(default_factory=list)
    reports: list[Reported] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)


def work_inbox(
    books: Books, mappings: Mappings, uow: UnitOfWork, lane: str, limit: int, now: datetime
) -> int:
    """Work off up to `limit` documents of a lane; returns how many there were."""
    rows = books.inbox.claim(uow, lane, limit)
    if not rows:
        return 0
    facts = books.connections.facts(uow)
    batch = _read(books, mappings, rows, facts)
    _note_drift(books, mappings, uow, batch, facts, now)
    batch.results += _take_orders(books, uow, batch.orders, facts, now)
    stores.save_listings(uow, [(row.connection_id, listing) for row, listing in batch.listings], now)
    batch.results += [Result(id=row.id, state="done") for row, _ in batch.listings]
    batch.results += take_reports(books, uow, batch.reports, now)
    books.inbox.finish(uow, batch.results, now)
    return len(rows)


def _read(
    books: Books, mappings: Mappings, rows: Sequence[InboxRow], facts: Mapping[str, ConnectionFacts]
) -> _Batch:
    batch = _Batch()
    for row in rows:
        platform = facts[row.connection_id].platform
        try:
            document = _opened(books, row)
            if row.topic == "order":
                batch.orders.append((row, mappings.stores[platform].read_order(document)))
            elif row.topic == "listing":
                batch.listings.append((row, mappings.stores[platform].read_listing(document)))
            elif row.topic == "unread":
                raise MappingError("$", "a genuine webhook that its connector cannot read")
            else:
                reports = mappings.carriers[platform].read_tracking(document)
                batch.reports.append(Reported(row=row, reports=reports))
        except MappingError as error:
            batch.results.append(Result(id=row.id, state="parked", path=error.path, reason=error.reason))
        except Exception as error:  # a foreign mapping may fail in any way; its document must not stop others
            reason = f"the mapping of {platform} failed with {type(error).__name__}"
            batch.results.append(Result(id=row.id, state="parked", path="$", reason=reason))
    return batch


def _opened(books: Books, row: InboxRow) -> bytes:
    if row.document is None:
        raise MappingError("$", "the document was thrown away after its time")
    document = books.connections.key(row.connection_id).open(row.document, f"inbox:{row.id}")
    if len(document) > LARGEST_DOCUMENT:
        raise MappingError("$", f"is larger than {LARGEST_DOCUMENT // 2**20} MiB")
    return document


def _note_drift(
    books: Books,
    mappings: Mappings,
    uow: UnitOfWork,
    batch: _Batch,
    facts: Mapping[str, ConnectionFacts],
    now: datetime,
) -> None:
    seen: dict[tuple[str, str], int] = {}
    for row, _ in batch.orders[:DRIFT_SAMPLE]:
        platform = facts[row.connection_id].platform
        for path in _unnamed(mappings.stores[platform], _opened(books, row)):
            seen[platform, path] = seen.get((platform, path), 0) + 1
    drift.count(uow, seen, now)


def _unnamed(mapping: StoreMapping, document: bytes) -> set[str]:
    try:
        return mapping.unknown_order_fields(document)
    except Exception:  # a radar in a foreign mapping; what it dies of must not park a readable order
        return set()


def _take_orders(
    books: Books,
    uow: UnitOfWork,
    arrived: Sequence[tuple[InboxRow, SalesOrder]],
    facts: Mapping[str, ConnectionFacts],
    now: datetime,
) -> list[Result]:
    if not arrived:
        return []
    keys = {(row.connection_id, sales.external_id) for row, sales in arrived}
    known = books.orders.by_external_ids(uow, sorted(keys))
    ids = {key: known[key].order.order_id if key in known else books.new_id() for key in _in_turn(arrived)}
    snapshot = books.snapshots.load(
        uow,
        now,
        arriving=[(ids[row.connection_id, s.external_id], row.connection_id, s) for row, s in arrived],
        known=[stored.order for stored in known.values()],
    )
    sent = books.outbox.sent_bookings(uow, [stored.order for stored in known.values()])
    moved: dict[tuple[str, str], Moved] = {}
    results: list[Result] = []
    for row, sales in arrived:
        key = (row.connection_id, sales.external_id)
        before = moved.get(key) or _loaded(known.get(key))
        if before is None:
            order = _new_order(ids[key], facts[row.connection_id], sales, row.id)
            order, outcomes = advance(order, snapshot)
            moved[key] = Moved(stored=Stored(order=order), order=order, outcomes=outcomes, inbox_id=row.id)
        elif is_older(sales, row.id, before.order):
            results.append(Result(id=row.id, state="superseded", reason="older than what we know"))
            continue
        elif sales == before.order.sales:
            order = msgspec.structs.replace(before.order, inbox_id=row.id)
            moved[key] = msgspec.structs.replace(before, order=order)
        else:
            moved[key] = _amended(before, sales, sent.get(ids[key], frozenset()), snapshot, row.id)
        results.append(Result(id=row.id, state="done"))
    books.save(uow, list(moved.values()), snapshot)
    levels.sold_there(uow, sorted({each for one in moved.values() for each in _sold(one)}), now)
    return results


def _sold(moved: Moved) -> set[tuple[str, str]]:
    """(connection id, listing id) of which the platform itself counts more or fewer units than before, also
    by lines that are gone."""
    before = _units(moved.stored.was.sales) if moved.stored.was else {}
    now = _units(moved.order.sales)
    changed = (key for key in before.keys() | now.keys() if before.get(key) != now.get(key))
    return {(moved.order.connection_id, listing_id) for _, listing_id in changed if listing_id}


def _units(sales: SalesOrder) -> dict[tuple[str, str], tuple[bool, int]]:
    """(line id, listing id) → is the order cancelled, and units wanted."""
    is_cancelled = sales.cancelled_at is not None
    return {(line.line_id, line.listing_id): (is_cancelled, line.quantity_wanted) for line in sales.lines}


def _in_turn(arrived: Sequence[tuple[InboxRow, SalesOrder]]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((row.connection_id, sales.external_id) for row, sales in arrived))


def _loaded(stored: Stored | None) -> Moved | None:
    return Moved(stored=stored, order=stored.order, outcomes=()) if stored else None


def _new_order(order_id: str, connection: ConnectionFacts, sales: SalesOrder, inbox_id: str) -> Order:
    order = Order(
        order_id=order_id,
        connection_id=connection.connection_id,
        store_id=connection.store_id,
        sales=sales,
        inbox_id=inbox_id,
    )
    return order.with_sales(sales)


def _amended(
    before: Moved, sales: SalesOrder, sent: frozenset[str], snapshot: Snapshot, inbox_id: str
) -> Moved:
    change = amend(msgspec.structs.replace(before.order, inbox_id=inbox_id), sales, sent, snapshot)
    order = change.order
    outcomes: tuple[Outcome, ...] = (change,)
    if order.stage is Stage.RECEIVED:
        order, more = advance(order, snapshot)
        outcomes = (change, *more)
    is_news = change.reasons or change.effects or _standing(order) != _standing(before.order)
    outcomes = (*before.outcomes, *outcomes) if is_news else before.outcomes
    return Moved(stored=before.stored, order=order, outcomes=outcomes, inbox_id=inbox_id)


def _standing(order: Order) -> tuple[Stage, tuple[Reason, ...]]:
    """An order that waits where it waited, for the same reasons, is no news."""
    return order.stage, order.reasons
