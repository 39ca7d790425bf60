"""Parcels: which consignment a tracking number belongs to, which events are known, whom to ask when."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from hub.clock import from_micros, micros
from hub.storage.bulk import insert, keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.tables import tracking_events
from mappings.canonical import TrackingEvent, TrackingStatus
from mappings.structs import FrozenStruct

Seal = Callable[[str, str], bytes]


def identity(event: TrackingEvent) -> str:
    """The key under which an event is kept: a digest, because descriptions name people."""
    return hashlib.blake2b(event.identity.encode(), digest_size=16).hexdigest()


class Found(FrozenStruct):
    """A consignment by its number or reference."""

    consignment_id: str
    order_id: str
    tracking_number: str
    carrier: str


class ToTrack(FrozenStruct):
    """A parcel to ask the carrier for."""

    consignment_id: str
    order_id: str
    carrier: str
    tracking_number: str


def find(uow: UnitOfWork, numbers: Iterable[str], references: Iterable[str]) -> list[Found]:
    """Consignments with one of these tracking numbers, or with one of these references as their id."""
    columns = "c.id AS consignment_id, c.order_id, c.tracking_number, c.carrier"
    by_number = uow.all(
        f"SELECT {columns} FROM {keys(uow, n='text')} JOIN consignments c"
        " ON c.tracking_number = k.n AND c.tracking_number <> '' ORDER BY c.id",
        keys=packed([{"n": each} for each in sorted(set(numbers))]),
    )
    by_reference = uow.all(
        f"SELECT {columns} FROM {keys(uow, r='text')} JOIN consignments c ON c.id = k.r ORDER BY c.id",
        keys=packed([{"r": each} for each in sorted(set(references)) if each]),
    )
    return [Found(**row._asdict()) for row in [*by_number, *by_reference]]


def known_events(uow: UnitOfWork, consignment_ids: Sequence[str]) -> dict[str, dict[str, TrackingEvent]]:
    """Consignment id → identity → event that we have: its time and status, without what the carrier wrote."""
    found: dict[str, dict[str, TrackingEvent]] = {}
    for row in uow.all(
        f"SELECT e.consignment_id, e.identity, e.occurred_at, e.status FROM {keys(uow, c='text')}"
        " JOIN tracking_events e ON e.consignment_id = k.c",
        keys=packed([{"c": each} for each in consignment_ids]),
    ):
        occurred_at = from_micros(row.occurred_at) if row.occurred_at is not None else None
        event = TrackingEvent(occurred_at=occurred_at, status=TrackingStatus(row.status))
        found.setdefault(row.consignment_id, {})[row.identity] = event
    return found


def add_events(
    uow: UnitOfWork, events: Sequence[tuple[str, TrackingEvent]], seal: Seal, now: datetime
) -> None:
    """(consignment id, event) that are new; `seal(text, consignment id)` hides what carriers write."""
    insert(
        uow,
        tracking_events,
        [
            (
                consignment_id,
                identity(event),
                micros(event.occurred_at) if event.occurred_at else None,
                event.status.value,
                event.code,
                seal(event.description, consignment_id),
                event.location,
                micros(now),
            )
            for consignment_id, event in events
        ],
    )


def due(uow: UnitOfWork, connection_id: str, limit: int, now: datetime) -> list[ToTrack]:
    """Parcels of a carrier connection that are to be asked for now."""
    rows = uow.all(
        "SELECT id AS consignment_id, order_id, carrier, tracking_number FROM consignments"
        " WHERE carrier_connection_id = :connection AND next_track_at <= :now AND tracking_number <> ''"
        " ORDER BY next_track_at, id LIMIT :limit",
        connection=connection_id,
        now=micros(now),
        limit=limit,
    )
    return [ToTrack(**row._asdict()) for row in rows]


def due_connections(uow: UnitOfWork, now: datetime) -> list[str]:
    """Carrier connections with parcels to ask for now."""
    return [
        row.carrier_connection_id
        for row in uow.all(
            "SELECT DISTINCT p.carrier_connection_id FROM consignments p"
            " JOIN connections c ON c.id = p.carrier_connection_id"
            " WHERE p.next_track_at <= :now AND c.status = 'active' ORDER BY p.carrier_connection_id",
            now=micros(now),
        )
    ]


def postpone(uow: UnitOfWork, next_times: Mapping[str, datetime]) -> None:
    """Consignment id → when to ask next."""
    if next_times:
        uow.change(
            f"UPDATE consignments SET next_track_at = k.at FROM {keys(uow, c='text', at='bigint')}"
            " WHERE consignments.id = k.c AND consignments.next_track_at IS NOT NULL",
            keys=packed([{"c": each, "at": micros(at)} for each, at in next_times.items()]),
        )


def rematch(uow: UnitOfWork, numbers: Sequence[str]) -> None:
    """Reports that came before we knew these numbers are read again."""
    if numbers:
        changed = uow.change(
            "UPDATE inbox SET state = 'new', reason = '' WHERE topic = 'tracking' AND state = 'unmatched'"
            f" AND external_id IN (SELECT k.n FROM {keys(uow, n='text')})",
            keys=packed([{"n": each} for each in numbers]),
        )
        if changed:
            uow.wake("work_inbox", "live")


def rematch_known(uow: UnitOfWork) -> None:
    """The same for reports that were read at the very moment in which their parcel was booked elsewhere."""
    changed = uow.change(
        "UPDATE inbox SET state = 'new', reason = '' WHERE topic = 'tracking' AND state = 'unmatched'"
        " AND EXISTS (SELECT 1 FROM consignments c WHERE c.tracking_number = inbox.external_id)"
    )
    if changed:
        uow.wake("work_inbox", "live")
