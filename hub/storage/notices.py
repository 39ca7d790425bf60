"""Notices: things that changed and must be fetched. One row per thing however often it is noticed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from hub.clock import micros
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from mappings.structs import FrozenStruct


class Noticed(FrozenStruct):
    """A thing to fetch; `noticed_at` tells whether it was noticed again meanwhile."""

    topic: str
    external_id: str
    noticed_at: int
    attempts: int = 0


def note(uow: UnitOfWork, things: Iterable[tuple[str, str, str]], now: datetime) -> None:
    """(connection id, topic, external id) → to be fetched; of any number of connections in one statement."""
    wanted = sorted(set(things))
    if not wanted:
        return
    uow.change(
        "INSERT INTO notices (connection_id, topic, external_id, noticed_at, not_before)"
        f" SELECT k.c, k.t, k.e, :now, :now FROM {keys(uow, c='text', t='text', e='text')} WHERE true"
        " ON CONFLICT (connection_id, topic, external_id)"
        " DO UPDATE SET noticed_at = excluded.noticed_at, not_before = excluded.not_before",
        now=micros(now),
        keys=packed([{"c": connection_id, "t": topic, "e": each} for connection_id, topic, each in wanted]),
    )
    for connection_id in dict.fromkeys(connection_id for connection_id, _, _ in wanted):
        uow.wake("fetch", connection_id)


def due(uow: UnitOfWork, connection_id: str, limit: int, now: datetime) -> list[Noticed]:
    """What is to be fetched now, oldest first."""
    return [
        Noticed(
            topic=row.topic, external_id=row.external_id, noticed_at=row.noticed_at, attempts=row.attempts
        )
        for row in uow.all(
            "SELECT topic, external_id, noticed_at, attempts FROM notices"
            " WHERE connection_id = :connection AND not_before <= :now"
            " ORDER BY noticed_at, topic, external_id LIMIT :limit",
            connection=connection_id,
            now=micros(now),
            limit=limit,
        )
    ]


def fetched(uow: UnitOfWork, connection_id: str, done: Sequence[Noticed]) -> None:
    """Forget what was fetched, unless it was noticed again since."""
    if done:
        uow.change(
            "DELETE FROM notices WHERE connection_id = :connection AND EXISTS (SELECT 1"
            f" FROM {keys(uow, t='text', e='text', n='bigint')} WHERE k.t = notices.topic"
            " AND k.e = notices.external_id AND k.n = notices.noticed_at)",
            connection=connection_id,
            keys=packed([{"t": each.topic, "e": each.external_id, "n": each.noticed_at} for each in done]),
        )


def postpone(uow: UnitOfWork, connection_id: str, failed: Sequence[Noticed], until: datetime) -> None:
    """Fetching failed: try again later."""
    if failed:
        uow.change(
            "UPDATE notices SET not_before = :until, attempts = attempts + 1"
            " WHERE connection_id = :connection AND EXISTS (SELECT 1"
            f" FROM {keys(uow, t='text', e='text')} WHERE k.t = notices.topic AND k.e = notices.external_id)",
            connection=connection_id,
            until=micros(until),
            keys=packed([{"t": each.topic, "e": each.external_id} for each in failed]),
        )


def due_connections(uow: UnitOfWork, now: datetime) -> list[str]:
    """Connections with something to fetch now (for the sweep)."""
    return [
        row.connection_id
        for row in uow.all(
            "SELECT DISTINCT n.connection_id FROM notices n JOIN connections c ON c.id = n.connection_id"
            " WHERE c.status <> 'paused' AND c.paused_flows NOT LIKE '%orders%' AND n.not_before <= :now"
            " ORDER BY n.connection_id",
            now=micros(now),
        )
    ]


def revisit_open_orders(uow: UnitOfWork, connection_id: str, before: datetime, now: datetime) -> int:
    """Notice every open order of a connection that was received before an instant."""
    rows = uow.all(
        "SELECT external_id FROM orders WHERE connection_id = :connection"
        " AND stage NOT IN ('closed', 'cancelled') AND received_at < :before",
        connection=connection_id,
        before=micros(before),
    )
    note(uow, [(connection_id, "order", row.external_id) for row in rows], now)
    return len(rows)
