"""Coordination."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "brand_policies",
        sa.Column("name", Key, nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_brand_policies")),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", Key, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_table(
        "campaign_standings",
        sa.Column("campaign_id", Key, nullable=False),
        sa.Column("connection_id", Key, nullable=False),
        sa.Column("external_id", Key, server_default="", nullable=False),
        sa.Column("told", sa.Text(), server_default="", nullable=False),
        sa.Column("standing", Key, nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_standings_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_campaign_standings_connection_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "connection_id", name=op.f("pk_campaign_standings")),
    )
    op.create_table(
        "settlement_entries",
        sa.Column("order_id", Key, nullable=False),
        sa.Column("consignment_id", Key, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("line_id", Key, nullable=False),
        sa.Column("share", Key, nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("store_id", Key, nullable=False),
        sa.Column("other_id", Key, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["consignments.id"], name=op.f("fk_settlement_entries_consignment_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_settlement_entries_order_id")),
        sa.ForeignKeyConstraint(["other_id"], ["stores.id"], name=op.f("fk_settlement_entries_other_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_settlement_entries_store_id")),
        sa.PrimaryKeyConstraint(
            "consignment_id", "sequence", "line_id", "share", "store_id", name=op.f("pk_settlement_entries")
        ),
    )
    op.create_index("ix_settlement_entries_order", "settlement_entries", ["order_id"], unique=False)
    op.create_index(
        "ix_settlement_entries_store",
        "settlement_entries",
        ["store_id", "at", "consignment_id"],
        unique=False,
    )
    op.add_column("orders", sa.Column("crossing", sa.Text(), server_default="", nullable=False))
