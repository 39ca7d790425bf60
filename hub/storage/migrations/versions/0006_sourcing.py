"""Sourcing."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "division_points",
        sa.Column("id", Key, nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_division_points")),
    )
    op.create_table(
        "waves",
        sa.Column("id", Key, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("lower_bound", sa.BigInteger(), nullable=False),
        sa.Column("solver", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("problem", sa.LargeBinary(), nullable=False),
        sa.Column("as_planned", sa.Integer(), nullable=True),
        sa.Column("alone", sa.Integer(), nullable=True),
        sa.Column("waiting", sa.Integer(), nullable=True),
        sa.CheckConstraint("cost >= lower_bound", name=op.f("ck_waves_bounded")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waves")),
    )
    op.create_table(
        "location_loads",
        sa.Column("location_id", Key, nullable=False),
        sa.Column("day", Key, nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.CheckConstraint("orders >= 0 AND parcels >= 0", name=op.f("ck_location_loads_counted")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_location_loads_location_id")
        ),
        sa.PrimaryKeyConstraint("location_id", "day", name=op.f("pk_location_loads")),
    )
    op.create_table(
        "safety_stock",
        sa.Column("location_id", Key, nullable=False),
        sa.Column("sku", Key, nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units >= 0", name=op.f("ck_safety_stock_counted")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_safety_stock_location_id")),
        sa.PrimaryKeyConstraint("location_id", "sku", name=op.f("pk_safety_stock")),
    )
    op.add_column("consignments", sa.Column("dispatch_on", sa.Text(), server_default="", nullable=False))
    op.add_column("locations", sa.Column("terms", sa.Text(), server_default="{}", nullable=False))
