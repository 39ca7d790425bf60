"""Tables of territories: one row per version, and the polygons that versions name by digest."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from hub.storage.tables import Instant, Key, metadata

__all__ = ["metadata", "territories", "territory_areas"]


def _said(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


territories = Table(
    "territories",
    metadata,
    Column("id", Key, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant, nullable=True),
    Column("store_id", Key, ForeignKey("stores.id"), nullable=False),
    _said("country"),
    _said("province"),
    _said("city"),
    _said("district"),
    _said("postal_prefix"),
    Column("area", Key, nullable=False, server_default=""),
    Column("precedence", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("id", "valid_from"),
    CheckConstraint("valid_to > valid_from", name="in_time"),
)
"""`valid_to`: the first instant at which the version holds no longer, null: until something changes."""
Index(
    "ix_territories_open",
    territories.c.id,
    unique=True,
    postgresql_where=territories.c.valid_to.is_(None),
    sqlite_where=territories.c.valid_to.is_(None),
)

territory_areas = Table(
    "territory_areas",
    metadata,
    Column("digest", Key, primary_key=True),
    Column("polygons", LargeBinary, nullable=False),
)
"""Polygons never change: other polygons have another digest."""
