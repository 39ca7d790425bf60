"""Tables of escrow: what each store holds of a SKU, and how far its platform was told.

Triggers keep `stock.escrowed` equal to the sum of quotas, so that the CHECK of `stock` refuses, in whichever
statement it is tried, a quota of units that are not there.
"""

from sqlalchemy import (
    DDL,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    event,
    text,
)

from hub.storage.tables import Instant, Key, metadata

__all__ = ["escrow", "metadata", "quota_moves", "quota_tellings", "quotas"]

escrow = Table(
    "escrow",
    metadata,
    Column("sku", Key, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("adjusted_at", Instant, nullable=True),
)
"""SKUs of which each store may promise its own quota and nothing else. `adjusted_at`: when the quotas were
decided about last; null: they must be."""

quotas = Table(
    "quotas",
    metadata,
    Column("sku", Key, nullable=False),
    Column("location_id", Key, nullable=False),
    Column("store_id", Key, ForeignKey("stores.id"), nullable=False),
    Column("units", Integer, nullable=False),
    PrimaryKeyConstraint("sku", "location_id", "store_id"),
    ForeignKeyConstraint(["sku", "location_id"], ["stock.sku", "stock.location_id"]),
    CheckConstraint("units >= 0", name="never_negative"),
)

quota_moves = Table(
    "quota_moves",
    metadata,
    Column("sku", Key, nullable=False),
    Column("location_id", Key, nullable=False),
    Column("from_store_id", Key, ForeignKey("stores.id"), nullable=False),
    Column("to_store_id", Key, ForeignKey("stores.id"), nullable=False),
    Column("units", Integer, nullable=False),
    Column("decided_at", Instant, nullable=False),
    PrimaryKeyConstraint("sku", "location_id", "from_store_id", "to_store_id"),
    CheckConstraint("units > 0", name="positive"),
)
"""Decided, and waiting until the platform of the giving store shows none of the SKU any more."""

quota_tellings = Table(
    "quota_tellings",
    metadata,
    Column("connection_id", Key, nullable=False),
    Column("listing_id", Key, nullable=False),
    Column("sku", Key, nullable=False),
    Column("store_id", Key, ForeignKey("stores.id"), nullable=False),
    Column("phase", Text, nullable=False),
    Column("closed_at", Instant, nullable=True),
    Column("is_heard", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("connection_id", "listing_id"),
    ForeignKeyConstraint(["connection_id", "listing_id"], ["listings.connection_id", "listings.listing_id"]),
    CheckConstraint("phase IN ('closing', 'closed', 'opening')", name="phase"),
)
"""Listings that are between two levels. `closing`: 0 is on its way; `closed`: the platform took it at
`closed_at`; `is_heard`: every order from before then is in the inbox; `opening`: the level is on its way."""

_COUNTED = (
    "UPDATE stock SET escrowed = escrowed {0}.units WHERE sku = {1}.sku AND location_id = {1}.location_id"
)
_LESS, _MORE = _COUNTED.format("- OLD", "OLD"), _COUNTED.format("+ NEW", "NEW")

ON_SQLITE = tuple(
    f"CREATE TRIGGER quotas_{action.lower()} AFTER {action} ON quotas BEGIN {'; '.join(counted)}; END"
    for action, counted in (("INSERT", (_MORE,)), ("UPDATE", (_LESS, _MORE)), ("DELETE", (_LESS,)))
)
ON_POSTGRES = (
    "CREATE OR REPLACE FUNCTION quotas_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" IF TG_OP <> 'INSERT' THEN {_LESS}; END IF; IF TG_OP <> 'DELETE' THEN {_MORE}; END IF;"
    " RETURN NULL; END $$",
    "CREATE TRIGGER quotas_counted AFTER INSERT OR UPDATE OR DELETE ON quotas"
    " FOR EACH ROW EXECUTE FUNCTION quotas_counted()",
)
for _dialect, _statements in (("sqlite", ON_SQLITE), ("postgresql", ON_POSTGRES)):
    for _statement in _statements:
        event.listen(quotas, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]  # SQLAlchemy's
