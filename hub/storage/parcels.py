"""Parcels: which consignment a tracking number belongs to, which events are known, whom to ask when."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
    shared_as: str = ""


class ToTrack(FrozenStruct):
    """A parcel to ask the carrier for."""

    consignment_id: str
    order_id: str
    carrier: str
    tracking_number: str


_FOUND = "c.id AS consignment_id, c.order_id, c.tracking_number, c.carrier, c.shared_as"


def find(uow: UnitOfWork, numbers: Iterable[str], references: Iterable[str]) -> list[Found]:
    """Consignments with one of these tracking numbers, or with one of these references as their id, and those
    that share a parcel with one of the latter."""
    by_number = uow.all(
        f"SELECT {_FOUND} FROM {keys(uow, n='text')} JOIN consignments c"
        " ON c.tracking_number = k.n AND c.tracking_number <> '' ORDER BY c.id",
        keys=packed([{"n": each} for each in sorted(set(numbers))]),
    )
    by_reference = uow.all(
        f"SELECT {_FOUND} FROM {keys(uow, r='text')} JOIN consignments c ON c.id = k.r ORDER BY c.id",
        keys=packed([{"r": each} for each in sorted(set(references)) if each]),
    )
    found = [Found(**row._asdict()) for row in [*by_number, *by_reference]]
    known = {each.consignment_id for each in found}
    shared = {each.shared_as for each in found if each.shared_as}
    return found + [each for each in sharing(uow, shared) if each.consignment_id not in known]


def sharing(uow: UnitOfWork, parcels: Collection[str]) -> list[Found]:
    """Consignments that share one of these parcels, the one that is booked for all included."""
    if not parcels:
        return []
    rows = uow.all(
        f"SELECT {_FOUND} FROM {keys(uow, p='text')} JOIN consignments c ON c.shared_as = k.p"
        " AND c.shared_as <> '' ORDER BY c.id",
        keys=packed([{"p": each} for each in sorted(parcels)]),
    )
    return [Found(**row._asdict()) for row in rows]


def travelling_with(uow: UnitOfWork, consignment_id: str) -> list[Found]:
    """Consignments that share a parcel with this one, itself included; none if it travels alone."""
    rows = uow.all("SELECT shared_as FROM consignments WHERE id = :id AND shared_as <> ''", id=consignment_id)
    return sharing(uow, [row.shared_as for row in rows])


def mergeable(uow: UnitOfWork, limit: int) -> list[list[str]]:
    """Orders whose unsent bookings name one location, carrier and house (or, where the platform masks it, one
    buyer), oldest first; whether they may share a parcel is for `domain.sharing` to say."""
    rows = uow.all(
        "SELECT c.location_id, c.carrier_connection_id, COALESCE(NULLIF(o.address_index, ''), o.buyer_index)"
        " AS receiver, c.order_id FROM outbox b JOIN consignments c ON c.id = b.subject"
        " JOIN orders o ON o.id = c.order_id WHERE b.state = 'open' AND b.verb = 'book' AND b.sent_at IS NULL"
        " AND c.stage = 'released' ORDER BY o.placed_at, o.id"
    )
    places: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        if row.receiver:
            place = places.setdefault((row.location_id, row.carrier_connection_id, row.receiver), [])
            if row.order_id not in place:
                place.append(row.order_id)
    return [each for each in places.values() if len(each) > 1][:limit]


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
