"""All tables. Instants are microseconds since 1970 UTC, identifiers text compared byte by byte, amounts text:
so SQLite and PostgreSQL hold and order exactly the same."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Key = Text().with_variant(Text(collation="C"), "postgresql")
Instant = BigInteger


def _key(name: str, **options: object) -> Column[str]:
    return Column(name, Key, nullable=False, **options)  # type: ignore[arg-type]  # options are Column's own


def _partial_index(
    table: Table, name: str, condition: ColumnElement[bool] | TextClause, *columns: str
) -> None:
    """An index of the rows that fulfil the condition; the others cost nothing."""
    indexed = (table.c[each] for each in columns)
    Index(f"ix_{table.name}_{name}", *indexed, postgresql_where=condition, sqlite_where=condition)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


stores = Table(
    "stores",
    metadata,
    _key("id", primary_key=True),
    _text("name"),
    _text("currency"),
    _text("time_zone"),
    Column("policy", Text, nullable=False, server_default="{}"),
    Column("policy_version", Integer, nullable=False, server_default="1"),
)

connections = Table(
    "connections",
    metadata,
    _key("id", primary_key=True),
    _text("kind"),
    _text("platform"),
    _text("title"),
    Column("store_id", Key, ForeignKey("stores.id"), nullable=True),
    Column("data_key", LargeBinary, nullable=False),
    Column("settings", LargeBinary, nullable=False),
    Column("credentials", LargeBinary, nullable=True),
    Column("renewing_until", Instant, nullable=False, server_default="0"),
    _text("capabilities"),
    _text("accepts_tokens_of"),
    _text("status"),
    _text("paused_reason"),
    _text("paused_flows"),
    _text("last_error"),
    Column("armed_from", Instant, nullable=True),
    Column("bookmark", Text, nullable=False, server_default=""),
    Column("next_pull_at", Instant, nullable=False, server_default="0"),
    Column("next_poll_at", Instant, nullable=False, server_default="0"),
    Column("pulled_at", Instant, nullable=True),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("version", Integer, nullable=False, server_default="1"),
)
"""`status`: observing (pulls and decides, its outbox waits), active, paused; `paused_flows`: see `Flow`."""

Index("ix_connections_store", connections.c.store_id)

secrets = Table(
    "secrets",
    metadata,
    _key("name", primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
"""Keys of the hub itself, wrapped by the master key (the key of the blind indexes)."""

locations = Table(
    "locations",
    metadata,
    _key("id", primary_key=True),
    _text("name"),
    Column("store_id", Key, ForeignKey("stores.id"), nullable=True),
    Column("address", Text, nullable=False),
    Column("carriers", Text, nullable=False, server_default="[]"),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("terms", Text, nullable=False, server_default="{}"),
)
"""`terms`: areas served, hours, limits, freight (`stores.py`)."""

listings = Table(
    "listings",
    metadata,
    Column("connection_id", Key, ForeignKey("connections.id"), nullable=False),
    _key("listing_id"),
    _text("inventory_id"),
    _text("platform_sku"),
    _text("title"),
    Column("sku", Key, nullable=True),
    Column("told", Integer, nullable=True),
    Column("told_at", Instant, nullable=True),
    PrimaryKeyConstraint("connection_id", "listing_id"),
)
"""`sku` is ours (linked); `told` is the stock level that the store was told last, null: never."""
Index("ix_listings_sku", listings.c.sku)

inbox = Table(
    "inbox",
    metadata,
    _key("id", primary_key=True),
    Column("connection_id", Key, ForeignKey("connections.id"), nullable=False),
    _key("topic"),
    _key("external_id"),
    _key("revision"),
    Column("version", Instant, nullable=True),
    Column("digest", LargeBinary, nullable=False),
    Column("document", LargeBinary, nullable=True),
    _text("lane"),
    _key("state"),
    _text("path"),
    _text("reason"),
    Column("received_at", Instant, nullable=False),
    Column("done_at", Instant, nullable=True),
    UniqueConstraint("connection_id", "topic", "external_id", "revision"),
)
"""`state`: new, done, superseded (older than what we knew), unmatched (tracking of a parcel that we do not
know yet), parked (unreadable, with path and reason).
`revision`: the platform's version and the digest, or a count where the platform gives none."""
_partial_index(inbox, "open", inbox.c.state == "new", "lane", "id")

notices = Table(
    "notices",
    metadata,
    Column("connection_id", Key, ForeignKey("connections.id"), nullable=False),
    _key("topic"),
    _key("external_id"),
    Column("noticed_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("connection_id", "topic", "external_id"),
)
"""Things that changed and must be fetched; one row per thing however often it is noticed."""

WAITS_TO_LEAVE = "stage NOT IN ('dispatched', 'closed', 'cancelled')"
"""Condition on orders of which something has not left yet."""

orders = Table(
    "orders",
    metadata,
    _key("id", primary_key=True),
    Column("connection_id", Key, ForeignKey("connections.id"), nullable=False),
    Column("store_id", Key, ForeignKey("stores.id"), nullable=False),
    _key("external_id"),
    _key("number"),
    _key("stage"),
    Column("reasons", Text, nullable=False),
    Column("placed_at", Instant, nullable=False),
    _text("currency"),
    _text("total"),
    _text("goods"),
    _key("buyer_index"),
    _key("telephone_index"),
    _key("email_index"),
    _key("address_index", server_default=""),
    Column("document", LargeBinary, nullable=True),
    _key("inbox_id", server_default=""),
    Column("elsewhere", Text, nullable=False, server_default="{}"),
    Column("waived", Text, nullable=False, server_default="[]"),
    _text("person_hold"),
    Column("refused_by", Text, nullable=False, server_default="[]"),
    _text("crossing"),
    Column("is_history", Boolean, nullable=False, server_default=text("false")),
    Column("held_until", Instant, nullable=True),
    Column("due_at", Instant, nullable=True),
    Column("decided", Integer, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("external_id", "connection_id"),
)
"""`document` is the canonical order, sealed, `inbox_id` the document that it was read from; `elsewhere` maps
line ids to units that others shipped; `refused_by` names locations; `crossing` is a person's answer to who
ships; `decided` counts its decision rows; `held_until`: the first of its reasons ends by itself then.
Each index ends in the order in which search walks it (`hub/storage/search.py`); what is empty is in none."""
_partial_index(orders, "due", text(f"due_at IS NOT NULL AND {WAITS_TO_LEAVE}"), "due_at", "id")
_partial_index(orders, "held", orders.c.held_until.is_not(None), "held_until", "id")
Index("ix_orders_placed", orders.c.placed_at, orders.c.id)
Index("ix_orders_connection", orders.c.connection_id, orders.c.placed_at, orders.c.id)
Index("ix_orders_stage", orders.c.stage, orders.c.id)
Index("ix_orders_number", orders.c.number, orders.c.id)
Index("ix_orders_buyer", orders.c.buyer_index, orders.c.placed_at, orders.c.id)
for _name in ("telephone", "email", "address"):
    _hidden = f"{_name}_index"
    _partial_index(orders, _name, orders.c[_hidden] != "", _hidden, "placed_at", "id")

order_lines = Table(
    "order_lines",
    metadata,
    Column("order_id", Key, ForeignKey("orders.id"), nullable=False),
    _key("line_id"),
    Column("sku", Key, nullable=False),
    Column("quantity", Integer, nullable=False),
    PrimaryKeyConstraint("order_id", "line_id"),
)
"""What SQL needs of lines: which orders want a SKU. The whole line is in the order's document."""
Index("ix_order_lines_sku", order_lines.c.sku, order_lines.c.order_id)

decisions = Table(
    "decisions",
    metadata,
    Column("order_id", Key, ForeignKey("orders.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    _text("step"),
    _text("stage"),
    Column("reasons", Text, nullable=False),
    _text("actor"),
    Column("policy_version", Integer, nullable=False),
    Column("inbox_id", Key, nullable=True),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("order_id", "sequence"),
)

consignments = Table(
    "consignments",
    metadata,
    _key("id", primary_key=True),
    Column("order_id", Key, ForeignKey("orders.id"), nullable=False),
    Column("location_id", Key, ForeignKey("locations.id"), nullable=False),
    _key("stage"),
    _key("carrier_connection_id"),
    _text("carrier"),
    _key("tracking_number"),
    _text("carrier_order_id"),
    Column("booked_at", Instant, nullable=True),
    Column("handed_over_at", Instant, nullable=True),
    _text("status"),
    Column("status_at", Instant, nullable=True),
    Column("told", Boolean, nullable=False),
    _text("told_status"),
    Column("next_track_at", Instant, nullable=True),
    Column("former_numbers", Text, nullable=False, server_default="[]"),
    _text("collect"),
    _key("shared_as", server_default=""),
    _text("department_id"),
    _text("service"),
    _text("dispatch_on"),
)
Index("ix_consignments_order", consignments.c.order_id)
_partial_index(consignments, "tracking", consignments.c.tracking_number != "", "tracking_number", "order_id")
_partial_index(consignments, "carrier", consignments.c.carrier != "", "carrier", "order_id")
_partial_index(consignments, "shared", consignments.c.shared_as != "", "shared_as")
_partial_index(
    consignments, "due", consignments.c.next_track_at.is_not(None), "carrier_connection_id", "next_track_at"
)

reservations = Table(
    "reservations",
    metadata,
    Column("consignment_id", Key, ForeignKey("consignments.id"), nullable=False),
    _key("line_id"),
    _key("sku"),
    Column("quantity", Integer, nullable=False),
    PrimaryKeyConstraint("consignment_id", "line_id", "sku"),
    CheckConstraint("quantity > 0", name="positive"),
)
"""The ledger of promises: what each consignment holds. Its consignment's stage says whether it still does."""

stock = Table(
    "stock",
    metadata,
    _key("sku"),
    Column("location_id", Key, ForeignKey("locations.id"), nullable=False),
    Column("on_hand", Integer, nullable=False),
    Column("reserved", Integer, nullable=False, server_default="0"),
    Column("escrowed", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("sku", "location_id"),
    CheckConstraint(
        "reserved >= 0 AND escrowed >= 0 AND reserved + escrowed <= on_hand", name="never_oversold"
    ),
)

stock_movements = Table(
    "stock_movements",
    metadata,
    _key("id", primary_key=True),
    _key("sku"),
    _key("location_id"),
    Column("delta", Integer, nullable=False),
    _text("kind"),
    _text("reference"),
    _text("actor"),
    Column("at", Instant, nullable=False),
)
"""Every change of `on_hand`: counted or shipped. The sum of deltas is what is on hand."""

stock_changes = Table(
    "stock_changes",
    metadata,
    _key("sku", primary_key=True),
    Column("changed_at", Instant, nullable=False),
    Column("to_tell", Boolean, nullable=False),
    Column("arrived", Boolean, nullable=False),
    Column("linked", Boolean, nullable=False, server_default=text("false")),
)
"""News of SKUs. `to_tell`: stores do not know the availability yet; `arrived`: it rose, so back-orders may
go; `linked`: a listing sells it now, so orders on hold are audited again."""

outbox = Table(
    "outbox",
    metadata,
    _key("id", primary_key=True),
    Column("connection_id", Key, ForeignKey("connections.id"), nullable=False),
    Column("gate_connection_id", Key, ForeignKey("connections.id"), nullable=False),
    _key("verb"),
    Column("order_id", Key, nullable=True),
    _key("subject"),
    Column("document", Text, nullable=False, server_default=""),
    _key("state"),
    _text("outcome"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", Instant, nullable=False),
    Column("lease_until", Instant, nullable=False, server_default="0"),
    Column("lease_epoch", Integer, nullable=False, server_default="0"),
    Column("sent_at", Instant, nullable=True),
    _text("last_error"),
    Column("created_at", Instant, nullable=False),
    Column("done_at", Instant, nullable=True),
    postgresql_with={"fillfactor": 60},
)
"""`state`: open, done, parked, withdrawn (did the worker finish); `outcome`: done, refused, unknown (what the
platform said). `sent_at` is set before the call: a row that has it and no outcome is in doubt.
Messages of one `subject` leave in order. With room left on their pages, claiming rows touches no index."""
_partial_index(outbox, "due", outbox.c.state == "open", "connection_id", "not_before", "id")
_partial_index(outbox, "subject", outbox.c.state == "open", "subject", "id")
_partial_index(outbox, "order", outbox.c.order_id.is_not(None), "order_id")

tracking_events = Table(
    "tracking_events",
    metadata,
    Column("consignment_id", Key, ForeignKey("consignments.id"), nullable=False),
    _key("identity"),
    Column("occurred_at", Instant, nullable=True),
    _text("status"),
    _text("code"),
    Column("description", LargeBinary, nullable=False),
    _text("location"),
    Column("seen_at", Instant, nullable=False),
    PrimaryKeyConstraint("consignment_id", "identity"),
)

cases = Table(
    "cases",
    metadata,
    _key("id", primary_key=True),
    Column("order_id", Key, ForeignKey("orders.id"), nullable=False),
    _key("kind"),
    _key("consignment_id"),
    _text("reason"),
    _text("status"),
    Column("opened_at", Instant, nullable=False),
    UniqueConstraint("order_id", "kind", "consignment_id"),
)
