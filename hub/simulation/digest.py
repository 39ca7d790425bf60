"""One digest of everything in the database: the same for the same seed, on SQLite and on PostgreSQL."""

import hashlib

import sqlalchemy as sa

from hub.storage.all_tables import metadata


def digest_tables(engine: sa.Engine) -> tuple[str, dict[str, str]]:
    """(digest of all, digest per table). Rows in the order of their primary keys, values as Python writes
    them after SQLAlchemy made them the same type on both databases."""
    parts: dict[str, str] = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            rows = connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            whole = hashlib.sha256()
            for row in rows:
                whole.update(repr(tuple(row)).encode())
            parts[table.name] = whole.hexdigest()[:16]
    summary = ",".join(f"{name}={value}" for name, value in sorted(parts.items()))
    return hashlib.sha256(summary.encode()).hexdigest()[:16], parts
