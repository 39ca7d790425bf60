"""Table of the settlement between stores. Rows are only ever added."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, Text

from hub.storage.tables import Instant, Key, metadata

__all__ = ["metadata", "settlement_entries"]

settlement_entries = Table(
    "settlement_entries",
    metadata,
    Column("order_id", Key, ForeignKey("orders.id"), nullable=False),
    Column("consignment_id", Key, ForeignKey("consignments.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("line_id", Key, nullable=False),
    Column("share", Key, nullable=False),
    Column("units", Integer, nullable=False),
    Column("store_id", Key, ForeignKey("stores.id"), nullable=False),
    Column("other_id", Key, ForeignKey("stores.id"), nullable=False),
    Column("currency", Text, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("consignment_id", "sequence", "line_id", "share", "store_id"),
)
"""Two rows per amount: the debt of one store (`minor` below zero, in the currency's smallest unit) and the
claim of the other; they add up to 0. The key forbids to post the same set of a parcel twice."""
Index("ix_settlement_entries_order", settlement_entries.c.order_id)
Index(
    "ix_settlement_entries_store",
    settlement_entries.c.store_id,
    settlement_entries.c.at,
    settlement_entries.c.consignment_id,
)
