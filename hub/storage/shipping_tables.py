"""Tables of shipping: departments, freight templates, rules that choose carriers, quotes of carriers."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, PrimaryKeyConstraint, Table, Text

from hub.storage.tables import Instant, Key, metadata

__all__ = ["metadata", "rate_quotes", "shipping_setup"]

shipping_setup = Table(
    "shipping_setup",
    metadata,
    Column("kind", Key, nullable=False),
    Column("name", Key, nullable=False),
    Column("rank", Integer, nullable=False, server_default="0"),
    Column("document", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("kind", "name"),
    CheckConstraint("kind IN ('department', 'freight', 'rule')", name="known_kind"),
)
"""What people set up, as JSON of `Department`, `FreightTemplate` and `ShippingRule`: read whole, never by a
field."""

rate_quotes = Table(
    "rate_quotes",
    metadata,
    Column("consignment_id", Key, ForeignKey("consignments.id"), nullable=False),
    Column("connection_id", Key, ForeignKey("connections.id"), nullable=False),
    Column("quotes", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("consignment_id", "connection_id"),
)
"""What a carrier would have taken for a consignment before one was chosen; an empty list: it would not."""
