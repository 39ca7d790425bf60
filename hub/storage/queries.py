"""Reading for people: the lists behind the command line, the pages and the API. Nothing here locks or writes.

Null means that it is not known (yet); it is never shown as 0.
"""

from datetime import datetime
from typing import Any

import msgspec

from hub.clock import from_micros, micros
from hub.domain.order import Reason
from hub.storage.database import UnitOfWork
from hub.storage.outbox import FLOW_PAUSED
from mappings.structs import FrozenStruct

_reasons = msgspec.json.Decoder(tuple[Reason, ...]).decode


class ConnectionItem(FrozenStruct):
    """A connection without its secrets. `waiting` counts messages that its state holds back."""

    id: str
    kind: str
    platform: str
    title: str
    store: str
    status: str
    paused_reason: str
    paused_flows: str
    last_error: str
    armed_from: datetime | None
    pulled_at: datetime | None
    failures: int
    capabilities: tuple[str, ...]
    waiting: int


class OrderItem(FrozenStruct):
    """An order in a list: no personal values."""

    id: str
    number: str
    external_id: str
    store: str
    connection: str
    stage: str
    reasons: tuple[Reason, ...]
    placed_at: datetime
    received_at: datetime
    changed_at: datetime
    due_at: datetime | None
    currency: str
    total: str
    is_history: bool


class InboxItem(FrozenStruct):
    """A document from outside; `has_document` is false once it was thrown away after its time."""

    id: str
    received_at: datetime
    connection: str
    topic: str
    external_id: str
    revision: str
    state: str
    path: str
    reason: str
    lane: str
    done_at: datetime | None
    has_document: bool


class OutboxItem(FrozenStruct):
    """A message; `waits_for` says in words why an open one has not left."""

    id: str
    created_at: datetime
    connection: str
    verb: str
    order: str
    subject: str
    state: str
    outcome: str
    attempts: int
    last_error: str
    waits_for: str
    sent_at: datetime | None
    done_at: datetime | None
    not_before: datetime
    document: str


class CaseItem(FrozenStruct):
    """What a person has to look after."""

    id: str
    opened_at: datetime
    kind: str
    status: str
    order: str
    number: str
    consignment: str
    reason: str


class DriftItem(FrozenStruct):
    """A field or code that no mapping names; `seen` counts in samples, so it is a least number."""

    platform: str
    path: str
    seen: int
    first_seen_at: datetime


class StockItem(FrozenStruct):
    """One SKU at one location."""

    sku: str
    location: str
    on_hand: int
    reserved: int
    available: int


class ListingItem(FrozenStruct):
    """What a store offers. `sku`: ours, null if not linked; `available`: null if never counted; `told`: null
    if the store was never told."""

    connection: str
    listing: str
    title: str
    platform_sku: str
    sku: str | None
    available: int | None
    told: int | None
    told_at: datetime | None


def connections(uow: UnitOfWork) -> list[ConnectionItem]:
    rows = uow.all(
        "SELECT c.id, c.kind, c.platform, c.title, COALESCE(c.store_id, '') AS store, c.status,"
        " c.paused_reason, c.paused_flows, c.last_error, c.armed_from, c.pulled_at, c.failures,"
        " c.capabilities,"
        " (SELECT count(*) FROM outbox o JOIN connections g ON g.id = o.gate_connection_id"
        " WHERE o.connection_id = c.id AND o.state = 'open'"
        f" AND (c.status <> 'active' OR g.status <> 'active' OR {FLOW_PAUSED})) AS waiting"
        " FROM connections c ORDER BY c.id"
    )
    return [
        ConnectionItem(**_timed(row, "armed_from", "pulled_at", capabilities=tuple(row.capabilities.split())))
        for row in rows
    ]


ORDER_COLUMNS = (
    "SELECT o.id, o.number, o.external_id, o.store_id AS store, o.connection_id AS connection, o.stage,"
    " o.reasons, o.placed_at, o.received_at, o.changed_at, o.due_at, o.currency, o.total, o.is_history"
    " FROM orders o"
)


def find_orders(uow: UnitOfWork, text: str, limit: int = 20) -> list[OrderItem]:
    """Orders that are called so: by the hub's id, else by the platform's id or the number."""
    if rows := uow.all(f"{ORDER_COLUMNS} WHERE o.id = :text", text=text):
        return [order_item(row) for row in rows]
    rows = uow.all(
        f"{ORDER_COLUMNS} WHERE o.number = :text OR o.external_id = :text ORDER BY o.id LIMIT :limit",
        text=text,
        limit=limit,
    )
    return [order_item(row) for row in rows]


def order_item(row: Any) -> OrderItem:
    return OrderItem(
        **_timed(
            row,
            "placed_at",
            "received_at",
            "changed_at",
            "due_at",
            reasons=_reasons(row.reasons),
            is_history=bool(row.is_history),
        )
    )


def history_count(uow: UnitOfWork, connection_id: str) -> int:
    """Orders of a connection that are history: placed before it was armed."""
    row = uow.one("SELECT count(*) FROM orders WHERE connection_id = :id AND is_history", id=connection_id)
    return row[0] if row else 0


_INBOX = (
    "SELECT id, received_at, connection_id AS connection, topic, external_id, revision, state, path, reason,"
    " lane, done_at, document IS NOT NULL AS has_document FROM inbox"
)


def inbox(
    uow: UnitOfWork, *, state: str = "", connection: str = "", topic: str = "", before: str = "", limit: int
) -> list[InboxItem]:
    """The newest first; empty arguments do not filter. `before`: id of the last one of the page before."""
    rows = uow.all(
        f"{_INBOX} WHERE (:state = '' OR state = :state) AND (:topic = '' OR topic = :topic)"
        " AND (:connection = '' OR connection_id = :connection) AND (:before = '' OR id < :before)"
        " ORDER BY id DESC LIMIT :limit",
        state=state,
        connection=connection,
        topic=topic,
        before=before,
        limit=limit,
    )
    return [_inbox_item(row) for row in rows]


def inbox_one(uow: UnitOfWork, inbox_id: str) -> tuple[InboxItem, bytes | None] | None:
    """One document with its sealed bytes."""
    row = uow.one(f"{_INBOX} WHERE id = :id", id=inbox_id)
    if row is None:
        return None
    sealed = uow.one("SELECT document FROM inbox WHERE id = :id", id=inbox_id)
    return _inbox_item(row), bytes(sealed[0]) if sealed and sealed[0] is not None else None


def inbox_of_order(
    uow: UnitOfWork, connection_id: str, external_id: str, tracking_numbers: list[str]
) -> list[InboxItem]:
    """Every document that spoke of an order or of its parcels."""
    rows = uow.all(
        f"{_INBOX} WHERE connection_id = :connection AND topic = 'order' AND external_id = :external"
        " ORDER BY id",
        connection=connection_id,
        external=external_id,
    )
    for number in tracking_numbers:
        rows += uow.all(
            f"{_INBOX} WHERE topic = 'tracking' AND external_id = :number ORDER BY id", number=number
        )
    return [_inbox_item(row) for row in rows]


def _inbox_item(row: Any) -> InboxItem:
    return InboxItem(**_timed(row, "received_at", "done_at", has_document=bool(row.has_document)))


_OUTBOX = (
    "SELECT o.id, o.created_at, o.connection_id AS connection, o.verb, COALESCE(o.order_id, '') AS \"order\","
    " o.subject, o.state, o.outcome, o.attempts, o.last_error, o.sent_at, o.done_at, o.not_before,"
    " o.document, o.lease_until, g.id AS gate, g.status AS gate_status, c.status, c.paused_flows,"
    " (SELECT min(e.id)"
    " FROM outbox e WHERE e.state = 'open' AND e.id < o.id AND (e.subject = o.subject"
    " OR (e.order_id = o.order_id AND e.verb = 'push_fulfilment' AND o.verb = 'push_fulfilment'))) AS ahead"
    " FROM outbox o JOIN connections c ON c.id = o.connection_id"
    " JOIN connections g ON g.id = o.gate_connection_id"
)


def outbox(
    uow: UnitOfWork,
    now: datetime,
    *,
    state: str = "",
    connection: str = "",
    verb: str = "",
    before: str = "",
    limit: int,
) -> list[OutboxItem]:
    """The newest first; empty arguments do not filter. `before`: id of the last one of the page before."""
    rows = uow.all(
        f"{_OUTBOX} WHERE (:state = '' OR o.state = :state)"
        " AND (:connection = '' OR o.connection_id = :connection) AND (:verb = '' OR o.verb = :verb)"
        " AND (:before = '' OR o.id < :before) ORDER BY o.id DESC LIMIT :limit",
        state=state,
        connection=connection,
        verb=verb,
        before=before,
        limit=limit,
    )
    return [_outbox_item(row, now) for row in rows]


def outbox_one(uow: UnitOfWork, message_id: str, now: datetime) -> OutboxItem | None:
    row = uow.one(f"{_OUTBOX} WHERE o.id = :id", id=message_id)
    return _outbox_item(row, now) if row else None


def outbox_of_order(uow: UnitOfWork, order_id: str, now: datetime) -> list[OutboxItem]:
    rows = uow.all(f"{_OUTBOX} WHERE o.order_id = :order_id ORDER BY o.id", order_id=order_id)
    return [_outbox_item(row, now) for row in rows]


def _outbox_item(row: Any, now: datetime) -> OutboxItem:
    names = {name for name in OutboxItem.__struct_fields__ if name != "waits_for"}
    kept = _timed(row, "created_at", "sent_at", "done_at", "not_before", waits_for=_waits_for(row, now))
    return OutboxItem(**{name: value for name, value in kept.items() if name in names | {"waits_for"}})


def _waits_for(row: Any, now: datetime) -> str:
    """Why an open message has not left, the strongest reason first."""
    if row.state != "open":
        return ""
    for connection, status in ((row.gate, row.gate_status), (row.connection, row.status)):
        if status == "observing":
            return f"{connection} observes until it is armed"
        if status == "paused":
            return f"{connection} is paused"
    flow = "stock" if row.verb == "push_stock" else "push"
    if flow in row.paused_flows.split():
        return f"the flow {flow} of {row.connection} is paused"
    if row.lease_until > micros(now):
        return "it is being sent"
    if row.ahead is not None:
        return f"message {row.ahead} goes first"
    if row.not_before > micros(now):
        return f"the next attempt at {from_micros(row.not_before):%Y-%m-%d %H:%M:%S}"
    return "nothing, it is due"


def cases(uow: UnitOfWork, *, order_id: str = "", before: str = "", limit: int) -> list[CaseItem]:
    """The newest first. `before`: id of the last one of the page before."""
    rows = uow.all(
        'SELECT c.id, c.opened_at, c.kind, c.status, c.order_id AS "order", o.number,'
        " c.consignment_id AS consignment, c.reason FROM cases c JOIN orders o ON o.id = c.order_id"
        " WHERE (:order_id = '' OR c.order_id = :order_id) AND (:before = '' OR c.id < :before)"
        " ORDER BY c.id DESC LIMIT :limit",
        order_id=order_id,
        before=before,
        limit=limit,
    )
    return [CaseItem(**_timed(row, "opened_at")) for row in rows]


def drift(uow: UnitOfWork) -> list[DriftItem]:
    rows = uow.all("SELECT platform, path, seen, first_seen_at FROM drift ORDER BY platform, path")
    return [DriftItem(**_timed(row, "first_seen_at")) for row in rows]


def stock(
    uow: UnitOfWork, sku: str = "", *, after: tuple[str, str] = ("", ""), limit: int = 1_000_000_000
) -> list[StockItem]:
    """All counted SKUs, or one, that come after this (SKU, location); what was never counted is not in the
    list."""
    rows = uow.all(
        "SELECT sku, location_id AS location, on_hand, reserved, on_hand - reserved AS available FROM stock"
        " WHERE (:sku = '' OR sku = :sku) AND (sku, location_id) > (:after_sku, :after_location)"
        " ORDER BY sku, location_id LIMIT :limit",
        sku=sku,
        after_sku=after[0],
        after_location=after[1],
        limit=limit,
    )
    return [StockItem(**row._asdict()) for row in rows]


def listings(uow: UnitOfWork, *, connection: str = "", unlinked: bool = False) -> list[ListingItem]:
    rows = uow.all(
        "SELECT l.connection_id AS connection, l.listing_id AS listing, l.title, l.platform_sku, l.sku,"
        " (SELECT CAST(sum(s.on_hand - s.reserved) AS integer) FROM stock s JOIN locations p"
        " ON p.id = s.location_id AND p.is_active WHERE s.sku = l.sku) AS available, l.told, l.told_at"
        " FROM listings l WHERE (:connection = '' OR l.connection_id = :connection)"
        f"{' AND l.sku IS NULL' if unlinked else ''} ORDER BY l.connection_id, l.listing_id",
        connection=connection,
    )
    return [ListingItem(**_timed(row, "told_at")) for row in rows]


def _timed(row: Any, *instants: str, **instead: object) -> dict[str, Any]:
    """The row's values, with these columns as instants and these in another shape."""
    values = {**row._asdict(), **instead}
    for name in instants:
        if values[name] is not None:
            values[name] = from_micros(values[name])
    return values
