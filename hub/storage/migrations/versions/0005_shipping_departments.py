"""Shipping departments."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "barcodes",
        sa.Column("code", Key, nullable=False),
        sa.Column("sku", Key, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_barcodes")),
    )
    op.create_table(
        "shipping_setup",
        sa.Column("kind", Key, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("rank", sa.Integer(), server_default="0", nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('department', 'freight', 'rule')", name=op.f("ck_shipping_setup_known_kind")
        ),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_shipping_setup")),
    )
    op.create_table(
        "bins",
        sa.Column("location_id", Key, nullable=False),
        sa.Column("sku", Key, nullable=False),
        sa.Column("bin", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_bins_location_id")),
        sa.PrimaryKeyConstraint("location_id", "sku", name=op.f("pk_bins")),
    )
    op.create_table(
        "manifests",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("location_id", Key, nullable=False),
        sa.Column("connection_id", Key, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_manifests_connection_id")
        ),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_manifests_location_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_manifests")),
    )
    op.create_table(
        "pick_waves",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("location_id", Key, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_pick_waves_location_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_pick_waves")),
    )
    op.create_table(
        "manifest_parcels",
        sa.Column("consignment_id", Key, nullable=False),
        sa.Column("manifest", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["consignments.id"], name=op.f("fk_manifest_parcels_consignment_id")
        ),
        sa.ForeignKeyConstraint(
            ["manifest"], ["manifests.number"], name=op.f("fk_manifest_parcels_manifest")
        ),
        sa.PrimaryKeyConstraint("consignment_id", name=op.f("pk_manifest_parcels")),
    )
    op.create_index("ix_manifest_parcels_manifest", "manifest_parcels", ["manifest"], unique=False)
    op.create_table(
        "parcel_checks",
        sa.Column("consignment_id", Key, nullable=False),
        sa.Column("contents", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["consignments.id"], name=op.f("fk_parcel_checks_consignment_id")
        ),
        sa.PrimaryKeyConstraint("consignment_id", name=op.f("pk_parcel_checks")),
    )
    op.create_table(
        "pick_wave_parcels",
        sa.Column("consignment_id", Key, nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["consignments.id"], name=op.f("fk_pick_wave_parcels_consignment_id")
        ),
        sa.ForeignKeyConstraint(["wave"], ["pick_waves.number"], name=op.f("fk_pick_wave_parcels_wave")),
        sa.PrimaryKeyConstraint("consignment_id", name=op.f("pk_pick_wave_parcels")),
    )
    op.create_index("ix_pick_wave_parcels_wave", "pick_wave_parcels", ["wave"], unique=False)
    op.create_table(
        "rate_quotes",
        sa.Column("consignment_id", Key, nullable=False),
        sa.Column("connection_id", Key, nullable=False),
        sa.Column("quotes", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_rate_quotes_connection_id")
        ),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["consignments.id"], name=op.f("fk_rate_quotes_consignment_id")
        ),
        sa.PrimaryKeyConstraint("consignment_id", "connection_id", name=op.f("pk_rate_quotes")),
    )
    op.add_column("consignments", sa.Column("department_id", sa.Text(), server_default="", nullable=False))
    op.add_column("consignments", sa.Column("service", sa.Text(), server_default="", nullable=False))
    op.create_index(
        "ix_consignments_to_pick",
        "consignments",
        ["location_id", "id"],
        unique=False,
        postgresql_where=sa.text("stage IN ('released', 'booked')"),
        sqlite_where=sa.text("stage IN ('released', 'booked')"),
    )
