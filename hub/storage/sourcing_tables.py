"""Tables of what locations keep back, what they promised to send on which day, and where divisions are."""

from sqlalchemy import CheckConstraint, Column, Double, ForeignKey, Integer, PrimaryKeyConstraint, Table

from hub.storage.tables import Key, metadata

__all__ = ["division_points", "location_loads", "metadata", "safety_stock"]

location_loads = Table(
    "location_loads",
    metadata,
    Column("location_id", Key, ForeignKey("locations.id"), nullable=False),
    Column("day", Key, nullable=False),
    Column("orders", Integer, nullable=False),
    Column("parcels", Integer, nullable=False),
    PrimaryKeyConstraint("location_id", "day"),
    CheckConstraint("orders >= 0 AND parcels >= 0", name="counted"),
)
"""`day` is ISO 8601, of the location's own calendar. Only locations with hours or limits have rows."""

division_points = Table(
    "division_points",
    metadata,
    Column("id", Key, primary_key=True),
    Column("latitude", Double, nullable=False),
    Column("longitude", Double, nullable=False),
)
"""Middles of divisions in WGS-84; `id` is the key of `sourcing/distance.py`."""

safety_stock = Table(
    "safety_stock",
    metadata,
    Column("location_id", Key, ForeignKey("locations.id"), nullable=False),
    Column("sku", Key, nullable=False),
    Column("units", Integer, nullable=False),
    PrimaryKeyConstraint("location_id", "sku"),
    CheckConstraint("units >= 0", name="counted"),
)
"""Units that are on hand and never promised. `sku` empty: of every SKU there that has no row of its own."""
