"""Tables of the audit rules: what all stores of the brand have in common."""

from sqlalchemy import Column, PrimaryKeyConstraint, Table, Text

from hub.storage.tables import Instant, Key, metadata

__all__ = ["blacklist", "metadata", "price_floors"]

price_floors = Table(
    "price_floors",
    metadata,
    Column("sku", Key, nullable=False),
    Column("currency", Text, nullable=False),
    Column("campaign", Key, nullable=False),
    Column("amount", Text, nullable=False),
    Column("starts_at", Instant, nullable=True),
    Column("ends_at", Instant, nullable=True),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("sku", "currency", "campaign"),
)
"""The least that a unit may be sold for; `campaign` empty: the usual floor."""

blacklist = Table(
    "blacklist",
    metadata,
    Column("kind", Key, nullable=False),
    Column("mark", Key, nullable=False),
    Column("why", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("kind", "mark"),
)
"""`kind`: buyer, telephone, address; `mark` is the keyed blind index of the value, which is nowhere else."""
