"""Shared parcels."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("consignments", sa.Column("shared_as", Key, server_default="", nullable=False))
    op.create_index(
        "ix_consignments_shared",
        "consignments",
        ["shared_as"],
        unique=False,
        postgresql_where=sa.text("shared_as != ''"),
        sqlite_where=sa.text("shared_as != ''"),
    )
