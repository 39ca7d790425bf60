"""The table of waves: each with its problem, its plan and the proof, to be checked years later."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, LargeBinary, Table, Text

from hub.storage.tables import Instant, Key, metadata

__all__ = ["metadata", "waves"]

waves = Table(
    "waves",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("orders", Integer, nullable=False),
    Column("cost", BigInteger, nullable=False),
    Column("lower_bound", BigInteger, nullable=False),
    Column("solver", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("plan", LargeBinary, nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("problem", LargeBinary, nullable=False),
    Column("as_planned", Integer, nullable=True),
    Column("alone", Integer, nullable=True),
    Column("waiting", Integer, nullable=True),
    CheckConstraint("cost >= lower_bound", name="bounded"),
)
"""`cost` and `lower_bound` in minor units, `digest` of the problem. The last three count orders: null
until the whole wave was applied."""
