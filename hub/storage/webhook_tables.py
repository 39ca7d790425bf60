"""Tables of outgoing webhooks: who wants to be told what, and what is to be told to whom."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from hub.storage.tables import Instant, Key, metadata

__all__ = ["metadata", "webhook_endpoints", "webhook_messages"]

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("id", Key, primary_key=True),
    Column("url", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("disabled_reason", Text, nullable=False, server_default=""),
    Column("secrets", LargeBinary, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failing_since", Instant, nullable=True),
    Column("rest_until", Instant, nullable=False, server_default="0"),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    CheckConstraint("status IN ('active', 'disabled')", name="status"),
)
"""`events` are names of events with blanks between, empty: all. `secrets` are sealed. `failures` counts those
after which the whole endpoint rested until `rest_until`; `failing_since`: nothing arrived since then."""

webhook_messages = Table(
    "webhook_messages",
    metadata,
    Column("id", Key, primary_key=True),
    Column("endpoint_id", Key, ForeignKey("webhook_endpoints.id"), nullable=False),
    Column("event", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("lease_until", Instant, nullable=False),
    Column("lease_epoch", Integer, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("done_at", Instant, nullable=True),
    CheckConstraint("state IN ('open', 'done', 'parked')", name="state"),
    postgresql_with={"fillfactor": 70},
)
"""One row per event and endpoint, so that a slow receiver delays no other. `id` is the `webhook-id`."""
_is_open = webhook_messages.c.state == "open"
Index(
    "ix_webhook_messages_due",
    webhook_messages.c.endpoint_id,
    webhook_messages.c.not_before,
    webhook_messages.c.id,
    sqlite_where=_is_open,
    postgresql_where=_is_open,
)
_is_done = webhook_messages.c.done_at.is_not(None)
Index(
    "ix_webhook_messages_done",
    webhook_messages.c.done_at,
    sqlite_where=_is_done,
    postgresql_where=_is_done,
)
