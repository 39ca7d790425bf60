"""Which webhooks had to be registered when, so that one that the platform dropped is told from a new one."""

from collections.abc import Sequence
from datetime import datetime

from hub.clock import from_micros, micros
from hub.storage.database import UnitOfWork


def registered(uow: UnitOfWork, connection_id: str, url: str, topics: Sequence[str], now: datetime) -> bool:
    """Remember topics that were not in use; were they dropped? The first look at an address says nothing."""
    known = uow.one(
        "SELECT 1 FROM webhook_registrations WHERE connection_id = :connection AND url = :url LIMIT 1",
        connection=connection_id,
        url=url,
    )
    if known and not topics:
        return False
    uow.change(
        "INSERT INTO webhook_registrations (connection_id, at, url, topics, is_loss)"
        " VALUES (:connection, :now, :url, :topics, :loss) ON CONFLICT (connection_id, at) DO NOTHING",
        connection=connection_id,
        now=micros(now),
        url=url,
        topics=" ".join(topics),
        loss=bool(known),
    )
    return bool(known)


def losses(uow: UnitOfWork, since: datetime) -> list[tuple[str, datetime, str]]:
    """(connection id, when it was noticed, topics) of webhooks that platforms dropped, the oldest first."""
    rows = uow.all(
        "SELECT connection_id, at, topics FROM webhook_registrations"
        " WHERE is_loss AND at >= :since ORDER BY at",
        since=micros(since),
    )
    return [(row.connection_id, from_micros(row.at), row.topics) for row in rows]
