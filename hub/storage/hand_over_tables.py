"""Tables of the packing table and the dock: barcodes, parcels that were looked into, manifests."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from hub.storage.tables import Instant, Key, metadata

__all__ = ["barcodes", "manifest_parcels", "manifests", "metadata", "parcel_checks"]

barcodes = Table(
    "barcodes",
    metadata,
    Column("code", Key, primary_key=True),
    Column("sku", Key, nullable=False),
)

parcel_checks = Table(
    "parcel_checks",
    metadata,
    Column("consignment_id", Key, ForeignKey("consignments.id"), primary_key=True),
    Column("contents", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
"""Parcels whose units were all scanned; `contents` is what they held then."""

manifests = Table(
    "manifests",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("location_id", Key, ForeignKey("locations.id"), nullable=False),
    Column("connection_id", Key, ForeignKey("connections.id"), nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

manifest_parcels = Table(
    "manifest_parcels",
    metadata,
    Column("consignment_id", Key, ForeignKey("consignments.id"), primary_key=True),
    Column("manifest", Integer, ForeignKey("manifests.number"), nullable=False),
)
"""The key lets no parcel be handed over twice."""
Index("ix_manifest_parcels_manifest", manifest_parcels.c.manifest)
