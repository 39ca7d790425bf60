"""Tables of completeness: what was compared with each store, and what differed."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, Text

from hub.storage.tables import Instant, Key, metadata

__all__ = ["completeness", "completeness_gaps", "metadata", "webhook_registrations"]

completeness = Table(
    "completeness",
    metadata,
    Column("connection_id", Key, ForeignKey("connections.id"), nullable=False),
    Column("kind", Key, nullable=False),
    Column("hour", Instant, nullable=False),
    Column("compared", Integer, nullable=False),
    Column("reached", Key, nullable=False, server_default=""),
    Column("checked_at", Instant, nullable=False),
    PrimaryKeyConstraint("connection_id", "kind", "hour"),
)
"""Certificates. `reached` (of contents): the id of the order after which the next sample begins."""

completeness_gaps = Table(
    "completeness_gaps",
    metadata,
    Column("connection_id", Key, ForeignKey("connections.id"), nullable=False),
    Column("kind", Key, nullable=False),
    Column("hour", Instant, nullable=False),
    Column("external_id", Key, nullable=False),
    Column("lack", Key, nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("healed_at", Instant, nullable=True),
    PrimaryKeyConstraint("connection_id", "kind", "hour", "external_id"),
)
"""One row per order about which hub and store differ, kept when it is healed."""
_is_open = completeness_gaps.c.healed_at.is_(None)
Index(
    "ix_completeness_gaps_open",
    completeness_gaps.c.connection_id,
    completeness_gaps.c.kind,
    completeness_gaps.c.hour,
    postgresql_where=_is_open,
    sqlite_where=_is_open,
)

webhook_registrations = Table(
    "webhook_registrations",
    metadata,
    Column("connection_id", Key, ForeignKey("connections.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("url", Text, nullable=False),
    Column("topics", Text, nullable=False),
    Column("is_loss", Boolean, nullable=False),
    PrimaryKeyConstraint("connection_id", "at"),
)
"""When topics had to be registered at an address; `is_loss`: they, or others, had been there before."""
