"""Api accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "api_answers",
        sa.Column("prefix", Key, nullable=False),
        sa.Column("key", Key, nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "key", name=op.f("pk_api_answers")),
    )
    op.create_index("ix_api_answers_at", "api_answers", ["at"], unique=False)
    op.create_table(
        "api_tokens",
        sa.Column("prefix", Key, nullable=False),
        sa.Column("name", Key, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("role IN ('viewer', 'clerk', 'administrator')", name=op.f("ck_api_tokens_role")),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_api_tokens")),
    )
    op.create_index(
        "uq_api_tokens_name",
        "api_tokens",
        ["name"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "audit_trail",
        sa.Column("id", Key, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", Key, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_trail")),
    )
