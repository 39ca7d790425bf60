"""Tables of the shipping desk: where SKUs lie, which wave picks which parcel."""

from sqlalchemy import Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, Text, text

from hub.storage.tables import Instant, Key, consignments, metadata

__all__ = ["bins", "metadata", "pick_wave_parcels", "pick_waves"]

bins = Table(
    "bins",
    metadata,
    Column("location_id", Key, ForeignKey("locations.id"), nullable=False),
    Column("sku", Key, nullable=False),
    Column("bin", Text, nullable=False),
    PrimaryKeyConstraint("location_id", "sku"),
)

pick_waves = Table(
    "pick_waves",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("location_id", Key, ForeignKey("locations.id"), nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

pick_wave_parcels = Table(
    "pick_wave_parcels",
    metadata,
    Column("consignment_id", Key, ForeignKey("consignments.id"), primary_key=True),
    Column("wave", Integer, ForeignKey("pick_waves.number"), nullable=False),
)
"""The key lets no parcel be picked twice."""
Index("ix_pick_wave_parcels_wave", pick_wave_parcels.c.wave)

_on_the_shelf = text("stage IN ('released', 'booked')")
Index(
    "ix_consignments_to_pick",
    consignments.c.location_id,
    consignments.c.id,
    postgresql_where=_on_the_shelf,
    sqlite_where=_on_the_shelf,
)
"""Few at any moment, however many parcels ever were."""
