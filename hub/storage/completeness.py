"""Certificates of completeness: sets are compared by the database, each in one statement."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from hub.clock import from_micros, micros
from hub.domain.completeness import HOUR, Certificate, Gap, Kind, Lack, hour_of
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.webhook_registrations import losses
from mappings.structs import FrozenStruct


class Standing(FrozenStruct):
    """How a store is: the end of its last certified hour (null: none yet), and differences that are left."""

    store_id: str
    connection_id: str
    until: datetime | None
    open: int


def connections_to_compare(uow: UnitOfWork) -> list[str]:
    """Stores in use that were read before and can be compared, armed or not."""
    rows = uow.all(
        "SELECT id FROM connections WHERE kind = 'store' AND status <> 'paused' AND pulled_at IS NOT NULL"
        " AND paused_flows NOT LIKE '%orders%'"
        " AND (capabilities LIKE '%ListsOrderIds%' OR capabilities LIKE '%FetchesOrders%'"
        " OR capabilities LIKE '%RevisitsOpenOrders%') ORDER BY id"
    )
    return [row.id for row in rows]


def difference(uow: UnitOfWork, connection_id: str, hour: datetime, listed: Iterable[str]) -> list[Gap]:
    """Ids that the store lists for an hour against those here. An order is here from its first document on,
    readable or not: what is parked is told elsewhere."""
    rows = uow.all(
        f"SELECT k.e AS id, 'missing' AS lack FROM {keys(uow, e='text')} WHERE NOT EXISTS"
        " (SELECT 1 FROM inbox i WHERE i.connection_id = :connection AND i.topic = 'order'"
        " AND i.external_id = k.e)"
        " UNION SELECT o.external_id, 'unlisted' FROM orders o WHERE o.connection_id = :connection"
        " AND o.placed_at >= :start AND o.placed_at < :end"
        f" AND o.external_id NOT IN (SELECT k.e FROM {keys(uow, e='text')}) ORDER BY 1",
        connection=connection_id,
        start=micros(hour),
        end=micros(hour + HOUR),
        keys=packed([{"e": each} for each in listed]),
    )
    return [Gap(external_id=row.id, lack=Lack(row.lack)) for row in rows]


def certify(uow: UnitOfWork, certificate: Certificate, reached: str = "") -> None:
    """Enter a certificate, or what became of one: differences that it does not name any more are healed."""
    place = {
        "connection": certificate.connection_id,
        "kind": certificate.kind.value,
        "hour": micros(certificate.hour),
        "now": micros(certificate.checked_at),
    }
    uow.change(
        "INSERT INTO completeness (connection_id, kind, hour, compared, reached, checked_at)"
        " VALUES (:connection, :kind, :hour, :compared, :reached, :now)"
        " ON CONFLICT (connection_id, kind, hour) DO UPDATE SET compared = excluded.compared,"
        " reached = excluded.reached, checked_at = excluded.checked_at",
        **place,
        compared=certificate.compared,
        reached=reached,
    )
    rows = packed([_gap_row(each) for each in certificate.gaps])
    uow.change(
        "UPDATE completeness_gaps SET healed_at = :now WHERE connection_id = :connection AND kind = :kind"
        " AND hour = :hour AND healed_at IS NULL"
        f" AND external_id NOT IN (SELECT k.e FROM {keys(uow, e='text')})",
        **place,
        keys=rows,
    )
    uow.change(
        "INSERT INTO completeness_gaps (connection_id, kind, hour, external_id, lack, found_at, healed_at)"
        " SELECT :connection, :kind, CAST(:hour AS bigint), k.e, k.lack, CAST(:now AS bigint), k.healed"
        f" FROM {keys(uow, e='text', lack='text', healed='bigint')} WHERE true"
        " ON CONFLICT (connection_id, kind, hour, external_id)"
        " DO UPDATE SET lack = excluded.lack, healed_at = excluded.healed_at",
        **place,
        keys=rows,
    )


def _gap_row(gap: Gap) -> dict[str, object]:
    healed = micros(gap.healed_at) if gap.healed_at else None
    return {"e": gap.external_id, "lack": gap.lack.value, "healed": healed}


def heal(uow: UnitOfWork, connection_id: str, ids: Iterable[str], now: datetime) -> None:
    """The store gives these orders again."""
    uow.change(
        "UPDATE completeness_gaps SET healed_at = :now WHERE connection_id = :connection"
        " AND kind = 'contents' AND healed_at IS NULL"
        f" AND external_id IN (SELECT k.e FROM {keys(uow, e='text')})",
        connection=connection_id,
        now=micros(now),
        keys=packed([{"e": each} for each in ids]),
    )


def last_hour(uow: UnitOfWork, connection_id: str, kind: Kind) -> tuple[datetime | None, str]:
    """(the last certified hour, null: none yet; what its sample reached)"""
    row = uow.one(
        "SELECT hour, reached FROM completeness WHERE connection_id = :connection AND kind = :kind"
        " ORDER BY hour DESC LIMIT 1",
        connection=connection_id,
        kind=kind.value,
    )
    return (from_micros(row.hour), row.reached) if row else (None, "")


def open_hours(uow: UnitOfWork, connection_id: str, since: datetime, limit: int) -> list[datetime]:
    """Certified hours since then in which something still differs, the newest first."""
    rows = uow.all(
        "SELECT DISTINCT hour FROM completeness_gaps WHERE connection_id = :connection AND kind = 'ids'"
        " AND healed_at IS NULL AND hour >= :since ORDER BY hour DESC LIMIT :limit",
        connection=connection_id,
        since=micros(since),
        limit=limit,
    )
    return [from_micros(row.hour) for row in rows]


def gone(uow: UnitOfWork, connection_id: str, limit: int) -> list[str]:
    """Orders that the store did not give when they were read anew, the longest gone first."""
    rows = uow.all(
        "SELECT external_id FROM completeness_gaps WHERE connection_id = :connection AND kind = 'contents'"
        " AND healed_at IS NULL ORDER BY hour, external_id LIMIT :limit",
        connection=connection_id,
        limit=limit,
    )
    return [row.external_id for row in rows]


def sample(
    uow: UnitOfWork, connection_id: str, since: datetime, after: str, limit: int
) -> list[tuple[str, str]]:
    """(order id, external id) of the next orders placed since then, by id."""
    rows = uow.all(
        "SELECT id, external_id FROM orders WHERE connection_id = :connection AND placed_at >= :since"
        " AND id > :after ORDER BY id LIMIT :limit",
        connection=connection_id,
        since=micros(since),
        after=after,
        limit=limit,
    )
    return [(row.id, row.external_id) for row in rows]


def certificates(uow: UnitOfWork, store_id: str, since: datetime) -> list[Certificate]:
    """Of hours since then, of one store or (empty) of all; the newest first."""
    gaps: dict[tuple[str, str, int], list[Gap]] = {}
    for row in uow.all(
        "SELECT * FROM completeness_gaps WHERE hour >= :since ORDER BY external_id", since=micros(since)
    ):
        healed = from_micros(row.healed_at) if row.healed_at is not None else None
        gap = Gap(external_id=row.external_id, lack=Lack(row.lack), healed_at=healed)
        gaps.setdefault((row.connection_id, row.kind, row.hour), []).append(gap)
    dropped: dict[tuple[str, datetime], list[str]] = {}
    for connection_id, at, topics in losses(uow, since):
        dropped.setdefault((connection_id, hour_of(at)), []).extend(topics.split())
    rows = uow.all(
        "SELECT m.*, c.store_id FROM completeness m JOIN connections c ON c.id = m.connection_id"
        " WHERE m.hour >= :since AND (:store = '' OR c.store_id = :store)"
        " ORDER BY m.hour DESC, m.connection_id, m.kind",
        since=micros(since),
        store=store_id,
    )
    return [
        Certificate(
            store_id=row.store_id,
            connection_id=row.connection_id,
            kind=Kind(row.kind),
            hour=from_micros(row.hour),
            compared=row.compared,
            checked_at=from_micros(row.checked_at),
            gaps=tuple(gaps.get((row.connection_id, row.kind, row.hour), ())),
            dropped_webhooks=tuple(dropped.get((row.connection_id, from_micros(row.hour)), ())),
        )
        for row in rows
    ]


def standings(uow: UnitOfWork) -> Sequence[Standing]:
    """Of every store in use that can list its ids."""
    rows = uow.all(
        "SELECT c.id, c.store_id, (SELECT max(m.hour) FROM completeness m"
        " WHERE m.connection_id = c.id AND m.kind = 'ids') AS hour, (SELECT count(*) FROM completeness_gaps g"
        " WHERE g.connection_id = c.id AND g.healed_at IS NULL) AS open FROM connections c"
        " WHERE c.kind = 'store' AND c.status <> 'paused' AND c.paused_flows NOT LIKE '%orders%'"
        " AND c.capabilities LIKE '%ListsOrderIds%' ORDER BY c.id"
    )
    return [
        Standing(
            store_id=row.store_id,
            connection_id=row.id,
            until=from_micros(row.hour) + HOUR if row.hour is not None else None,
            open=row.open,
        )
        for row in rows
    ]
