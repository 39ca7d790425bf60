"""What alembic runs: the migrations, on the connection (and in the transaction) that it was handed."""

from typing import Literal

from alembic import context

from hub.storage import products, rule_tables, tags, territory_tables
from hub.storage.tables import Key, metadata

TABLES = (products, rule_tables, tags, territory_tables)
"""Modules that add tables to the one metadata."""


def _named_key(kind: str, item: object, _: object) -> str | Literal[False]:
    """The type of identifiers has a name in every migration (`script.py.mako`)."""
    return "Key" if kind == "type" and item is Key else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    render_item=_named_key,
)
context.run_migrations()
