"""Tables of the API: who may call it, what was done through it, which answers are kept to be repeated."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from hub.storage.tables import Instant, Key, metadata

__all__ = ["api_answers", "api_tokens", "audit_trail", "metadata"]

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("prefix", Key, primary_key=True),
    Column("name", Key, nullable=False),
    Column("digest", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=True),
    Column("revoked_at", Instant, nullable=True),
    Column("used_at", Instant, nullable=True),
    CheckConstraint("role IN ('viewer', 'clerk', 'administrator')", name="role"),
)
"""`prefix` is the part of a token that may be shown, `digest` the keyed digest of all of it. A revoked token
stays: the audit trail names it."""
Index(
    "uq_api_tokens_name",
    api_tokens.c.name,
    unique=True,
    sqlite_where=api_tokens.c.revoked_at.is_(None),
    postgresql_where=api_tokens.c.revoked_at.is_(None),
)

audit_trail = Table(
    "audit_trail",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Key, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("facts", Text, nullable=False),
)
"""Append-only. `facts` is what was asked for, as JSON; it holds no personal values."""

api_answers = Table(
    "api_answers",
    metadata,
    Column("prefix", Key, nullable=False),
    Column("key", Key, nullable=False),
    Column("request", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("prefix", "key"),
)
"""What a write with an `Idempotency-Key` answered; `request` is the digest of what was asked. Answers to
writes hold no personal values."""
Index("ix_api_answers_at", api_answers.c.at)
