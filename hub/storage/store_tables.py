"""Tables of store records: what people keep about a store, and who changed which setting."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from hub.storage.tables import Instant, Key, metadata

__all__ = ["metadata", "setting_changes", "store_certificates", "store_links", "store_records"]


def _said(name: str, default: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


store_records = Table(
    "store_records",
    metadata,
    Column("store_id", Key, ForeignKey("stores.id"), primary_key=True),
    _said("brand"),
    _said("owner"),
    _said("status"),
    _said("locations", "[]"),
    _said("departments", "[]"),
)
"""A store without a row has a record in which nothing is filled in."""

store_certificates = Table(
    "store_certificates",
    metadata,
    Column("store_id", Key, ForeignKey("stores.id"), nullable=False),
    Column("name", Key, nullable=False),
    _said("kind"),
    _said("issuer"),
    Column("valid_from", Text, nullable=True),
    Column("valid_until", Text, nullable=True),
    _said("document"),
    Column("number", LargeBinary, nullable=True),
    PrimaryKeyConstraint("store_id", "name"),
)
"""Days as ISO 8601; `number` is sealed with the key `certificates`."""

store_links = Table(
    "store_links",
    metadata,
    Column("store_id", Key, ForeignKey("stores.id"), nullable=False),
    Column("url", Key, nullable=False),
    _said("kind"),
    Column("checked_at", Instant, nullable=True),
    Column("is_up", Boolean, nullable=True),
    Column("is_owned", Boolean, nullable=True),
    _said("detail"),
    PrimaryKeyConstraint("store_id", "url"),
)
"""`is_up` and `is_owned` are null while nobody has looked."""
Index("ix_store_links_checked", store_links.c.checked_at)

setting_changes = Table(
    "setting_changes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("section", Key, nullable=False),
    Column("entry", Key, nullable=False),
    Column("before", Text, nullable=True),
    Column("after", Text, nullable=True),
)
"""What was set by whom: an entry of the configuration before and after as JSON, null: it was not there."""
