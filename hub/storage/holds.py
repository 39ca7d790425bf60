"""Orders on hold of which a reason ends by itself."""

from datetime import datetime

from hub.clock import micros
from hub.storage.database import UnitOfWork


def ended(uow: UnitOfWork, now: datetime, limit: int) -> list[str]:
    """Ids of orders of which a reason has ended, those that ended first before the others."""
    rows = uow.all(
        "SELECT id FROM orders WHERE held_until <= :now ORDER BY held_until, id LIMIT :limit",
        now=micros(now),
        limit=limit,
    )
    return [row.id for row in rows]
