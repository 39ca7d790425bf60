"""Tables of campaigns: what the brand wants, and what became of it in each store."""

from sqlalchemy import Column, ForeignKey, PrimaryKeyConstraint, Table, Text

from hub.storage.tables import Instant, Key, metadata

__all__ = ["campaign_standings", "campaigns", "metadata"]

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Key, primary_key=True),
    Column("document", Text, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
"""`document` is the brand's campaign."""

campaign_standings = Table(
    "campaign_standings",
    metadata,
    Column("campaign_id", Key, ForeignKey("campaigns.id"), nullable=False),
    Column("connection_id", Key, ForeignKey("connections.id"), nullable=False),
    Column("external_id", Key, nullable=False, server_default=""),
    Column("told", Text, nullable=False, server_default=""),
    Column("standing", Key, nullable=False),
    Column("words", Text, nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("campaign_id", "connection_id"),
)
"""`told` is the campaign as the store was told last, `external_id` the store's own id of it, `words` say how
it differs or why it was refused."""
