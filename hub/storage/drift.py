"""Fields and codes that platforms send and no mapping names, counted per path."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Table

from hub.clock import micros
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from hub.storage.tables import Instant, Key, metadata

Table(
    "drift",
    metadata,
    Column("platform", Key, nullable=False),
    Column("path", Key, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    PrimaryKeyConstraint("platform", "path"),
)


def count(uow: UnitOfWork, seen: Mapping[tuple[str, str], int], now: datetime) -> None:
    """(platform, path) → how often it was seen in this batch."""
    if seen:
        uow.change(
            "INSERT INTO drift (platform, path, seen, first_seen_at) SELECT k.platform, k.path, k.n, :now"
            f" FROM {keys(uow, platform='text', path='text', n='bigint')} WHERE true"
            " ON CONFLICT (platform, path) DO UPDATE SET seen = drift.seen + excluded.seen",
            now=micros(now),
            keys=packed(
                [{"platform": platform, "path": path, "n": n} for (platform, path), n in sorted(seen.items())]
            ),
        )
