"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "blacklist",
        sa.Column("kind", Key, nullable=False),
        sa.Column("mark", Key, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "mark", name=op.f("pk_blacklist")),
    )
    op.create_table(
        "drift",
        sa.Column("platform", Key, nullable=False),
        sa.Column("path", Key, nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "path", name=op.f("pk_drift")),
    )
    op.create_table(
        "price_floors",
        sa.Column("sku", Key, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("campaign", Key, nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sku", "currency", "campaign", name=op.f("pk_price_floors")),
    )
    op.create_table(
        "products",
        sa.Column("sku", Key, nullable=False),
        sa.Column("weight_grams", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight_grams > 0", name=op.f("ck_products_heavy")),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_products")),
    )
    op.create_table(
        "saved_filters",
        sa.Column("name", Key, nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.Text(), server_default="", nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_saved_filters")),
    )
    op.create_table(
        "secrets",
        sa.Column("name", Key, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
    op.create_table(
        "stock_changes",
        sa.Column("sku", Key, nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("to_tell", sa.Boolean(), nullable=False),
        sa.Column("arrived", sa.Boolean(), nullable=False),
        sa.Column("linked", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_stock_changes")),
    )
    op.create_table(
        "stock_movements",
        sa.Column("id", Key, nullable=False),
        sa.Column("sku", Key, nullable=False),
        sa.Column("location_id", Key, nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movements")),
    )
    op.create_table(
        "stores",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="", nullable=False),
        sa.Column("policy", sa.Text(), server_default="{}", nullable=False),
        sa.Column("policy_version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stores")),
    )
    op.create_table(
        "territory_areas",
        sa.Column("digest", Key, nullable=False),
        sa.Column("polygons", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_territory_areas")),
    )
    op.create_table(
        "connections",
        sa.Column("id", Key, nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("platform", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("store_id", Key, nullable=True),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("settings", sa.LargeBinary(), nullable=False),
        sa.Column("credentials", sa.LargeBinary(), nullable=True),
        sa.Column("renewing_until", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("capabilities", sa.Text(), server_default="", nullable=False),
        sa.Column("accepts_tokens_of", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("paused_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("armed_from", sa.BigInteger(), nullable=True),
        sa.Column("bookmark", sa.Text(), server_default="", nullable=False),
        sa.Column("next_pull_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_poll_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("pulled_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_connections_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
    )
    op.create_index("ix_connections_store", "connections", ["store_id"], unique=False)
    op.create_table(
        "locations",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("store_id", Key, nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("carriers", sa.Text(), server_default="[]", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_locations_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
    )
    op.create_table(
        "territories",
        sa.Column("id", Key, nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.Column("store_id", Key, nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("province", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("district", sa.Text(), server_default="", nullable=False),
        sa.Column("postal_prefix", sa.Text(), server_default="", nullable=False),
        sa.Column("area", Key, server_default="", nullable=False),
        sa.Column("precedence", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_territories_in_time")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_territories_store_id")),
        sa.PrimaryKeyConstraint("id", "valid_from", name=op.f("pk_territories")),
    )
    op.create_index(
        "ix_territories_open",
        "territories",
        ["id"],
        unique=True,
        postgresql_where=sa.text("valid_to IS NULL"),
        sqlite_where=sa.text("valid_to IS NULL"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", Key, nullable=False),
        sa.Column("connection_id", Key, nullable=False),
        sa.Column("topic", Key, nullable=False),
        sa.Column("external_id", Key, nullable=False),
        sa.Column("revision", Key, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("lane", sa.Text(), server_default="", nullable=False),
        sa.Column("state", Key, nullable=False),
        sa.Column("path", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_inbox_connection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint(
            "connection_id",
            "topic",
            "external_id",
            "revision",
            name=op.f("uq_inbox_connection_id_topic_external_id_revision"),
        ),
    )
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["lane", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'new'"),
        sqlite_where=sa.text("state = 'new'"),
    )
    op.create_table(
        "listings",
        sa.Column("connection_id", Key, nullable=False),
        sa.Column("listing_id", Key, nullable=False),
        sa.Column("inventory_id", sa.Text(), server_default="", nullable=False),
        sa.Column("platform_sku", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("sku", Key, nullable=True),
        sa.Column("told", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_listings_connection_id")
        ),
        sa.PrimaryKeyConstraint("connection_id", "listing_id", name=op.f("pk_listings")),
    )
    op.create_index("ix_listings_sku", "listings", ["sku"], unique=False)
    op.create_table(
        "notices",
        sa.Column("connection_id", Key, nullable=False),
        sa.Column("topic", Key, nullable=False),
        sa.Column("external_id", Key, nullable=False),
        sa.Column("noticed_at", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_notices_connection_id")),
        sa.PrimaryKeyConstraint("connection_id", "topic", "external_id", name=op.f("pk_notices")),
    )
    op.create_table(
        "orders",
        sa.Column("id", Key, nullable=False),
        sa.Column("connection_id", Key, nullable=False),
        sa.Column("store_id", Key, nullable=False),
        sa.Column("external_id", Key, nullable=False),
        sa.Column("number", Key, nullable=False),
        sa.Column("stage", Key, nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("total", sa.Text(), server_default="", nullable=False),
        sa.Column("goods", sa.Text(), server_default="", nullable=False),
        sa.Column("buyer_index", Key, nullable=False),
        sa.Column("telephone_index", Key, nullable=False),
        sa.Column("email_index", Key, nullable=False),
        sa.Column("address_index", Key, server_default="", nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("inbox_id", Key, server_default="", nullable=False),
        sa.Column("elsewhere", sa.Text(), server_default="{}", nullable=False),
        sa.Column("waived", sa.Text(), server_default="[]", nullable=False),
        sa.Column("person_hold", sa.Text(), server_default="", nullable=False),
        sa.Column("refused_by", sa.Text(), server_default="[]", nullable=False),
        sa.Column("is_history", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("decided", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_orders_connection_id")),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_orders_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("external_id", "connection_id", name=op.f("uq_orders_external_id_connection_id")),
    )
    op.create_index(
        "ix_orders_address",
        "orders",
        ["address_index", "placed_at", "id"],
        unique=False,
        postgresql_where=sa.text("address_index != ''"),
        sqlite_where=sa.text("address_index != ''"),
    )
    op.create_index("ix_orders_buyer", "orders", ["buyer_index", "placed_at", "id"], unique=False)
    op.create_index("ix_orders_connection", "orders", ["connection_id", "placed_at", "id"], unique=False)
    op.create_index(
        "ix_orders_due",
        "orders",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL AND stage NOT IN ('dispatched', 'closed', 'cancelled')"),
        sqlite_where=sa.text("due_at IS NOT NULL AND stage NOT IN ('dispatched', 'closed', 'cancelled')"),
    )
    op.create_index(
        "ix_orders_email",
        "orders",
        ["email_index", "placed_at", "id"],
        unique=False,
        postgresql_where=sa.text("email_index != ''"),
        sqlite_where=sa.text("email_index != ''"),
    )
    op.create_index(
        "ix_orders_held",
        "orders",
        ["held_until", "id"],
        unique=False,
        postgresql_where=sa.text("held_until IS NOT NULL"),
        sqlite_where=sa.text("held_until IS NOT NULL"),
    )
    op.create_index("ix_orders_number", "orders", ["number", "id"], unique=False)
    op.create_index("ix_orders_placed", "orders", ["placed_at", "id"], unique=False)
    op.create_index("ix_orders_stage", "orders", ["stage", "id"], unique=False)
    op.create_index(
        "ix_orders_telephone",
        "orders",
        ["telephone_index", "placed_at", "id"],
        unique=False,
        postgresql_where=sa.text("telephone_index != ''"),
        sqlite_where=sa.text("telephone_index != ''"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", Key, nullable=False),
        sa.Column("connection_id", Key, nullable=False),
        sa.Column("gate_connection_id", Key, nullable=False),
        sa.Column("verb", Key, nullable=False),
        sa.Column("order_id", Key, nullable=True),
        sa.Column("subject", Key, nullable=False),
        sa.Column("document", sa.Text(), server_default="", nullable=False),
        sa.Column("state", Key, nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_epoch", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_outbox_connection_id")),
        sa.ForeignKeyConstraint(
            ["gate_connection_id"], ["connections.id"], name=op.f("fk_outbox_gate_connection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        postgresql_with={"fillfactor": 60},
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["connection_id", "not_before", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_outbox_order",
        "outbox",
        ["order_id"],
        unique=False,
        postgresql_where=sa.text("order_id IS NOT NULL"),
        sqlite_where=sa.text("order_id IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_subject",
        "outbox",
        ["subject", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "stock",
        sa.Column("sku", Key, nullable=False),
        sa.Column("location_id", Key, nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("reserved >= 0 AND reserved <= on_hand", name=op.f("ck_stock_never_oversold")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_stock_location_id")),
        sa.PrimaryKeyConstraint("sku", "location_id", name=op.f("pk_stock")),
    )
    op.create_table(
        "cases",
        sa.Column("id", Key, nullable=False),
        sa.Column("order_id", Key, nullable=False),
        sa.Column("kind", Key, nullable=False),
        sa.Column("consignment_id", Key, nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_cases_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint(
            "order_id", "kind", "consignment_id", name=op.f("uq_cases_order_id_kind_consignment_id")
        ),
    )
    op.create_table(
        "consignments",
        sa.Column("id", Key, nullable=False),
        sa.Column("order_id", Key, nullable=False),
        sa.Column("location_id", Key, nullable=False),
        sa.Column("stage", Key, nullable=False),
        sa.Column("carrier_connection_id", Key, nullable=False),
        sa.Column("carrier", sa.Text(), server_default="", nullable=False),
        sa.Column("tracking_number", Key, nullable=False),
        sa.Column("carrier_order_id", sa.Text(), server_default="", nullable=False),
        sa.Column("booked_at", sa.BigInteger(), nullable=True),
        sa.Column("handed_over_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("status_at", sa.BigInteger(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("told_status", sa.Text(), server_default="", nullable=False),
        sa.Column("next_track_at", sa.BigInteger(), nullable=True),
        sa.Column("former_numbers", sa.Text(), server_default="[]", nullable=False),
        sa.Column("collect", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_consignments_location_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_consignments_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consignments")),
    )
    op.create_index(
        "ix_consignments_carrier",
        "consignments",
        ["carrier", "order_id"],
        unique=False,
        postgresql_where=sa.text("carrier != ''"),
        sqlite_where=sa.text("carrier != ''"),
    )
    op.create_index(
        "ix_consignments_due",
        "consignments",
        ["carrier_connection_id", "next_track_at"],
        unique=False,
        postgresql_where=sa.text("next_track_at IS NOT NULL"),
        sqlite_where=sa.text("next_track_at IS NOT NULL"),
    )
    op.create_index("ix_consignments_order", "consignments", ["order_id"], unique=False)
    op.create_index(
        "ix_consignments_tracking",
        "consignments",
        ["tracking_number", "order_id"],
        unique=False,
        postgresql_where=sa.text("tracking_number != ''"),
        sqlite_where=sa.text("tracking_number != ''"),
    )
    op.create_table(
        "decisions",
        sa.Column("order_id", Key, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), server_default="", nullable=False),
        sa.Column("stage", sa.Text(), server_default="", nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("inbox_id", Key, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_decisions_order_id")),
        sa.PrimaryKeyConstraint("order_id", "sequence", name=op.f("pk_decisions")),
    )
    op.create_table(
        "order_lines",
        sa.Column("order_id", Key, nullable=False),
        sa.Column("line_id", Key, nullable=False),
        sa.Column("sku", Key, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.PrimaryKeyConstraint("order_id", "line_id", name=op.f("pk_order_lines")),
    )
    op.create_index("ix_order_lines_sku", "order_lines", ["sku", "order_id"], unique=False)
    op.create_table(
        "order_tags",
        sa.Column("tag", Key, nullable=False),
        sa.Column("order_id", Key, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_tags_order_id")),
        sa.PrimaryKeyConstraint("tag", "order_id", name=op.f("pk_order_tags")),
    )
    op.create_index("ix_order_tags_order", "order_tags", ["order_id"], unique=False)
    op.create_table(
        "labels",
        sa.Column("consignment_id", Key, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["consignments.id"], name=op.f("fk_labels_consignment_id")
        ),
        sa.PrimaryKeyConstraint("consignment_id", name=op.f("pk_labels")),
    )
    op.create_table(
        "reservations",
        sa.Column("consignment_id", Key, nullable=False),
        sa.Column("line_id", Key, nullable=False),
        sa.Column("sku", Key, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservations_positive")),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["consignments.id"], name=op.f("fk_reservations_consignment_id")
        ),
        sa.PrimaryKeyConstraint("consignment_id", "line_id", "sku", name=op.f("pk_reservations")),
    )
    op.create_table(
        "tracking_events",
        sa.Column("consignment_id", Key, nullable=False),
        sa.Column("identity", Key, nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.LargeBinary(), nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["consignments.id"], name=op.f("fk_tracking_events_consignment_id")
        ),
        sa.PrimaryKeyConstraint("consignment_id", "identity", name=op.f("pk_tracking_events")),
    )
