"""Store records."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "setting_changes",
        sa.Column("id", Key, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("section", Key, nullable=False),
        sa.Column("entry", Key, nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_changes")),
    )
    op.create_table(
        "store_certificates",
        sa.Column("store_id", Key, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("issuer", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_from", sa.Text(), nullable=True),
        sa.Column("valid_until", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), server_default="", nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_store_certificates_store_id")),
        sa.PrimaryKeyConstraint("store_id", "name", name=op.f("pk_store_certificates")),
    )
    op.create_table(
        "store_links",
        sa.Column("store_id", Key, nullable=False),
        sa.Column("url", Key, nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("is_up", sa.Boolean(), nullable=True),
        sa.Column("is_owned", sa.Boolean(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_store_links_store_id")),
        sa.PrimaryKeyConstraint("store_id", "url", name=op.f("pk_store_links")),
    )
    op.create_index("ix_store_links_checked", "store_links", ["checked_at"], unique=False)
    op.create_table(
        "store_records",
        sa.Column("store_id", Key, nullable=False),
        sa.Column("brand", sa.Text(), server_default="", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("locations", sa.Text(), server_default="[]", nullable=False),
        sa.Column("departments", sa.Text(), server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_store_records_store_id")),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_store_records")),
    )
    op.add_column("connections", sa.Column("paused_flows", sa.Text(), server_default="", nullable=False))
