"""Escrow."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


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


def upgrade() -> None:
    with op.batch_alter_table("stock") as stock:  # SQLite makes it anew, and forgets the old CHECK with that
        stock.add_column(sa.Column("escrowed", sa.Integer(), server_default="0", nullable=False))
        if op.get_bind().dialect.name == "postgresql":
            stock.drop_constraint(op.f("ck_stock_never_oversold"), type_="check")
        stock.create_check_constraint(
            op.f("ck_stock_never_oversold"),
            "reserved >= 0 AND escrowed >= 0 AND reserved + escrowed <= on_hand",
        )
    op.create_table(
        "escrow",
        sa.Column("sku", Key, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("adjusted_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_escrow")),
    )
    op.create_table(
        "quota_moves",
        sa.Column("sku", Key, nullable=False),
        sa.Column("location_id", Key, nullable=False),
        sa.Column("from_store_id", Key, nullable=False),
        sa.Column("to_store_id", Key, nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_quota_moves_positive")),
        sa.ForeignKeyConstraint(["from_store_id"], ["stores.id"], name=op.f("fk_quota_moves_from_store_id")),
        sa.ForeignKeyConstraint(["to_store_id"], ["stores.id"], name=op.f("fk_quota_moves_to_store_id")),
        sa.PrimaryKeyConstraint(
            "sku", "location_id", "from_store_id", "to_store_id", name=op.f("pk_quota_moves")
        ),
    )
    op.create_table(
        "quota_tellings",
        sa.Column("connection_id", Key, nullable=False),
        sa.Column("listing_id", Key, nullable=False),
        sa.Column("sku", Key, nullable=False),
        sa.Column("store_id", Key, nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("is_heard", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("phase IN ('closing', 'closed', 'opening')", name=op.f("ck_quota_tellings_phase")),
        sa.ForeignKeyConstraint(
            ["connection_id", "listing_id"],
            ["listings.connection_id", "listings.listing_id"],
            name=op.f("fk_quota_tellings_connection_id_listing_id"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_quota_tellings_store_id")),
        sa.PrimaryKeyConstraint("connection_id", "listing_id", name=op.f("pk_quota_tellings")),
    )
    op.create_table(
        "quotas",
        sa.Column("sku", Key, nullable=False),
        sa.Column("location_id", Key, nullable=False),
        sa.Column("store_id", Key, nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units >= 0", name=op.f("ck_quotas_never_negative")),
        sa.ForeignKeyConstraint(
            ["sku", "location_id"], ["stock.sku", "stock.location_id"], name=op.f("fk_quotas_sku_location_id")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name=op.f("fk_quotas_store_id")),
        sa.PrimaryKeyConstraint("sku", "location_id", "store_id", name=op.f("pk_quotas")),
    )
    op.create_index("ix_stock_movements_sku", "stock_movements", ["sku", "at", "id"], unique=False)
    for statement in ON_POSTGRES if op.get_bind().dialect.name == "postgresql" else ON_SQLITE:
        op.execute(statement)
