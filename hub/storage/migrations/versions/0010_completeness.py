"""Completeness."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "completeness",
        sa.Column("connection_id", Key, nullable=False),
        sa.Column("kind", Key, nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("reached", Key, server_default="", nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_completeness_connection_id")
        ),
        sa.PrimaryKeyConstraint("connection_id", "kind", "hour", name=op.f("pk_completeness")),
    )
    op.create_table(
        "completeness_gaps",
        sa.Column("connection_id", Key, nullable=False),
        sa.Column("kind", Key, nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("external_id", Key, nullable=False),
        sa.Column("lack", Key, nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("healed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_completeness_gaps_connection_id")
        ),
        sa.PrimaryKeyConstraint(
            "connection_id", "kind", "hour", "external_id", name=op.f("pk_completeness_gaps")
        ),
    )
    op.create_index(
        "ix_completeness_gaps_open",
        "completeness_gaps",
        ["connection_id", "kind", "hour"],
        unique=False,
        postgresql_where=sa.text("healed_at IS NULL"),
        sqlite_where=sa.text("healed_at IS NULL"),
    )
    op.create_table(
        "webhook_registrations",
        sa.Column("connection_id", Key, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("is_loss", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_webhook_registrations_connection_id")
        ),
        sa.PrimaryKeyConstraint("connection_id", "at", name=op.f("pk_webhook_registrations")),
    )
