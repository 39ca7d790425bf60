"""What alembic runs: the migrations, on the connection (and in the transaction) that it was handed."""

from typing import Literal

from alembic import context

from hub.storage.all_tables import metadata
from hub.storage.tables import Key


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
