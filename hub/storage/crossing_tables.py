"""The brand's own policies, for stores that make no exception."""

from sqlalchemy import Column, Integer, Table, Text

from hub.storage.tables import Instant, Key, metadata

__all__ = ["brand_policies", "metadata"]

brand_policies = Table(
    "brand_policies",
    metadata,
    Column("name", Key, primary_key=True),
    Column("policy", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
"""`name`: crossing (who ships across territories, and what is owed for it)."""
