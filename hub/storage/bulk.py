"""Whole batches in constant statements: rows by the driver's fastest path, keys in one JSON parameter.

PostgreSQL takes rows through COPY, SQLite through one executemany with plain tuples. Both are several times
cheaper than row objects, and the statement text never depends on the number of rows.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from hub.storage.database import UnitOfWork

Row = tuple[Any, ...]


def insert(uow: UnitOfWork, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows whose values stand in the order of the table's columns."""
    if not rows:
        return
    if uow.is_postgres:
        _copy(uow, table, rows)
    else:
        uow.connection.exec_driver_sql(_insert_text(table), list(rows))


def _copy(uow: UnitOfWork, table: sa.Table, rows: Sequence[Row]) -> None:
    raw = uow.connection.connection.driver_connection
    assert raw is not None
    try:
        with raw.cursor() as cursor, cursor.copy(_copy_text(table)) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:  # past SQLAlchemy, which names errors of all other statements
        raise DBAPIError.instance(
            _copy_text(table),
            None,
            error,
            psycopg.Error,
            connection_invalidated=raw.closed,
            dialect=uow.connection.dialect,
        ) from None


@cache
def _insert_text(table: sa.Table) -> str:
    columns = [column.name for column in table.columns]
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


@cache
def _copy_text(table: sa.Table) -> str:
    return f"COPY {table.name} ({', '.join(column.name for column in table.columns)}) FROM STDIN"


def keys(uow: UnitOfWork, **columns: str) -> str:
    """A FROM item `k` that unfolds the JSON parameter `:keys`, a list of objects with these columns.

    `keys(uow, sku="text", quantity="bigint")` → `k.sku`, `k.quantity`.
    """
    if uow.is_postgres:
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        return f"json_to_recordset(CAST(:keys AS json)) AS k({typed})"
    picked = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in columns)
    return f"(SELECT {picked} FROM json_each(:keys)) AS k"


def packed(rows: Sequence[Mapping[str, Any]]) -> str:
    """The value of `:keys`."""
    return msgspec.json.encode(rows).decode()
